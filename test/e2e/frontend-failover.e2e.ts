import { type Behaviour } from './fake-server.js';
import { FrontEndBeforeFakes, soldResult } from './frontend-fakes.js';
import { until } from '../support/until.js';

const SEARCH_DOWN = { message: 'Could not connect to a server to search' };
const BUY_DOWN = { message: 'Could not connect to a server to lookup' };
const BOUGHT = {
  success: true,
  message: 'Book with the specified ID purchased',
  orderId: expect.any(String),
};
const ORDER = { bookId: 2, quantity: 1 };
const KEY = { 'idempotency-key': 'key-of-failover-01' };
/** Attempts that hang are given up soon, so that the tests need not wait. */
const IMPATIENT = { REQUEST_TIMEOUT_MS: '300' };

describe('a front-end among replicas that fail', () => {
  let shop: FrontEndBeforeFakes;
  const start = async (...options: Parameters<typeof FrontEndBeforeFakes.start>): Promise<void> => {
    shop = await FrontEndBeforeFakes.start(...options);
  };
  afterEach(() => shop.stop());

  it('takes catalogs and order servers in turn', async () => {
    await start({ catalogs: 3, orders: 2 }, { LOOKUP_CACHE_SIZE: '0' });
    for (let turn = 0; turn < 6; turn++) {
      await shop.get('/lookup/2');
      await shop.send('PUT', '/buy/2');
    }
    // A request that takes long on a busy machine is asked of a second one as well.
    for (const catalog of shop.catalogs) expect(catalog.count(/query/)).toBeGreaterThanOrEqual(2);
    for (const { sales } of shop.orders) expect(sales.length).toBeGreaterThanOrEqual(3);
  });

  it.each<[string, Behaviour | 'down']>([
    ['is down', 'down'],
    ['resets the connection', 'reset'],
    ['hangs', 'hang'],
    ['is not ready', { status: 503 }],
    ['fails', { status: 500 }],
    ['answers what is no JSON of ours', { status: 418 }],
  ])('looks up, searches and buys when one of two %s', async (_, behaviour) => {
    await start({ catalogs: 2, orders: 2 }, { ...IMPATIENT, LOOKUP_CACHE_SIZE: '0', SEARCH_CACHE_SIZE: '0' });
    const { catalog, orderServer } = shop;
    if (behaviour === 'down') await Promise.all([catalog.stop(), orderServer.stop()]);
    else catalog.behaviour = orderServer.behaviour = behaviour;
    for (let turn = 0; turn < 4; turn++) {
      expect(await shop.get('/lookup/2')).toMatchObject({ status: 200, body: { id: 2 } });
      expect(await shop.get('/search/systems')).toMatchObject({ status: 200, body: [{ id: 2 }] });
      expect(await shop.send('PUT', '/buy/2')).toEqual({ status: 200, body: BOUGHT });
    }
    // Everyone else is asked first by then.
    if (behaviour === 'hang') expect(catalog.count(/query/)).toBeLessThan(8);
  });

  it.each<[string, Behaviour | 'down', boolean]>([
    ['are down', 'down', false],
    ['are not ready', { status: 503 }, false],
    ['reset the connection', 'reset', true],
    ['hang', 'hang', true],
  ])('says so in the words of the original when all %s', async (_, behaviour, mayHaveSold) => {
    await start({ catalogs: 2, orders: 2 }, IMPATIENT);
    const fakes = [...shop.catalogs, ...shop.orders];
    if (behaviour === 'down') await Promise.all(fakes.map((fake) => fake.stop()));
    else for (const fake of fakes) fake.behaviour = behaviour;
    const unknown = mayHaveSold ? { outcome: 'unknown' } : {};
    const [lookup, search, buy, order, found, topics] = await Promise.all([
      shop.get('/lookup/2'),
      shop.get('/search/x'),
      shop.send('PUT', '/buy/2'),
      shop.send('POST', '/orders', ORDER, KEY),
      shop.get('/orders/abc'),
      shop.get('/topics'),
    ]);
    expect(lookup).toEqual({ status: 504, body: SEARCH_DOWN });
    expect(search).toEqual({ status: 504, body: SEARCH_DOWN });
    expect(topics).toEqual({ status: 504, body: SEARCH_DOWN });
    expect(buy).toEqual({ status: 504, body: { ...BUY_DOWN, ...unknown } });
    expect(order).toEqual({ status: 504, body: { ...BUY_DOWN, ...unknown } });
    expect(found).toEqual({ status: 504, body: { message: 'Could not connect to a catalog server' } });
  });

  it("takes an order server's 504 for out of reach, and asks the next under the same operation id", async () => {
    await start({ orders: 2 });
    shop.orderServer.behaviour = {
      status: 504,
      body: { message: 'Could not connect to the catalog server' },
    };
    for (let turn = 0; turn < 2; turn++) {
      expect(await shop.send('PUT', '/buy/2', undefined, KEY)).toMatchObject({ status: 200, body: BOUGHT });
    }
    const [, second] = shop.orders;
    expect(second?.sales.map(({ operationId }) => operationId)).toEqual([
      'buy:key-of-failover-01',
      'buy:key-of-failover-01',
    ]);
  });

  it.each<[string, object, object]>([
    ['does not know', { message: 'x', outcome: 'unknown' }, { outcome: 'unknown' }],
    ['knows that nothing was sold', { message: 'x' }, {}],
  ])('passes on when an order server that cannot reach its catalog %s', async (_, body, added) => {
    await start();
    shop.orderServer.behaviour = { status: 504, body };
    expect(await shop.send('PUT', '/buy/2')).toEqual({ status: 504, body: { ...BUY_DOWN, ...added } });
  });

  it('makes a key of its own for a client that sends none, a new one each time', async () => {
    await start();
    for (let turn = 0; turn < 2; turn++) await shop.send('PUT', '/buy/2');
    const ids = shop.orderServer.sales.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(2);
    for (const id of ids) expect(id).toMatch(/^buy:[\da-z]{9}-[\da-f-]{36}$/);
  });

  it('tells each hop how long it will wait', async () => {
    await start({}, { REQUEST_TIMEOUT_MS: '1234' });
    await shop.get('/lookup/2');
    await shop.send('PUT', '/buy/2');
    expect(shop.catalog.requests.at(-1)?.leftMs).toBeLessThanOrEqual(1234);
    expect(shop.orderServer.requests.at(-1)?.leftMs).toBeGreaterThan(1234);
    expect(shop.orderServer.requests.at(-1)?.leftMs).toBeLessThanOrEqual(2 * 1234);
  });

  it.each(['not ready', 'stopping'] as const)('passes one over at once that says it is %s', async (state) => {
    await start({ catalogs: 2, orders: 2 }, { LOOKUP_CACHE_SIZE: '0' });
    await until('both are known to be ready', async () => {
      const { body } = await shop.get('/health/ready');
      return JSON.stringify(body).match(/"ready":2/g)?.length === 4;
    });
    shop.catalog.become(state);
    shop.orderServer.become(state);
    // What is said on the same line before an answer is heard before it.
    await shop.get('/lookup/2');
    await shop.get('/lookup/2');
    const before = [shop.catalog.count(/query/), shop.orderServer.sales.length];
    for (let turn = 0; turn < 6; turn++) {
      expect((await shop.get('/lookup/2')).status).toBe(200);
      expect((await shop.send('PUT', '/buy/2')).status).toBe(200);
    }
    expect([shop.catalog.count(/query/), shop.orderServer.sales.length]).toEqual(before);
    shop.catalog.become('ready');
    await until('it is asked again', async () => {
      await shop.get('/lookup/2');
      return shop.catalog.count(/query/) > (before[0] ?? 0);
    });
  });

  it('is ready while one catalog and one order server are', async () => {
    await start({ catalogs: 2, orders: 2 });
    await Promise.all([shop.catalog.stop(), shop.orderServer.stop()]);
    const becomes = (status: number) =>
      until(`readiness is ${status}`, async () => (await shop.get('/health/ready')).status === status);
    await becomes(200);
    await shop.orders[1]?.stop();
    await becomes(503);
    expect((await shop.get('/health/live')).status).toBe(200);
  });
});

