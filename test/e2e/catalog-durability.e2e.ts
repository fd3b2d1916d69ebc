import { ordersCall } from '../../src/contract/rpc.js';
import { type Call } from '../../src/contract/call.js';
import { endSessionCall, invalidateCall, lookUpCall, sessionCall } from '../../src/contract/rpc.js';
import { type Invalidation } from '../../src/core/replication/invalidation.js';
import { RpcHandlers } from '../../src/rpc/handlers.js';
import { type Link } from '../../src/rpc/link.js';
import { lineTo } from '../support/line.js';
import { SqliteStore } from '../../src/catalog/store/sqlite-store.js';
import { freePorts } from '../support/ports.js';
import { until } from '../support/until.js';
import { CatalogUnderTest, kindOf, LEASE_MS, sale, SECRET, temporaryFolder } from './catalog-harness.js';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let port: number;
let catalog: CatalogUnderTest;

const boot = async (): Promise<CatalogUnderTest> =>
  (await CatalogUnderTest.start(`${folder.path}/catalog.sqlite`, port)).untilReady();

beforeEach(async () => {
  folder = await temporaryFolder();
  [port = 0] = await freePorts(1);
  catalog = await boot();
});
afterEach(async () => {
  await catalog.stop();
  await folder.remove();
});

describe('a restart', () => {
  it('keeps books, orders and operation ids, and takes a new start number', async () => {
    const before = await catalog.submit(2, sale('kept', 2));
    await catalog.put('/update/3', { price: 9.99 });
    const { replicaId } = (await catalog.get('/status')).body as { replicaId: string };
    await catalog.stop();
    catalog = await boot();

    expect((await catalog.get('/dump')).body).toHaveLength(7);
    expect((await catalog.get('/query/item/2')).body).toMatchObject({ quantity: 3, sequenceNumber: 1 });
    expect((await catalog.get('/query/item/3')).body).toMatchObject({ price: 9.99 });
    const again = await catalog.submit(2, sale('kept', 2));
    expect(again).toMatchObject({
      kind: 'decided',
      outcome: before.kind === 'decided' ? before.outcome : 'none',
    });
    const orders = await catalog.ask(ordersCall, { limit: 10, cursor: null, bookId: null, reference: null });
    expect(orders.kind === 'page' && orders.items).toHaveLength(1);
    expect((await catalog.get('/status')).body).toMatchObject({ replicaId, startNumber: 2 });
  });
});

describe('a full disk', () => {
  interface Pragmas {
    database: { connection: { pragma(text: string, options?: { simple: boolean }): number } };
  }
  function pragma(text: string): number {
    const { connection } = catalog.app.get<unknown, Pragmas>(SqliteStore).database;
    return connection.pragma(text, { simple: true });
  }

  it('fails writes clearly, loses nothing acknowledged, and is over when there is room', async () => {
    pragma(`max_page_count = ${pragma('page_count')}`);
    const acknowledged: string[] = [];
    let tried = 0;
    await until('the disk is full', async () => {
      const id = `full:${tried++}`;
      const result = await catalog.submit(4, {
        kind: 'restock',
        operationId: `${id}:${'x'.repeat(200)}`,
        copies: 1,
      });
      if (kindOf(result) === 'restocked') acknowledged.push(id);
      else expect(['unknown', 'not started']).toContain(kindOf(result));
      return kindOf(result) !== 'restocked';
    });
    expect((await catalog.get('/health/ready')).status).toBe(503);
    expect((await catalog.get('/query/item/4')).status).toBe(503);
    expect(await catalog.put('/update/4', { quantity: 1 })).toMatchObject({ status: 503 });
    expect(kindOf(await catalog.submit(4, sale('while-full')))).toBe('not started');

    pragma('max_page_count = 1000000');
    await catalog.untilReady();
    const { quantity } = (await catalog.get('/query/item/4')).body;
    // The write that met the full disk is unknown: it may be in or not.
    expect([25 + acknowledged.length, 26 + acknowledged.length]).toContain(quantity);
    expect(kindOf(await catalog.submit(4, sale('while-full')))).toBe('sold');
  });
});

describe('a front-end with a session', () => {
  let line: Link;
  let told: Invalidation[];
  let answer: (invalidations: readonly Invalidation[]) => readonly string[] | null;
  const acknowledge = (invalidations: readonly Invalidation[]): string[] => invalidations.map(({ id }) => id);

  beforeEach(() => {
    told = [];
    answer = acknowledge;
    const handlers = new RpcHandlers();
    handlers.handle(invalidateCall, ({ invalidations }) => {
      told.push(...invalidations);
      const acknowledged = answer(invalidations);
      return acknowledged === null ? new Promise(() => undefined) : { acknowledged };
    });
    line = lineTo(catalog.url, SECRET, { handlers });
  });
  afterEach(() => line.close());

  const ask = async <Request, Answer>(call: Call<Request, Answer>, request: Request): Promise<Answer> => {
    const result = await line.call(call, request, { timeoutMs: 10_000 });
    if (result.kind !== 'answered') throw new Error(JSON.stringify(result));
    return result.answer;
  };
  const session = () => ask(sessionCall, {});
  /** Only who was given an answer to keep is told (F5). */
  const keep = async (bookId: number): Promise<void> => {
    await session();
    expect(await ask(lookUpCall, { bookId })).toMatchObject({ kind: 'found', source: { alone: true } });
  };

  it('is granted no longer than a lease, under the start of the replica', async () => {
    const grant = await session();
    if (grant.kind !== 'granted') throw new Error(grant.kind);
    expect(grant).toMatchObject({ startNumber: 1, leaseMs: LEASE_MS });
    expect(grant.durationMs).toBeGreaterThan(0);
    expect(grant.durationMs).toBeLessThanOrEqual(LEASE_MS);
    expect(await ask(lookUpCall, { bookId: 2 })).toMatchObject({
      source: { session: `${grant.replicaId}.${grant.startNumber}` },
    });
  });

  it('has forgotten a book before a write of it is acknowledged', async () => {
    await keep(2);
    let forgotten = false;
    answer = (invalidations) => {
      forgotten = true;
      return acknowledge(invalidations);
    };
    expect(kindOf(await catalog.submit(2, sale('f3')))).toBe('sold');
    expect(forgotten).toBe(true);
    expect(told[0]).toMatchObject({ bookIds: [2], retitledIds: [], everySearch: false });
  });

  it('is told again when it did not answer, with the same id', async () => {
    await keep(2);
    let calls = 0;
    answer = (invalidations) => (++calls === 1 ? [] : acknowledge(invalidations));
    expect(kindOf(await catalog.submit(2, sale('again')))).toBe('sold');
    expect(told.length).toBeGreaterThanOrEqual(2);
    expect(new Set(told.map(({ id }) => id)).size).toBe(1);
  });

  it('goes on while it owes an answer, to no more than a lease after it was asked for: a write waits no longer', async () => {
    await keep(2);
    answer = () => null;
    const write = catalog.submit(2, sale('hung'));
    await until('it was told', () => told.length > 0);
    const renewed = await session();
    expect(renewed.kind === 'granted' && renewed.durationMs).toBeLessThan(LEASE_MS);
    expect(kindOf(await write)).toBe('sold');
  });

  it('delays nothing once it gave its session back', async () => {
    await keep(2);
    await ask(endSessionCall, {});
    expect(kindOf(await catalog.submit(2, sale('gone')))).toBe('sold');
    expect(told).toEqual([]);
  });
});
