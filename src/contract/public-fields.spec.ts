import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { BookEdit, NewBook } from './public-book.js';

const BOOK = { title: 'T', topic: 'S', price: 1.5, quantity: 2 };

function wrongFields(Class: typeof NewBook | typeof BookEdit, body: object): string[] {
  return validateSync(plainToInstance(Class as typeof NewBook, body), {
    whitelist: true,
    forbidNonWhitelisted: true,
  }).map(({ property }) => property);
}

describe('fields of a new book', () => {
  it.each<[object]>([
    [{}],
    [{ price: 0 }],
    [{ price: 1_000_000 }],
    [{ price: 28.01 }],
    [{ price: 0.07 }],
    [{ price: 1.1 }],
    [{ quantity: 0 }],
    [{ quantity: 1_000_000_000 }],
    [{ title: 'x'.repeat(500) }],
    [{ topic: 'x'.repeat(200) }],
    [{ title: `%_/'"\\😀` }],
    [{ author: 'a\nb' }],
    [{ isbn: '978-0-12-415950-1' }],
    [{ isbn: 'B00M0DOC72' }],
  ])('take %j', (fields) => {
    expect(wrongFields(NewBook, { ...BOOK, ...fields })).toEqual([]);
  });

  it.each<[string, unknown[]]>([
    ['title', [undefined, null, '', '   ', 'x'.repeat(501), '\u0007', '\ud800', 7, ['T'], { a: 1 }]],
    ['topic', [undefined, null, '', 'x'.repeat(201), 'ﬃ'.repeat(67), '\u0000', true]],
    [
      'price',
      [undefined, null, -1, -0.01, 1.001, 0.1 + 0.2, 1_000_000.01, 1e300, NaN, Infinity, '1', [1], {}],
    ],
    ['quantity', [undefined, null, -1, 1.5, 1e9 + 1, 1e21, NaN, '1', [1]]],
    ['isbn', [null, '', 'x'.repeat(33), '978/1', 7]],
    ['author', [null, '', 'x'.repeat(501), 7]],
    ['shelf', [1]],
  ])('refuse wrong values of %s', (field, values) => {
    for (const value of values)
      expect([value, wrongFields(NewBook, { ...BOOK, [field]: value })]).toEqual([value, [field]]);
  });

  it('are tidied of blanks and line ends', () => {
    const book = plainToInstance(NewBook, { ...BOOK, title: '  a \r\n\t b ' });
    expect(book.title).toBe('a b');
  });
});

describe('fields of an edit', () => {
  it('may each be left out, but not be null, but for those that a book may lack', () => {
    expect(wrongFields(BookEdit, {})).toEqual([]);
    for (const field of ['title', 'topic', 'price', 'quantity', 'sequenceNumber']) {
      expect(wrongFields(BookEdit, { [field]: null })).toEqual([field]);
    }
    expect(wrongFields(BookEdit, { isbn: null, author: null })).toEqual([]);
    expect(wrongFields(BookEdit, { isbn: '978/1', author: '', hidden: 'yes' })).toEqual([
      'author',
      'isbn',
      'hidden',
    ]);
    expect(wrongFields(BookEdit, { shelf: '1' })).toEqual(['shelf']);
  });
});