describe('a purchase', () => {
  let shop: FrontEndBeforeFakes;
  beforeAll(async () => {
    shop = await FrontEndBeforeFakes.start({}, { REQUEST_TIMEOUT_MS: '1000' });
  });
  afterAll(() => shop.stop());
  const sale = { bookId: 2, operationId: 'buy:key-of-failover-01', copies: 1, expectedPriceCents: null };
  const ITEM = { bookId: 2, title: 'RPCs for Dummies', quantity: 1, price: 50, total: 50 };
  const ended = (outcome: object): object => ({ ...soldResult(sale), outcome });
  const book = {
    id: 2,
    title: 'RPCs for Dummies',
    topic: 'Distributed Systems',
    quantity: 5,
    price: 50,
    sequenceNumber: 1,
  };

  it.each<[string, object | null, object, object]>([
    [
      'sold',
      null,
      { status: 200, body: BOUGHT },
      {
        status: 201,
        body: {
          orderId: 'order-buy:key-of-failover-01',
          state: 'sold',
          ...ITEM,
          items: [{ ...ITEM, cancelled: 0 }],
          orderedAt: '1970-01-01T00:00:00.000Z',
          sequenceNumber: 1,
        },
      },
    ],
    [
      'out of stock',
      ended({ kind: 'out of stock' }),
      { status: 200, body: { success: false, message: 'Book with the specified ID is out of stock' } },
      {
        status: 409,
        body: {
          message: 'Book with the specified ID is out of stock',
          reason: 'out of stock',
          items: [
            {
              bookId: 2,
              title: book.title,
              reason: 'out of stock',
              wanted: 1,
              left: book.quantity,
              price: book.price,
            },
          ],
          book,
        },
      },
    ],
    [
      'no such book',
      { kind: 'no such book' },
      { status: 404, body: { message: 'Book with the specified ID does not exist' } },
      { status: 404, body: { message: 'Book with the specified ID does not exist' } },
    ],
    [
      'key reused',
      { kind: 'operation id reused' },
      { status: 422, body: { message: expect.stringContaining('Idempotency-Key') } },
      { status: 422, body: { message: expect.stringContaining('Idempotency-Key') } },
    ],
  ])('that ends as %s', async (_, result, bought, ordered) => {
    shop.orderServer.result = result;
    expect(await shop.send('PUT', '/buy/2', undefined, KEY)).toEqual(bought);
    expect(await shop.send('POST', '/orders', ORDER, KEY)).toEqual(ordered);
  });

  it('at a price that has changed', async () => {
    shop.orderServer.result = ended({ kind: 'price changed' });
    expect(await shop.send('POST', '/orders', { ...ORDER, price: 49.99 }, KEY)).toEqual({
      status: 409,
      body: {
        message: 'The price of the book has changed',
        reason: 'price changed',
        items: [expect.objectContaining({ bookId: 2, wanted: 1, price: 50 })],
        book,
      },
    });
    expect(shop.orderServer.sales.at(-1)).toMatchObject({ expectedPriceCents: 4999 });
  });

  it.each(['not started', 'unknown'])('that an order server calls %s is asked for again', async (kind) => {
    shop.orderServer.result = { kind, reason: 'busy' };
    const before = shop.orderServer.sales.length;
    const { status, body } = await shop.send('POST', '/orders', ORDER, KEY);
    expect([status, (body as { outcome?: string }).outcome]).toEqual([
      504,
      kind === 'unknown' ? 'unknown' : undefined,
    ]);
    const ids = shop.orderServer.sales.slice(before).map(({ operationId }) => operationId);
    expect(ids.length).toBeGreaterThan(1);
    expect(new Set(ids)).toEqual(new Set(['buy:key-of-failover-01']));
  });

  it('of several copies asks for them all', async () => {
    shop.orderServer.result = null;
    await shop.send('PUT', '/buy/2?quantity=3');
    expect(shop.orderServer.sales.at(-1)).toMatchObject({ copies: 3, expectedPriceCents: null });
  });
});
