import { rm } from 'node:fs/promises';
import { type OrderRecord } from '../../src/contract/holding.js';
import { ordersCall } from '../../src/contract/rpc.js';
import { type SubmitResult } from '../../src/core/replication/results.js';
import { type Operation } from '../../src/core/replication/types.js';
import { freePorts } from '../support/ports.js';
import { until } from '../support/until.js';
import { type Answer, CatalogUnderTest, kindOf, sale, temporaryFolder } from './catalog-harness.js';

/** Long enough that replicas keep their leases on a machine that is busy with other tests. */
const LEASE_MS = 1_000;

/** Three catalogs in one process, which talk as they would on three machines. */
describe('three catalogs', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let ports: number[];
  const running: (CatalogUnderTest | undefined)[] = [];

  const at = (index: number): CatalogUnderTest => {
    const catalog = running[index];
    if (catalog === undefined) throw new Error(`catalog ${index} does not run`);
    return catalog;
  };
  const all = (): CatalogUnderTest[] => running.filter((catalog) => catalog !== undefined);
  const stop = async (index: number): Promise<void> => {
    const catalog = running[index];
    running[index] = undefined;
    await catalog?.stop();
  };
  const startMissing = async (): Promise<void> => {
    await Promise.all(
      ports.map(async (port, index) => {
        running[index] ??= await CatalogUnderTest.start(
          `${folder.path}/catalog-${index}.sqlite`,
          port,
          ports,
          LEASE_MS,
        );
      }),
    );
    await Promise.all(all().map((catalog) => catalog.untilReady()));
  };
  /** On a busy machine a lease may lapse for a moment: a read may be asked again. */
  const readAt = (index: number, path: string): Promise<Answer> =>
    until(`${path} at ${index}`, async () => {
      const answer = await at(index).get(path);
      return answer.status === 503 ? null : answer;
    });
  const ordersAt = (index: number, bookId: number): Promise<readonly OrderRecord[]> =>
    until(`orders of ${bookId} at ${index}`, async () => {
      const page = await at(index).ask(ordersCall, { limit: 100, cursor: null, bookId, reference: null });
      return page.kind === 'page' ? page.items : null;
    });
  const quantityAt = async (index: number, bookId: number): Promise<number> =>
    (await readAt(index, `/query/item/${bookId}`)).body.quantity;
  /** So may an operation, under the same id, whether it was not started or nobody knows. */
  const submitAt = (index: number, bookId: number, operation: Operation): Promise<SubmitResult> =>
    until(`${operation.operationId} is decided`, async () => {
      const result = await at(index).submit(bookId, operation);
      return result.kind === 'not started' || result.kind === 'unknown' ? null : result;
    });

  beforeAll(async () => {
    folder = await temporaryFolder();
    ports = await freePorts(3);
  });
  beforeEach(startMissing, 60_000);
  afterAll(async () => {
    await Promise.all([0, 1, 2].map(stop));
    await folder.remove();
  });

  it('begin with the same seven books', async () => {
    const dumps = await Promise.all(all().map((catalog) => catalog.get('/dump')));
    const books = dumps.map(({ body }) => (body as { title: string }[]).map(({ title }) => title));
    expect(books[0]).toHaveLength(7);
    expect(books[1]).toEqual(books[0]);
    expect(books[2]).toEqual(books[0]);
  });

  it('show at each what was written through any', async () => {
    for (let index = 0; index < 3; index++) {
      expect(kindOf(await submitAt(index, 1, sale(`through:${index}`)))).toBe('sold');
      for (let reader = 0; reader < 3; reader++) expect(await quantityAt(reader, 1)).toBe(10 - index - 1);
    }
    await submitAt(1, 2, {
      kind: 'edit',
      operationId: 'move',
      changes: { topic: 'Moved elsewhere' },
      expectedSequenceNumber: 0,
    });
    for (let reader = 0; reader < 3; reader++) {
      expect((await readAt(reader, '/query/topic/elsewhere')).body).toMatchObject([{ id: 2 }]);
      expect(await ordersAt(reader, 1)).toHaveLength(3);
    }
  });

  it('sell exactly the stock to 60 buyers at all of them', async () => {
    const results = await Promise.all(
      Array.from({ length: 60 }, (_, buyer) => submitAt(buyer % 3, 4, sale(`rush:${buyer}`))),
    );
    const kinds = results.map(kindOf);
    expect(kinds.filter((kind) => kind === 'sold')).toHaveLength(25);
    expect(kinds.filter((kind) => kind === 'out of stock')).toHaveLength(35);
    for (let index = 0; index < 3; index++) expect(await quantityAt(index, 4)).toBe(0);
  });

  it('apply an operation once, whichever of them it is handed to', async () => {
    const results = await Promise.all(
      Array.from({ length: 12 }, (_, index) => submitAt(index % 3, 3, sale('once'))),
    );
    const orders = results.map((result) =>
      result.kind === 'decided' && result.outcome.kind === 'sold' ? result.outcome.orderId : kindOf(result),
    );
    expect(new Set(orders).size).toBe(1);
    expect(await quantityAt(0, 3)).toBe(9);
  });

  it('go on while one is away, which catches up when it is back', async () => {
    await stop(2);
    for (let index = 0; index < 10; index++) {
      expect(kindOf(await submitAt(index % 2, 5, sale(`away:${index}`)))).toBe('sold');
    }
    const book = { title: 'New', topic: 'n', quantity: 1, priceCents: 1, isbn: null, author: null };
    const created = await submitAt(0, 0, { kind: 'create', operationId: 'away:new', book });
    expect(kindOf(created)).toBe('created');

    await startMissing();
    expect(await quantityAt(2, 5)).toBe(15);
    const found = (await readAt(2, '/query/topic/n?limit=1000')).body as unknown[];
    expect(found).toContainEqual({ id: 8, title: 'New', topic: 'n' });
    expect(kindOf(await submitAt(2, 5, sale('back')))).toBe('sold');
    await until('all are equal', async () => {
      const dumps = await Promise.all(all().map((catalog) => catalog.get('/dump')));
      const [first, ...others] = dumps.map(({ body }) =>
        JSON.stringify((body as { valid: boolean }[]).map((row) => ({ ...row, valid: null }))),
      );
      return others.every((other) => other === first);
    });
  });

  it('refuse writes and reads without a majority, and serve again when it is back', async () => {
    await Promise.all([stop(1), stop(2)]);
    await until('the last one is not ready', async () => (await at(0).get('/health/ready')).status === 503);
    expect((await at(0).get('/query/item/1')).status).toBe(503);
    expect((await at(0).get('/query/topic/t')).status).toBe(503);
    expect(['not started', 'unknown']).toContain(kindOf(await at(0).submit(1, sale('alone'))));

    await startMissing();
    expect((await readAt(0, '/query/item/1')).status).toBe(200);
    expect(kindOf(await submitAt(1, 1, sale('together')))).toBe('sold');
  });

  it('fill a replica whose disk was lost', async () => {
    expect(kindOf(await submitAt(0, 6, sale('before')))).toBe('sold');
    await stop(1);
    for (const suffix of ['', '-wal', '-shm']) {
      await rm(`${folder.path}/catalog-1.sqlite${suffix}`, { force: true });
    }
    await startMissing();
    expect(await quantityAt(1, 6)).toBe(24);
    expect(await ordersAt(1, 6)).toHaveLength(1);
  });
});
