import { judgeLine } from './judge-line.js';

const LINE = { bookId: 7, title: 'Spring', price: 10, quantity: 3 };
const BOOK = { id: 7, title: 'Spring', topic: 'Life', quantity: 3, price: 10, sequenceNumber: 1 };

describe('judgeLine', () => {
  test('as long as nothing is known of the book the line stands as it is', () => {
    expect(judgeLine(LINE, undefined, 0)).toEqual({
      line: LINE,
      price: 10,
      formerPrice: null,
      most: 3,
      problem: null,
    });
  });

  test.each([
    ['enough', { ...BOOK }, 0, null],
    ['too few', { ...BOOK, quantity: 2 }, 0, { kind: 'too many', left: 2 }],
    ['none', { ...BOOK, quantity: 0 }, 0, { kind: 'sold out' }],
    ['no such book', 'gone' as const, 0, { kind: 'gone' }],
    ['none for others, for these are held for this buyer', { ...BOOK, quantity: 0 }, 3, null],
    ['some held, and too few beside them', { ...BOOK, quantity: 1 }, 1, { kind: 'too many', left: 2 }],
  ])('%s', (_, book, held, problem) => {
    expect(judgeLine(LINE, book, held).problem).toEqual(problem);
  });

  test('another price is said, and is the one that counts', () => {
    expect(judgeLine(LINE, { ...BOOK, price: 12 }, 0)).toMatchObject({ price: 12, formerPrice: 10 });
  });
});
