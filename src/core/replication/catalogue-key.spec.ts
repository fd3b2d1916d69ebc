import { normalisedIsbn, uniqueKeys } from './catalogue-key.js';

describe('unique keys', () => {
  it('has the title and author always, the isbn if there is one', () => {
    expect(uniqueKeys({ title: ' RPCs for Dummies ', author: null, isbn: null })).toEqual([
      'title:rpcs for dummies\u0000',
    ]);
    expect(uniqueKeys({ title: 'Xen', author: 'A. Student', isbn: '978-0-306-40615-7' })).toEqual([
      'isbn:9780306406157',
      'title:xen\u0000a. student',
    ]);
  });

  it('does not mix up where a title ends and an author begins', () => {
    expect(uniqueKeys({ title: 'a b', author: 'c', isbn: null })).not.toEqual(
      uniqueKeys({ title: 'a', author: 'b c', isbn: null }),
    );
  });

  it('takes composed and decomposed letters for the same', () => {
    expect(uniqueKeys({ title: 'E\u0301cole', author: null, isbn: null })).toEqual(
      uniqueKeys({ title: '\u00e9cole', author: null, isbn: null }),
    );
  });

  it.each([
    ['0-306-40615-2', '9780306406157'],
    ['0306406152', '9780306406157'],
    ['978 0306406157', '9780306406157'],
    ['080442957x', '9780804429573'],
    ['own-number-7', 'OWNNUMBER7'],
    [' - ', ''],
  ])('reads the isbn %j as %j', (isbn, normalised) => {
    expect(normalisedIsbn(isbn)).toBe(normalised);
  });
});
