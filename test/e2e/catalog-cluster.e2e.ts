import { freePorts } from '../support/ports.js';
import { until } from '../support/until.js';
import { CatalogUnderTest, kindOf, sale, temporaryFolder } from './catalog-harness.js';

/** Three catalogs in one process, which talk over HTTP as they would on three machines. */
describe('three catalogs', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let ports: number[];
  let catalogs: CatalogUnderTest[];

  const start = (index: number): Promise<CatalogUnderTest> =>
    CatalogUnderTest.start(`${folder.path}/catalog-${index}.sqlite`, ports[index] ?? 0, ports);
  const at = (index: number): CatalogUnderTest => {
    const catalog = catalogs[index];
    if (catalog === undefined) throw new Error(`no catalog ${index}`);
    return catalog;
  };
  const quantityAt = async (index: number, bookId: number): Promise<number> =>
    (await at(index).get(`/query/item/${bookId}`)).body.quantity;

  beforeEach(async () => {
    folder = await temporaryFolder();
    ports = await freePorts(3);
    catalogs = await Promise.all(ports.map((_, index) => start(index)));
    await Promise.all(catalogs.map((catalog) => catalog.untilReady()));
  });
  afterEach(async () => {
    await Promise.all(catalogs.map((catalog) => catalog.stop()));
    await folder.remove();
  });

  it('begin with the same seven books', async () => {
    const dumps = await Promise.all(catalogs.map((catalog) => catalog.get('/dump')));
    const books = dumps.map(({ body }) =>
      (body as { id: number; title: string }[]).map(({ id, title }) => ({ id, title })),
    );
    expect(books[0]).toHaveLength(7);
    expect(books[1]).toEqual(books[0]);
    expect(books[2]).toEqual(books[0]);
  });

  it('show at each what was written through any', async () => {
    for (let index = 0; index < 3; index++) {
      expect(kindOf(await at(index).submit(1, sale(`through:${index}`)))).toBe('sold');
      for (let reader = 0; reader < 3; reader++) expect(await quantityAt(reader, 1)).toBe(10 - index - 1);
    }
    await at(1).put('/update/2', { topic: 'Moved elsewhere' });
    for (const catalog of catalogs) {
      expect((await catalog.get('/query/topic/elsewhere')).body).toMatchObject([{ id: 2 }]);
      expect((await catalog.get('/orders')).body.orders).toHaveLength(3);
    }
  });

  it('sell exactly the stock to 60 buyers at all of them', async () => {
    const results = await Promise.all(
      Array.from({ length: 60 }, (_, buyer) => at(buyer % 3).submit(4, sale(`rush:${buyer}`))),
    );
    const kinds = results.map(kindOf);
    expect(kinds.filter((kind) => kind === 'sold')).toHaveLength(25);
    expect(kinds.filter((kind) => kind === 'out of stock')).toHaveLength(35);
    for (let index = 0; index < 3; index++) expect(await quantityAt(index, 4)).toBe(0);
  });

  it('apply an operation once, whichever of them it is handed to', async () => {
    const results = await Promise.all(
      Array.from({ length: 12 }, (_, index) => at(index % 3).submit(3, sale('once'))),
    );
    const orders = results.map((result) =>
      result.kind === 'decided' && result.outcome.kind === 'sold' ? result.outcome.orderId : kindOf(result),
    );
    expect(new Set(orders).size).toBe(1);
    expect(await quantityAt(0, 3)).toBe(9);
  });

  it('go on while one is away, which catches up when it is back', async () => {
    await at(2).stop();
    catalogs.length = 2;
    for (let index = 0; index < 10; index++) {
      expect(kindOf(await at(index % 2).submit(5, sale(`away:${index}`)))).toBe('sold');
    }
    const book = { title: 'New', topic: 'n', quantity: 1, priceCents: 1, isbn: null, author: null };
    const created = await at(0).submit(0, { kind: 'create', operationId: 'away:new', book });
    expect(kindOf(created)).toBe('created');

    catalogs.push(await start(2));
    await at(2).untilReady();
    expect(await quantityAt(2, 5)).toBe(15);
    expect((await at(2).get('/query/topic/n?limit=1000')).body).toContainEqual({
      id: 8,
      title: 'New',
      topic: 'n',
    });
    expect(kindOf(await at(2).submit(5, sale('back')))).toBe('sold');
    await until('all are equal', async () => {
      const dumps = await Promise.all(catalogs.map((catalog) => catalog.get('/dump')));
      const books = dumps.map(({ body }) =>
        JSON.stringify((body as { valid: boolean }[]).map((book) => ({ ...book, valid: null }))),
      );
      return books[0] === books[1] && books[1] === books[2];
    });
  });

  it('refuse writes and reads without a majority, and serve again when it is back', async () => {
    await Promise.all([at(1).stop(), at(2).stop()]);
    catalogs.length = 1;
    await until('the last one is not ready', async () => (await at(0).get('/health/ready')).status === 503);
    expect((await at(0).get('/query/item/1')).status).toBe(503);
    expect((await at(0).get('/query/topic/t')).status).toBe(503);
    expect(['not started', 'unknown']).toContain(kindOf(await at(0).submit(1, sale('alone'))));

    catalogs.push(await start(1));
    await Promise.all(catalogs.map((catalog) => catalog.untilReady()));
    expect((await at(0).get('/query/item/1')).status).toBe(200);
    expect(['sold']).toContain(kindOf(await at(1).submit(1, sale('together'))));
  });

  it('fill a replica whose disk was lost', async () => {
    await at(0).submit(6, sale('before'));
    await at(1).stop();
    const { rm } = await import('node:fs/promises');
    for (const suffix of ['', '-wal', '-shm']) {
      await rm(`${folder.path}/catalog-1.sqlite${suffix}`, { force: true });
    }
    catalogs[1] = await start(1);
    await at(1).untilReady();
    expect(await quantityAt(1, 6)).toBe(24);
    expect((await at(1).get('/dump')).body).toHaveLength(7);
    expect((await at(1).get('/orders')).body.orders).toHaveLength(1);
  });
});
