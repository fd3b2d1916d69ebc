import 'reflect-metadata';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import fastify, { type FastifyInstance } from 'fastify';
import { type AddressInfo } from 'node:net';
import { createApp } from '../../src/bootstrap.js';
import { answerOnLine, lineTo } from '../support/line.js';
import { until } from '../support/until.js';
import { parseConfig } from '../../src/config/index.js';
import { IDEMPOTENCY_KEY_HEADER, KEY_REFUSALS } from '../../src/contract/idempotency-key.js';
import { type OperationsRequest } from '../../src/contract/internal.js';
import { sellCall, submitCall } from '../../src/contract/rpc.js';
import { readinessCall } from '../../src/contract/watching.js';
import { type SubmitResult } from '../../src/core/replication/results.js';

const SECRET = 'order-e2e-secret-of-32-characters';
const AUTHORIZATION = { authorization: `Bearer ${SECRET}` };

type Asked = OperationsRequest['operations'][number];

/** A catalog that answers what the test tells it to. */
class FakeCatalog {
  readonly app: FastifyInstance = fastify();
  readonly asked: Asked[] = [];
  answer: (asked: Asked) => SubmitResult = ({ operation, bookId }) => sold(operation, bookId);
  ready = true;
  calls = 0;

  async start(): Promise<string> {
    const as = { role: 'catalog', address: 'http://127.0.0.1:1', secret: SECRET } as const;
    const { handlers, line } = answerOnLine(this.app.server, as);
    this.app.addHook('preClose', () => line.leave());
    handlers.handle(submitCall, ({ operations }) => {
      this.calls += 1;
      this.asked.push(...operations);
      return { results: operations.map((asked) => this.answer(asked)) };
    });
    handlers.handle(readinessCall, () => ({ state: this.ready ? 'ready' : 'not ready' }));
    await this.app.listen({ port: 0, host: '127.0.0.1' });
    return `http://127.0.0.1:${(this.app.server.address() as AddressInfo).port}`;
  }
}

function sold(operation: Asked['operation'], bookId: number): SubmitResult {
  const outcome = { kind: 'sold', orderId: 'order-1', priceCents: 5000, at: 0 } as const;
  return { kind: 'decided', operation, outcome, entryNumber: 1, bookId, sequenceNumber: 1, book: null };
}

