import { addressOf, searchIn } from './book-search.js';

describe('The address of a search', () => {
  test.each([
    [{}, '/'],
    [{ text: 'life of pi' }, '/?q=life+of+pi'],
    [{ topic: 'R&D #1' }, '/?topic=R%26D+%231'],
    [{ text: '..', topic: 'Café', sort: 'price' }, '/?q=..&topic=Caf%C3%A9&sort=price'],
    // Half of a character, as a paste may leave it.
    [{ text: 'a\ud800' }, '/?q=a%EF%BF%BD'],
  ] as const)('of %j is %s', (search, address) => {
    expect(addressOf(search)).toBe(address);
  });

  test.each([
    ['', { text: '', topic: null, sort: 'relevance' }],
    ['q=+life+of+pi+&sort=title', { text: 'life of pi', topic: null, sort: 'title' }],
    ['topic=&sort=cheapest', { text: '', topic: null, sort: 'relevance' }],
  ])('?%s is read', (query, search) => {
    expect(searchIn(Object.fromEntries(new URLSearchParams(query)))).toEqual(search);
  });
});
