import { catalogueKey } from './catalogue-key.js';

describe('the key of a book', () => {
  it('is its number, or its title and author where there is none', () => {
    expect(catalogueKey({ title: ' RPCs for Dummies ', author: null, isbn: null })).toBe(
      'title:rpcs for dummies\u0000',
    );
    expect(catalogueKey({ title: 'Xen', author: 'A. Student', isbn: ' - ' })).toBe(
      'title:xen\u0000a. student',
    );
    expect(catalogueKey({ title: 'Xen', author: 'A. Student', isbn: '978-0-306-40615-7' })).toBe(
      'isbn:9780306406157',
    );
    expect(catalogueKey({ title: 'Xen', author: 'A. Student', isbn: '2024000100' })).toBe(
      'number:2024000100',
    );
  });

  it('does not mix up where a title ends and an author begins', () => {
    expect(catalogueKey({ title: 'a b', author: 'c', isbn: null })).not.toEqual(
      catalogueKey({ title: 'a', author: 'b c', isbn: null }),
    );
  });

  it('takes titles for the same however they are written', () => {
    expect(catalogueKey({ title: 'E\u0301cole\u00a0 STRASSE', author: null, isbn: null })).toBe(
      catalogueKey({ title: '\u00e9cole Straße ', author: '', isbn: null }),
    );
  });
});
