import { Steering } from './steering.js';

const CATALOGS = ['http://a:5000', 'http://b:5000', 'http://c:5000'];
const [a = '', b = '', c = ''] = CATALOGS;
const BOOKS = Array.from({ length: 3_000 }, (_, index) => index + 1);

describe('Steering', () => {
  it('has all who know nothing choose the same, whatever the order of their lists', () => {
    for (const book of BOOKS) {
      expect(new Steering().order(book, [c, a, b])).toEqual(new Steering().order(book, CATALOGS));
    }
  });

  it('spreads books over the catalogs', () => {
    const firsts = BOOKS.map((book) => new Steering().order(book, CATALOGS)[0]);
    for (const catalog of CATALOGS) {
      const share = firsts.filter((first) => first === catalog).length / BOOKS.length;
      expect(share).toBeGreaterThan(0.3);
      expect(share).toBeLessThan(0.37);
    }
  });

  it('moves only the books of a catalog that is not there', () => {
    for (const book of BOOKS) {
      const order = new Steering().order(book, CATALOGS);
      expect(new Steering().order(book, [a, b])).toEqual(order.filter((each) => each !== c));
    }
  });

  it('asks first who leads the book, then the others by their hash', () => {
    for (const book of BOOKS.slice(0, 50)) {
      const steering = new Steering();
      const hashed = steering.order(book, CATALOGS);
      steering.learned(book, hashed[2] ?? '');
      expect(steering.order(book, CATALOGS)).toEqual([hashed[2], hashed[0], hashed[1]]);
    }
  });

  it('passes over a leader that it does not know, and asks the only one there is', () => {
    const steering = new Steering();
    const hashed = steering.order(7, CATALOGS);
    steering.learned(7, 'http://elsewhere:5000');
    expect(steering.order(7, CATALOGS)).toEqual(hashed);
    expect(steering.order(7, [a])).toEqual([a]);
  });

  it('forgets first what was not learned again for longest', () => {
    const steering = new Steering(2);
    const last = (book: number): string => new Steering().order(book, CATALOGS)[2] ?? '';
    for (const book of [1, 2, 1, 3]) steering.learned(book, last(book));
    expect([1, 2, 3].map((book) => steering.order(book, CATALOGS)[0] === last(book))).toEqual([
      true,
      false,
      true,
    ]);
  });
});
