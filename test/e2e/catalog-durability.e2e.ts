import { type AddressInfo } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import { type InvalidationsRequest } from '../../src/contract/internal.js';
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
    const replica = (await catalog.get('/status')).headers.get('x-bazar-replica') ?? '';
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
    expect((await catalog.get('/orders')).body.orders).toHaveLength(1);
    expect((await catalog.get('/status')).headers.get('x-bazar-replica')).toBe(replica.replace(/\.1$/, '.2'));
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
  const frontEndId = 'front-end-1';
  let frontEnd: FastifyInstance;
  let frontEndPort: number;
  let requests: { authorization: string | undefined; body: InvalidationsRequest }[];
  let answer: (body: InvalidationsRequest) => unknown;

  beforeEach(async () => {
    requests = [];
    answer = ({ invalidations }) => ({ acknowledged: invalidations.map(({ id }) => id) });
    frontEnd = Fastify();
    frontEnd.post('/invalidations', (request, reply) => {
      const body = request.body as InvalidationsRequest;
      requests.push({ authorization: request.headers.authorization, body });
      const result = answer(body);
      return result === undefined ? reply.hijack() : reply.send(result);
    });
    await frontEnd.listen({ port: 0, host: '127.0.0.1' });
    frontEndPort = (frontEnd.server.address() as AddressInfo).port;
  });
  afterEach(async () => {
    frontEnd.server.closeAllConnections();
    await frontEnd.close();
  });

  const session = () =>
    catalog.put(`/sessions/${frontEndId}`, { address: `http://127.0.0.1:${frontEndPort}` });
  /** A session, and an answer about book 2 that hangs from it: only who holds one is told (F5). */
  const holdsBook = async (): Promise<void> => {
    await session();
    const found = await catalog.get('/query/item/2', { 'x-bazar-front-end': frontEndId });
    expect(found.headers.get('x-bazar-alone')).toBe('1');
  };

  it('is granted no longer than a lease, under the start of the replica', async () => {
    const { status, body, headers } = await session();
    expect(status).toBe(200);
    expect(body).toMatchObject({ startNumber: 1, leaseMs: LEASE_MS });
    expect(body.durationMs).toBeGreaterThan(0);
    expect(body.durationMs).toBeLessThanOrEqual(LEASE_MS);
    expect(headers.get('x-bazar-replica')).toBe(`${body.replicaId}.${body.startNumber}`);
  });

  it('has forgotten a book before a write of it is acknowledged', async () => {
    await holdsBook();
    let forgotten = false;
    answer = ({ invalidations }) => {
      forgotten = true;
      return { acknowledged: invalidations.map(({ id }) => id) };
    };
    expect(kindOf(await catalog.submit(2, sale('f3')))).toBe('sold');
    expect(forgotten).toBe(true);
    expect(requests[0]).toMatchObject({
      authorization: `Bearer ${SECRET}`,
      body: { frontEndId, invalidations: [{ bookIds: [2], retitledIds: [], everySearch: false }] },
    });
  });

  it('is not told of a book that it never had', async () => {
    await holdsBook();
    expect(kindOf(await catalog.submit(3, sale('another')))).toBe('sold');
    expect(requests).toEqual([]);
  });

  it('is told again when it did not answer, with the same id', async () => {
    await holdsBook();
    let calls = 0;
    answer = ({ invalidations }) =>
      ++calls === 1 ? {} : { acknowledged: invalidations.map(({ id }) => id) };
    expect(kindOf(await catalog.submit(2, sale('again')))).toBe('sold');
    expect(requests.length).toBeGreaterThanOrEqual(2);
    const ids = requests.map(({ body }) => body.invalidations[0]?.id);
    expect(new Set(ids).size).toBe(1);
  });

  it('gets no renewal while it owes an answer, and delays a write by the end of its session at most', async () => {
    await holdsBook();
    answer = () => undefined;
    const write = catalog.submit(2, sale('hung'));
    await until('it was told', () => requests.length > 0);
    expect((await session()).status).toBe(503);
    expect(kindOf(await write)).toBe('sold');
  });

  it('delays nothing once it gave its session back', async () => {
    await holdsBook();
    expect((await catalog.call('DELETE', `/sessions/${frontEndId}`)).status).toBe(204);
    expect(kindOf(await catalog.submit(2, sale('gone')))).toBe('sold');
    expect(requests).toEqual([]);
  });
});