describe('order role', () => {
  let catalog: FakeCatalog;
  let app: NestFastifyApplication;

  beforeEach(async () => {
    catalog = new FakeCatalog();
    const address = await catalog.start();
    const config = parseConfig({
      ROLE: 'order',
      PORT: '0',
      CATALOG_ADDRESSES: address,
      CLUSTER_SECRET: SECRET,
      LOG_LEVEL: 'silent',
      // A busy machine is no outage.
      CONNECT_TIMEOUT_MS: '10000',
      REQUEST_TIMEOUT_MS: '3000',
    });
    app = await createApp(config);
    await app.listen(0, '127.0.0.1');
  });
  afterEach(async () => {
    await app.close();
    await catalog.app.close();
  });

  const call = (
    method: 'GET' | 'PUT' | 'POST',
    url: string,
    body?: object,
    headers: object = AUTHORIZATION,
  ) => app.inject({ method, url, headers: { ...headers }, ...(body !== undefined && { payload: body }) });

  const sell = async (operationId: string, bookId = 2) => {
    const address = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
    const link = lineTo(address, SECRET);
    const sale = { bookId, operationId, copies: 1, expectedPriceCents: null };
    return link.call(sellCall, sale, { timeoutMs: 10_000 }).finally(() => link.close());
  };

  it('sells through its catalog', async () => {
    const response = await call('PUT', '/buy/02/?quantity=3', undefined, {
      ...AUTHORIZATION,
      [IDEMPOTENCY_KEY_HEADER]: 'key-of-an-order-01',
    });
    expect(response.statusCode).toBe(200);
    expect(response.json()).toEqual({
      success: true,
      message: 'Book with the specified ID purchased',
      orderId: 'order-1',
    });
    expect(catalog.asked).toEqual([
      {
        bookId: 2,
        operation: {
          kind: 'sale',
          operationId: 'buy:key-of-an-order-01',
          copies: 3,
          expectedPriceCents: null,
        },
      },
    ]);
  });

  it('makes a key of its own for each buy without one', async () => {
    await call('PUT', '/buy/2');
    await call('PUT', '/buy/2');
    const ids = catalog.asked.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(2);
  });

  it.each<[SubmitResult['kind'] | 'out of stock', number, object]>([
    ['out of stock', 200, { success: false, message: 'Book with the specified ID is out of stock' }],
    ['no such book', 404, { message: 'Book with the specified ID does not exist' }],
    ['operation id reused', 422, { message: KEY_REFUSALS['key reused'][1] }],
    ['not started', 503, { message: 'The catalog server could not take the order in time' }],
    ['unknown', 504, { message: 'Could not connect to the catalog server', outcome: 'unknown' }],
  ])('answers %s as %i', async (kind, status, body) => {
    catalog.answer = ({ operation, bookId }) => {
      if (kind === 'out of stock') {
        return {
          kind: 'decided',
          operation,
          outcome: { kind },
          entryNumber: 1,
          bookId,
          sequenceNumber: 1,
          book: null,
        };
      }
      return kind === 'not started' ? { kind, reason: 'busy' } : ({ kind } as SubmitResult);
    };
    const response = await call('PUT', '/buy/2', undefined, AUTHORIZATION);
    expect(response.statusCode).toBe(status);
    expect(response.json()).toEqual(body);
  });

  it('answers 504 when its catalog is out of reach, and sold nothing', async () => {
    await catalog.app.close();
    const buy = await call('PUT', '/buy/2');
    expect([buy.statusCode, buy.json()]).toEqual([
      504,
      { message: 'Could not connect to the catalog server' },
    ]);
    expect(await sell('x')).toEqual({
      kind: 'answered',
      answer: { kind: 'unreachable', mayHaveSold: false },
    });
  });

  it('takes sales from front-ends, those that come together in one request', async () => {
    const ids = Array.from({ length: 20 }, (_, index) => `buy:${index}`);
    const results = await Promise.all(ids.map((id, index) => sell(id, 1 + (index % 3))));
    results.forEach((result, index) =>
      expect(result).toMatchObject({
        kind: 'answered',
        answer: { kind: 'decided', bookId: 1 + (index % 3) },
      }),
    );
    expect(catalog.calls).toBeLessThan(20);
  });

  it.each<[string, string, object | undefined, number]>([
    ['PUT', '/buy/test', undefined, 422],
    ['PUT', '/buy/1.5', undefined, 422],
    ['PUT', '/buy/-1', undefined, 422],
    ['PUT', '/buy/0', undefined, 404],
    ['PUT', '/buy/12345678901234567890', undefined, 404],
    ['PUT', '/buy/1?quantity=0', undefined, 422],
    ['PUT', '/buy/1?quantity=1.5', undefined, 422],
    ['PUT', '/buy/1?quantity=1&quantity=2', undefined, 422],
  ])('refuses %s %s %j with %i', async (method, url, body, status) => {
    const response = await call(method as 'PUT', url, body);
    expect(response.statusCode).toBe(status);
    expect(response.json()).toMatchObject({ message: expect.any(String) });
    expect(catalog.asked).toEqual([]);
  });

  it('lets nobody in without the secret', async () => {
    for (const headers of [{}, { authorization: 'Bearer wrong' }, { authorization: SECRET }]) {
      const response = await call('PUT', '/buy/2', undefined, headers);
      expect(response.statusCode).toBe(401);
      expect(response.headers['www-authenticate']).toBe('Bearer');
    }
    expect(catalog.asked).toEqual([]);
  });

  it('is ready when its catalog is', async () => {
    const becomes = (status: number) =>
      until(`readiness is ${status}`, async () => {
        const response = await call('GET', '/health/ready');
        return response.statusCode === status && response;
      });
    await becomes(200);
    catalog.ready = false;
    const response = await becomes(503);
    expect(response.statusCode).toBe(503);
    expect(response.json()).toMatchObject({
      message: expect.any(String),
      status: 'error',
      details: { catalog: { status: 'down', message: 'none of 1 is ready' } },
    });
    expect((await call('GET', '/health/live')).statusCode).toBe(200);
  });
});
