import { type Invalidation } from '../../src/core/replication/invalidation.js';
import { BOOK, FrontEndBeforeFakes, soldResult } from './frontend-fakes.js';
import { until } from '../support/until.js';

const SALE = { bookId: 2, operationId: 'of the fake', copies: 2, expectedPriceCents: null };
const NOT_THERE = { status: 404, body: { message: 'Book with the specified ID does not exist' } };

describe("a front-end's caches", () => {
  let shop: FrontEndBeforeFakes;
  beforeEach(async () => {
    shop = await FrontEndBeforeFakes.start();
    await shop.hasSessions();
  });
  afterEach(() => shop.stop());

  const sell = (): void => void shop.catalog.books.set(2, { ...BOOK, quantity: 4, sequenceNumber: 1 });

  it('answer the second look-up and the second search, in any case, without a catalog', async () => {
    const first = await shop.fetch('/lookup/2');
    const second = await shop.fetch('/lookup/002/');
    expect(await second.json()).toEqual(await first.json());
    expect(shop.lookups).toBe(1);
    expect((await shop.get('/search/SYSTEMS')).body).toEqual([
      { id: 2, title: BOOK.title, topic: BOOK.topic },
    ]);
    expect(await shop.get('/search/systems')).toEqual(await shop.get('/search/Systems'));
    expect(shop.searches).toBe(1);
    await shop.get('/search/systems?limit=5');
    expect(shop.searches).toBe(2);
  });

  it('answer 304 to a client that has the answer, by a tag that changes with the book', async () => {
    const etag = (await shop.fetch('/lookup/2')).headers.get('etag') ?? '';
    const again = await shop.fetch('/lookup/2', { headers: { 'if-none-match': etag } });
    expect([again.status, await again.text()]).toEqual([304, '']);
    sell();
    await shop.invalidate({ bookIds: [2] });
    const changed = await shop.fetch('/lookup/2', { headers: { 'if-none-match': etag } });
    expect(changed.status).toBe(200);
    await expect(changed.json()).resolves.toMatchObject({ quantity: 4 });
  });

  it('forget what an invalidation names before they acknowledge it', async () => {
    await shop.get('/lookup/2');
    sell();
    await expect(shop.invalidate({ id: 'r1.1.7', bookIds: [2] })).resolves.toEqual(['r1.1.7']);
    expect((await shop.get('/lookup/2')).body).toMatchObject({ quantity: 4 });
  });

  it('refuse a buyer without a key at once while they hold too few copies, and no one else', async () => {
    const refused = { success: false, message: 'Book with the specified ID is out of stock' };
    const buy = async (path: string, headers: Record<string, string> = {}): Promise<unknown> =>
      (await shop.fetch(path, { method: 'PUT', headers })).json();
    const reached = (): number => shop.orderServer.sales.length;
    shop.catalog.books.set(2, { ...BOOK, quantity: 1 });
    shop.orderServer.result = { ...soldResult(SALE), outcome: { kind: 'out of stock' } };
    expect(await buy('/buy/2?quantity=2')).toEqual(refused);
    expect(reached()).toBe(1);
    // The refusal had the book looked up.
    await until('the look-up is kept', async () => {
      const before = shop.lookups;
      await shop.get('/lookup/2');
      return shop.lookups === before;
    });
    expect(await buy('/buy/2?quantity=2')).toEqual(refused);
    expect(reached()).toBe(1);
    expect(await buy('/buy/2?quantity=1')).toEqual(refused);
    expect(reached()).toBe(2);
    expect(await buy('/buy/2?quantity=2', { 'idempotency-key': 'a-key-of-the-client' })).toEqual(refused);
    expect(reached()).toBe(3);
    await shop.invalidate({ bookIds: [2] });
    shop.catalog.books.set(2, { ...BOOK, quantity: 9, sequenceNumber: 1 });
    shop.orderServer.result = null;
    expect(await buy('/buy/2?quantity=2')).toMatchObject({ success: true });
    expect(reached()).toBe(4);
  });

  it('do not let a look-up that was under way undo an invalidation', async () => {
    shop.catalog.behaviour = 'hold';
    const early = shop.get('/lookup/2');
    await until('the look-up is under way', () => shop.catalog.heldCount === 1);
    sell();
    await shop.invalidate({ bookIds: [2] });
    shop.catalog.behaviour = 'serve';
    // It came after the invalidation, so it must not share the answer that is under way.
    expect((await shop.get('/lookup/2')).body).toMatchObject({ quantity: 4 });
    shop.catalog.release();
    expect((await early).body).toMatchObject({ quantity: 5 });
    expect((await shop.get('/lookup/2')).body).toMatchObject({ quantity: 4 });
    expect(shop.lookups).toBe(2);
  });

  it('send one request for many readers', async () => {
    shop.catalog.behaviour = 'hold';
    const readers = Array.from({ length: 20 }, () => shop.get('/lookup/2'));
    await until('it is under way', () => shop.catalog.heldCount > 0);
    await until('all wait for it', async () => {
      const { body } = await shop.get('/health/live');
      return body !== undefined;
    });
    shop.catalog.behaviour = 'serve';
    shop.catalog.release();
    const answers = await Promise.all(readers);
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(shop.lookups).toBe(1);
  });

  it('share an answer that the replica could not give alone with nobody who came later', async () => {
    shop.catalog.alone = false;
    shop.catalog.behaviour = 'hold';
    const first = shop.get('/lookup/2');
    await until('it is under way', () => shop.catalog.heldCount === 1);
    const second = shop.get('/lookup/2');
    // A request later on the same connection pool shows that the second has come.
    await shop.get('/health/live');
    sell();
    shop.catalog.behaviour = 'serve';
    shop.catalog.release();
    expect((await first).body).toMatchObject({ quantity: 5 });
    expect((await second).body).toMatchObject({ quantity: 4 });
    await shop.get('/lookup/2');
    expect(shop.lookups).toBe(3);
  });

  it('keep that there is no such book, until one is created', async () => {
    expect(await shop.get('/lookup/8')).toEqual(NOT_THERE);
    expect(await shop.get('/lookup/8')).toEqual(NOT_THERE);
    expect(shop.lookups).toBe(1);
    shop.catalog.books.set(8, { ...BOOK, id: 8 });
    await shop.invalidate({ unknownIds: true, topics: [BOOK.topic] });
    expect(await shop.get('/lookup/8')).toMatchObject({ status: 200, body: { id: 8 } });
  });

  it('forget searches whose text a new topic contains, and those that show a book with a new title', async () => {
    await shop.get('/search/gardens');
    await shop.get('/search/distributed');
    shop.catalog.books.set(8, { ...BOOK, id: 8, topic: 'Walled Gardens' });
    await shop.invalidate({ unknownIds: true, topics: ['Walled Gardens'] });
    expect((await shop.get('/search/gardens')).body).toMatchObject([{ id: 8 }]);
    shop.catalog.books.set(2, { ...BOOK, title: 'RPCs for All' });
    await shop.invalidate({ bookIds: [2], retitledIds: [2] });
    expect((await shop.get('/search/distributed')).body).toMatchObject([{ title: 'RPCs for All' }]);
    await shop.get('/search/gardens');
    expect(shop.searches).toBe(4);
  });

  it('do not let a search that was under way undo an invalidation', async () => {
    shop.catalog.behaviour = 'hold';
    const early = shop.get('/search/gardens');
    await until('the search is under way', () => shop.catalog.heldCount === 1);
    shop.catalog.books.set(8, { ...BOOK, id: 8, topic: 'Gardens' });
    await shop.invalidate({ topics: ['Gardens'], unknownIds: true });
    shop.catalog.behaviour = 'serve';
    shop.catalog.release();
    expect((await early).body).toEqual([]);
    expect((await shop.get('/search/gardens')).body).toMatchObject([{ id: 8 }]);
  });

  it('keep nothing of a replica that has started anew, until there is a session with that start', async () => {
    shop.catalog.grants = false;
    shop.catalog.startNumber = 2;
    await shop.get('/lookup/2');
    await shop.get('/lookup/2');
    expect(shop.lookups).toBe(2);
    shop.catalog.grants = true;
    await shop.hasSessions();
  });

  it.each([[{ id: '' }], [{ bookIds: [1.5] }], [{ topics: [7] }]])(
    'acknowledge nothing that they do not understand: %j',
    async (named) => {
      await expect(shop.invalidate(named as Partial<Invalidation>)).resolves.toBeNull();
    },
  );

  it('are forgotten by hand, and shown, by those who know the secret', async () => {
    await shop.get('/lookup/9');
    await shop.get('/lookup/2');
    await shop.get('/search/distributed');
    const dump = async () => (await shop.internal('GET', '/dump/')).json();
    const { id, title, topic, price, quantity } = BOOK;
    const search = { id: 'distributed', topics: [topic], search_result: [{ id, title, topic }] };
    expect(await dump()).toMatchObject({ lookup: [{ id, price, quantity, title }], search: [search] });
    expect(((await dump()) as { unknown: number[] }).unknown).toContain(9);
    for (const [path, left] of [
      ['/invalidate/topic/Cooking', { lookup: 1, search: 1 }],
      ['/invalidate/topic/distributed%20SYSTEMS', { lookup: 1, search: 0 }],
      ['/invalidate/item/2', { lookup: 0, search: 0 }],
    ] as const) {
      expect((await shop.internal('DELETE', path)).status).toBe(204);
      const { lookup, search } = (await dump()) as { lookup: []; search: [] };
      expect([path, lookup.length, search.length]).toEqual([path, left.lookup, left.search]);
    }
    await shop.get('/search/distributed');
    expect((await shop.internal('DELETE', '/invalidate/topic/')).status).toBe(204);
    expect(await dump()).toMatchObject({ search: [] });
    expect((await shop.internal('DELETE', '/invalidate/item/x')).status).toBe(422);
    for (const [method, path] of [
      ['GET', '/dump'],
      ['DELETE', '/invalidate/item/2'],
      ['DELETE', '/invalidate/topic'],
    ] as const) {
      expect((await shop.send(method, path)).status).toBe(401);
    }
  });
});

