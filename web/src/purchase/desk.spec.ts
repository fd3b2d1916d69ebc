import { type OrderAnswered, type OrderAsked } from '../api/shop.js';
import { type Book, type Order } from '../api/types.js';
import { type Purchase, PurchaseDesk } from './desk.js';
import { type Shelf } from './shelf.js';

const BOOK: Book = { id: 7, title: 'Spring', topic: 'Life', quantity: 3, price: 10, sequenceNumber: 1 };
const ORDER: Order = {
  state: 'sold',
  items: [],
  orderId: 'o1',
  bookId: 7,
  title: 'Spring',
  quantity: 1,
  price: 10,
  total: 10,
  sequenceNumber: 1,
  orderedAt: '2026-11-23T10:00:00Z',
};

function shelfInMemory<T>(): Shelf<T> {
  const rows = new Map<string, T>();
  return {
    all: () => [...rows.values()],
    put: (key, value) => void rows.set(key, value),
    replace: (key, value) => void (rows.has(key) && rows.set(key, value)),
    remove: (key) => void rows.delete(key),
  };
}

function setUp(answers: OrderAnswered[]) {
  const asked: OrderAsked[] = [];
  const pending = shelfInMemory<Purchase>();
  const orders = shelfInMemory<Order>();
  const stored: number[] = [];
  let keys = 0;
  const open = () =>
    new PurchaseDesk({
      place: (order) => {
        asked.push(order);
        stored.push(pending.all().length);
        return Promise.resolve(answers.shift() ?? { kind: 'unknown' });
      },
      wait: () => Promise.resolve(),
      newKey: () => `key-${++keys}`,
      pending,
      orders,
    });
  return { desk: open(), open, asked, pending, orders, stored };
}

describe('PurchaseDesk', () => {
  test('keeps the order that was made, and nothing pending', async () => {
    const { desk, pending, orders, stored } = setUp([{ kind: 'bought', order: ORDER }]);
    await desk.buy(BOOK, 1);
    expect(desk.state(7)).toEqual({ kind: 'bought', order: ORDER });
    expect(orders.all()).toEqual([ORDER]);
    expect(pending.all()).toEqual([]);
    // It was stored before it was sent.
    expect(stored).toEqual([1]);
  });

  test('a second press while the first is under way does nothing', async () => {
    const { desk, asked } = setUp([{ kind: 'bought', order: ORDER }]);
    await Promise.all([desk.buy(BOOK, 1), desk.buy(BOOK, 1), desk.buy(BOOK, 2)]);
    expect(asked).toHaveLength(1);
  });

  test('a purchase after one that has ended has a key of its own', async () => {
    const { desk, asked } = setUp([
      { kind: 'bought', order: ORDER },
      { kind: 'bought', order: { ...ORDER, orderId: 'o2' } },
    ]);
    await desk.buy(BOOK, 1);
    await desk.buy(BOOK, 1);
    expect(asked.map(({ key }) => key)).toEqual(['key-1', 'key-2']);
  });

  test('asks under the same key until it knows, and a failure in between does not count as an end', async () => {
    const { desk, asked } = setUp([
      { kind: 'unknown' },
      { kind: 'not now', message: 'away' },
      { kind: 'unknown' },
      { kind: 'bought', order: ORDER },
    ]);
    await desk.buy(BOOK, 1);
    expect(asked.map(({ key }) => key)).toEqual(['key-1', 'key-1', 'key-1', 'key-1']);
    expect(desk.state(7)?.kind).toBe('bought');
  });

  test('a first attempt that certainly did nothing ends it', async () => {
    const { desk, asked, pending } = setUp([{ kind: 'not now', message: 'The shop is away.' }]);
    await desk.buy(BOOK, 1);
    expect(asked).toHaveLength(1);
    expect(desk.state(7)).toEqual({ kind: 'failed', message: 'The shop is away. Nothing was bought.' });
    expect(pending.all()).toEqual([]);
  });

  test.each(['out of stock', 'price changed'] as const)(
    '%s comes with the book as it is now',
    async (kind) => {
      const newer = { ...BOOK, price: 12, sequenceNumber: 2 };
      const { desk, pending } = setUp([{ kind, book: newer }]);
      await desk.buy(BOOK, 1);
      expect(desk.state(7)).toMatchObject({ kind, book: newer });
      expect(pending.all()).toEqual([]);
    },
  );

  test('stops asking after a bound, keeps the key, and asks again when told to', async () => {
    const answers: OrderAnswered[] = [];
    const { desk, asked, pending } = setUp(answers);
    await desk.buy(BOOK, 1);
    expect(desk.state(7)?.kind).toBe('stalled');
    expect(asked).toHaveLength(40);
    expect(pending.all()).toHaveLength(1);
    answers.push({ kind: 'bought', order: ORDER });
    await desk.askAgain(7);
    expect(desk.state(7)?.kind).toBe('bought');
    expect(new Set(asked.map(({ key }) => key))).toEqual(new Set(['key-1']));
  });

  test('after a reload what was left open is asked again under its key', async () => {
    const { desk, open, asked, pending, orders } = setUp([]);
    await desk.buy(BOOK, 2);
    const before = asked.length;
    const reloaded = open();
    // Its first attempt may have been sent: that one which failed now says nothing about it.
    const [left] = pending.all();
    expect(left).toMatchObject({ key: 'key-1', quantity: 2, doubtful: true });
    await reloaded.resume();
    expect(asked.length).toBe(before + 40);
    expect(new Set(asked.map(({ key }) => key))).toEqual(new Set(['key-1']));
    expect(orders.all()).toEqual([]);
  });
});
