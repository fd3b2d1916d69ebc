import { randomUUID } from 'node:crypto';
import { createLogger } from '../../src/observability/logs.js';
import { type HoldAnswer } from '../../src/contract/public-hold.js';
import { type OrderAnswer } from '../../src/contract/public-order.js';
import { BookstoreInProcess } from '../support/in-process.js';
import { ADMIN_TOKEN, callInternal, CLUSTER_SECRET } from '../support/layout.js';
import { type CollectedSpan, Collector } from '../support/collector.js';
import { until } from '../support/until.js';
import { send } from '../support/requests.js';

const PEER_SECRET = 'peer-secret-of-the-request-ids-e2e-test';
const WEBHOOK_SECRET = 'webhook-secret-of-the-request-ids-e2e-0';
const COLLECTOR_KEY = 'key-of-the-collector-of-the-request-ids-e2e';
const COOKIE = 'session=cookie-of-the-request-ids-e2e';

const SERVER = 2;
const CLIENT = 3;

/** A line of a log, and the role whose logger wrote it. (Nest's own loggers are one for the whole process.) */
interface Line {
  readonly text: string;
  readonly role: string;
  readonly url?: string;
  readonly msg?: string;
  readonly context?: string;
  readonly reqId?: string;
}

describe('the logs and traces of all roles, with everything told', () => {
  const lines: Line[] = [];
  const collector = new Collector();
  let bookstore: BookstoreInProcess;

  beforeAll(async () => {
    const settings = {
      LOG_LEVEL: 'trace',
      REQUEST_TIMEOUT_MS: '400',
      PEER_SECRET,
      WEBHOOK_URL: 'http://127.0.0.1:9/changes',
      WEBHOOK_SECRET,
      OTEL_EXPORTER_OTLP_ENDPOINT: await collector.start(),
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_HEADERS: `x-key=${COLLECTOR_KEY}`,
    };
    const write = (text: string): void => void lines.push({ ...(JSON.parse(text) as Line), text });
    bookstore = await BookstoreInProcess.start(
      { catalogs: 3, orders: 1, frontEnds: 1, settings },
      ({ env: { ROLE: role } }) => ({
        logger: createLogger({ role: role as 'catalog', logLevel: 'trace', port: 0 }, { write }),
      }),
    );
  }, 180_000);
  afterAll(async () => {
    await bookstore.stop();
    collector.stop();
  }, 60_000);

  const ask = (method: string, path: string, headers: Record<string, string> = {}, body?: object) => {
    const url = `${bookstore.frontEnds[0]?.address}${path}`;
    return send(method, url, body, { cookie: COOKIE, ...headers }, AbortSignal.timeout(20_000));
  };

  const of = (id: string) => lines.filter(({ reqId }) => reqId?.split(',').includes(id));
  const steps = (id: string) => new Set(of(id).map(({ role, url, context }) => `${role} ${context ?? url}`));

  it('tell of a request in each role under the id that the client gave, or the answer names', async () => {
    const bought = await ask('PUT', '/buy/1', { 'x-request-id': 'bought-1' });
    expect([bought.status, bought.headers.get('x-request-id')]).toEqual([200, 'bought-1']);
    const ordered = await ask(
      'POST',
      '/orders',
      { 'idempotency-key': randomUUID() },
      { bookId: 2, quantity: 1 },
    );
    expect(ordered.status).toBe(201);
    const found = await ask('GET', '/topics', { 'x-request-id': 'not well-formed' });
    const [order, topics] = [ordered, found].map(({ headers }) => headers.get('x-request-id') ?? '');
    expect(new Set(['bought-1', order, topics, 'not well-formed', '']).size).toBe(5);
    await until('all is told', () => of(order ?? '').length >= 3 && of(topics ?? '').length >= 2);
    expect(steps('bought-1')).toEqual(new Set(['frontend /buy/1', 'order sell', 'catalog submit']));
    expect(steps(order ?? '')).toEqual(new Set(['frontend /orders', 'order sell', 'catalog submit']));
    expect(steps(topics ?? '')).toEqual(new Set(['frontend /topics', 'catalog topics']));
  });

  it('are one trace from what the client began to the last replica', async () => {
    const [traceId, client] = ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7'];
    const traceparent = `00-${traceId}-${client}-01`;
    const looked = await ask('GET', '/lookup/7');
    expect(looked.status).toBe(200);
    const bought = await ask('PUT', '/buy/7', { traceparent, 'x-request-id': 'traced-1' });
    expect(bought.status).toBe(200);
    const mine = () => collector.spans.filter((span) => span.traceId === traceId);
    const named = (name: string, kind: number) =>
      mine().filter((span) => span.name === name && span.kind === kind);
    // What keeps it: two other replicas, or a statement of the server that all share.
    const kept = () => (bookstore.sharesEngine ? named('write book', CLIENT) : named('update', SERVER));
    const keepers = bookstore.sharesEngine ? 1 : 2;
    const path = (span: CollectedSpan): string[] => {
      const parent = mine().find(({ spanId }) => spanId === span.parentSpanId);
      const own = `${span.service} ${span.name}`;
      return parent === undefined ? [own] : [...path(parent), own];
    };
    // Each role sends its own when it gets to it.
    await until(
      'all of it came',
      () =>
        kept().length === keepers &&
        named('invalidate', SERVER).length > 0 &&
        mine().every((span) => path(span)[0] === 'bazar-frontend PUT /buy/:id'),
    );
    const [root] = named('PUT /buy/:id', SERVER);
    expect(root).toMatchObject({
      parentSpanId: client,
      attributes: { 'http.response.status_code': 200, 'bazar.request_id': 'traced-1' },
    });
    const bought7 = [
      'bazar-frontend PUT /buy/:id',
      'bazar-frontend sell',
      'bazar-order sell',
      'bazar-order submit',
    ];
    for (const span of kept()) {
      expect(path(span).slice(0, 4)).toEqual(bought7);
      expect(path(span).slice(-2)).toEqual(
        bookstore.sharesEngine
          ? ['bazar-catalog submit', 'bazar-catalog write book']
          : ['bazar-catalog update', 'bazar-catalog update'],
      );
    }
    expect(new Set(kept().map(({ instance }) => instance)).size).toBe(keepers);
    expect(mine().filter(({ status }) => status.code === 2)).toEqual([]);
    expect(collector.requests.every(({ headers }) => headers['x-key'] === COLLECTOR_KEY)).toBe(true);
  });

  it('hold nothing that opens anything', async () => {
    const authorization = `Bearer ${ADMIN_TOKEN}`;
    const keys = Array.from({ length: 4 }, () => randomUUID());
    const keyed = (at: number) => ({ 'idempotency-key': keys[at] ?? '', 'x-request-id': keys[at] ?? '' });
    const items = [3, 4].map((bookId) => ({ bookId, quantity: 1 }));
    const held = await ask('POST', '/holds', keyed(0), { items, ttlSeconds: 60 });
    expect(held.status).toBe(201);
    const { holdId } = (await held.json()) as HoldAnswer;
    const confirmed = await ask('POST', `/holds/${holdId}/confirm`);
    expect(confirmed.status).toBe(200);
    const { orderId } = (await confirmed.json()) as OrderAnswer;
    await ask('PUT', '/buy/5', keyed(1));
    await ask('PUT', '/buy/6', keyed(1));
    await ask('POST', '/orders', keyed(2), { bookId: 5, quantity: 'many', reference: 'x' });
    await ask('PUT', '/buy/5', { 'idempotency-key': `${keys[3]} malformed` });
    for (const path of [`/orders/${orderId}`, `/holds/${holdId}`, `/holds/${holdId}/x?key=${keys[3]}`])
      await ask('GET', path);
    await ask('GET', `/%6frders/${orderId}`);
    await ask('GET', `/orders/${orderId}/?key=${keys[3]}`);
    await ask('DELETE', `/holds/${holdId}`);
    await ask('PATCH', `/orders/${orderId}`);
    await ask('POST', `/admin/orders/${orderId}/cancel`, { authorization, ...keyed(3) }, {});
    await ask('GET', '/admin/orders', { authorization });
    await ask('GET', '/admin/orders', { authorization: `Bearer ${ADMIN_TOKEN}x` });
    for (const { address } of bookstore.roles) {
      await callInternal(address, '/metrics');
      await callInternal(address, '/status');
      await callInternal(address, '/buy/7', { method: 'PUT', headers: keyed(3) });
    }
    await until('a delivery was tried', () => lines.some(({ context }) => context === 'Webhook'));
    const secrets = {
      CLUSTER_SECRET,
      PEER_SECRET,
      WEBHOOK_SECRET,
      ADMIN_TOKEN,
      COLLECTOR_KEY,
      COOKIE,
      holdId,
      orderId,
    };
    const named = [...Object.entries(secrets), ...keys.map((key) => ['Idempotency-Key', key] as const)];
    await until('traces of it came', () =>
      collector.spans.some(({ name }) => name === 'POST /holds/:holdId/confirm'),
    );
    const texts = [...lines.map(({ text }) => text), ...collector.texts];
    const told = named.flatMap(([name, secret]) =>
      texts.filter((text) => text.includes(secret)).map((text) => `${name}: ${text}`),
    );
    expect(told).toEqual([]);
    expect(lines.some(({ url }) => url === '/holds/:holdId/confirm')).toBe(true);
  }, 60_000);

  it('tell of a purchase that fails, wherever it came', async () => {
    await bookstore.stopWrites();
    const failed = await ask('PUT', '/buy/1', { 'x-request-id': 'failed-1' });
    const basket = {
      items: [
        { bookId: 2, quantity: 1 },
        { bookId: 3, quantity: 1 },
      ],
    };
    const refused = await ask(
      'POST',
      '/orders',
      { 'x-request-id': 'failed-2', 'idempotency-key': randomUUID() },
      basket,
    );
    expect([failed.status >= 500, refused.status >= 500]).toEqual([true, true]);
    await until('both are told', () => steps('failed-1').size >= 3 && steps('failed-2').size >= 3);
    expect([...steps('failed-1')]).toEqual(
      expect.arrayContaining(['frontend /buy/1', 'order sell', 'catalog submit']),
    );
    expect([...steps('failed-2')]).toEqual(
      expect.arrayContaining(['frontend /orders', 'order basket', 'catalog submit']),
    );
  }, 60_000);
});
