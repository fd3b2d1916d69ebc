import { Steering } from './steering.js';

const CATALOGS = ['http://a:5000', 'http://b:5000', 'http://c:5000'];
const [a = '', b = '', c = ''] = CATALOGS;
const BOOKS = Array.from({ length: 3_000 }, (_, index) => index + 1);

const knowing = (endpoints = CATALOGS, mostLeaders?: number): Steering =>
  new Steering(endpoints, (endpoint) => `inside ${endpoint}`, mostLeaders);

describe('Steering', () => {
  it('has all who know nothing choose the same, whatever the order of their lists', () => {
    for (const book of BOOKS) {
      expect(knowing([c, a, b]).turnsFor(book)).toEqual(knowing().turnsFor(book));
    }
  });

  it('spreads books over the catalogs', () => {
    const firsts = BOOKS.map((book) => knowing().turnsFor(book)[0]);
    for (const catalog of CATALOGS) {
      const share = firsts.filter((first) => first === catalog).length / BOOKS.length;
      expect(share).toBeGreaterThan(0.3);
      expect(share).toBeLessThan(0.37);
    }
  });

  it('moves only the books of a catalog that is not there', () => {
    for (const book of BOOKS) {
      const order = knowing().turnsFor(book);
      expect(knowing([a, b]).turnsFor(book)).toEqual(order.filter((each) => each !== c));
    }
  });

  it('asks first who leads the book, then the others by their hash', () => {
    for (const book of BOOKS.slice(0, 50)) {
      const steering = knowing();
      const hashed = steering.turnsFor(book);
      steering.learned(book, hashed[2] ?? '', null);
      expect(steering.turnsFor(book)).toEqual([hashed[2], hashed[0], hashed[1]]);
    }
  });

  it('passes over a leader that it does not know, and asks the only one there is', () => {
    const steering = knowing();
    const hashed = steering.turnsFor(7);
    steering.learned(7, a, 'elsewhere');
    expect(steering.turnsFor(7)).toEqual(hashed);
    expect(knowing([a]).turnsFor(7)).toEqual([a]);
  });

  it('learns of all books of a request from whoever decides, and from whom that one names', () => {
    const steering = knowing();
    const books = [{ bookId: 4 }, { bookId: 5 }];
    const firsts = (): unknown => books.map(({ bookId }) => steering.turnsFor(bookId)[0]);
    const decided = { kind: 'decided' };
    steering.heard(books, c, { results: [decided, decided], elsewhere: [{ at: 1, leader: `inside ${b}` }] });
    expect(firsts()).toEqual([c, b]);
    steering.heard(books, a, { results: [{ kind: 'not started' }, decided] });
    expect(firsts()).toEqual([c, a]);
  });

  it('forgets first what was not learned again for longest', () => {
    const steering = knowing(CATALOGS, 2);
    const last = (book: number): string => knowing().turnsFor(book)[2] ?? '';
    for (const book of [1, 2, 1, 3]) steering.learned(book, last(book), null);
    expect([1, 2, 3].map((book) => steering.turnsFor(book)[0] === last(book))).toEqual([true, false, true]);
  });
});