describe("a front-end's sessions", () => {
  it('carry what was kept: without them, nothing is', async () => {
    const shop = await FrontEndBeforeFakes.start({ leaseMs: 60 });
    await shop.hasSessions();
    await shop.get('/lookup/2');
    // Nobody tells this front-end: it is cut off.
    shop.catalog.grants = false;
    shop.catalog.books.set(2, { ...BOOK, quantity: 4 });
    await until('the session has lapsed', async () => {
      const { quantity } = (await shop.get('/lookup/2')).body as { quantity: number };
      return quantity === 4;
    });
    const before = shop.lookups;
    await shop.get('/lookup/2');
    expect(shop.lookups).toBe(before + 1);
    await shop.stop();
  });

  it('are asked for under the own address, and given back at the end', async () => {
    const shop = await FrontEndBeforeFakes.start({ catalogs: 2 });
    await shop.hasSessions();
    for (const catalog of shop.catalogs) expect([...catalog.frontEnds.values()]).toEqual([shop.address]);
    await shop.app.close();
    for (const catalog of shop.catalogs) expect(catalog.sessionsEnded).toBe(1);
    await Promise.all([...shop.catalogs, ...shop.orders].map((fake) => fake.stop()));
  });

  it('are not asked for when there are no caches', async () => {
    const shop = await FrontEndBeforeFakes.start({}, { LOOKUP_CACHE_SIZE: '0', SEARCH_CACHE_SIZE: '0' });
    for (let read = 0; read < 3; read++) await shop.get('/lookup/2');
    expect(shop.lookups).toBe(3);
    expect(shop.catalog.frontEnds.size).toBe(0);
    await shop.stop();
  });

  it('bound the caches by entries, the least recently used first', async () => {
    const shop = await FrontEndBeforeFakes.start({}, { LOOKUP_CACHE_SIZE: '2' });
    await shop.hasSessions();
    for (const id of [3, 4, 3, 5, 3, 4]) await shop.get(`/lookup/${id}`);
    expect(shop.lookups).toBe(4);
    await shop.stop();
  });
});
