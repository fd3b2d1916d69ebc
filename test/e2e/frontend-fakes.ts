import 'reflect-metadata';
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from '../../src/bootstrap.js';
import { parseConfig } from '../../src/config/index.js';
import {
  ALONE_HEADER,
  type OperationsRequest,
  REPLICA_HEADER,
  type SaleRequest,
  TIME_LEFT_HEADER,
} from '../../src/contract/internal.js';
import { type Invalidation } from '../../src/core/replication/invalidation.js';
import { foldSearch } from '../../src/core/text/fold.js';
import { type Call } from '../../src/contract/call.js';
import { type SaleAnswer, sellCall } from '../../src/contract/rpc.js';
import { type RpcHandlers } from '../../src/rpc/handlers.js';
import { type RpcServer } from '../../src/rpc/server.js';
import { answerOnLine } from '../support/line.js';
import { freePorts } from '../support/ports.js';
import { until } from '../support/until.js';

export const ADMIN_TOKEN = 'an-admin-token-for-tests';
const CLUSTER_SECRET = 'a-cluster-secret-for-tests-of-the-front-end';

type Handler = (request: FastifyRequest, reply: FastifyReply) => unknown;

/** What a fake does with a request of its role's own kind: a value is the body of a 200. */
export type Behaviour = 'serve' | 'hold' | 'hang' | 'reset' | ToldAnswer;

interface ToldAnswer {
  readonly status: number;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

abstract class FakeServer {
  readonly requests: {
    readonly method: string;
    readonly url: string;
    readonly headers: Record<string, unknown>;
  }[] = [];
  behaviour: Behaviour = 'serve';
  protected readonly app: FastifyInstance = fastify({
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 10_000 },
  });
  private held: (() => void)[] = [];
  private readonly handlers: RpcHandlers;
  private readonly line: RpcServer;

  constructor(
    readonly address: string,
    role: 'catalog' | 'order',
  ) {
    const { handlers, line } = answerOnLine(this.app.server, { role, address, secret: CLUSTER_SECRET });
    [this.handlers, this.line] = [handlers, line];
    handlers.guard(() => !isShedding(this.behaviour));
    this.app.addHook('preClose', (done) => {
      for (const connection of line.open) connection.destroy('stopped');
      done();
    });
  }

  async start(): Promise<this> {
    await this.app.listen({ port: Number(new URL(this.address).port), host: '127.0.0.1' });
    return this;
  }

  async stop(): Promise<void> {
    this.release();
    await this.app.close();
  }

  get heldCount(): number {
    return this.held.length;
  }

  /** Lets held requests be answered, with what holds when they came. */
  release(): void {
    for (const answer of this.held.splice(0)) answer();
  }

  count(what: RegExp): number {
    return this.requests.filter(({ method, url }) => what.test(`${method} ${url}`)).length;
  }

  /** `path`: as what it is counted. `told`: the answer that says what a status would; else it breaks. */
  protected answer<Request, Answer>(
    call: Call<Request, Answer>,
    path: (request: Request) => string,
    serve: (request: Request) => Answer,
    told: (status: number, body: object | undefined) => Answer | undefined,
  ): void {
    this.handlers.handle(call, async (request, { leftMs }) => {
      const headers = { [TIME_LEFT_HEADER]: String(leftMs) };
      this.requests.push({ method: 'CALL', url: path(request), headers });
      const { behaviour } = this;
      switch (behaviour) {
        case 'serve':
          return serve(request);
        case 'hold': {
          const answer = serve(request);
          await new Promise<void>((resolve) => this.held.push(resolve));
          return answer;
        }
        case 'hang':
          return new Promise<Answer>(() => undefined);
        case 'reset':
          for (const connection of this.line.open) connection.destroy('reset');
          return new Promise<Answer>(() => undefined);
        default: {
          const answer = told(behaviour.status, behaviour.body);
          if (answer === undefined) throw new Error('as told');
          return answer;
        }
      }
    });
  }

  protected refuseCursor(reply: FastifyReply): object {
    void reply.status(422);
    return { message: 'cursor is not one of this server', fields: ['cursor'] };
  }

  protected behaving(serve: Handler): Handler {
    return async (request, reply) => {
      this.requests.push({ method: request.method, url: request.url, headers: request.headers });
      const { behaviour } = this;
      switch (behaviour) {
        case 'serve':
          return serve(request, reply);
        case 'hold': {
          const answer = serve(request, reply);
          await new Promise<void>((resolve) => this.held.push(resolve));
          return answer;
        }
        case 'hang':
          return new Promise(() => undefined);
        case 'reset':
          request.raw.socket.resetAndDestroy();
          return new Promise(() => undefined);
        default:
          void reply.status(behaviour.status).headers({ ...behaviour.headers });
          return behaviour.body ?? { message: 'as told' };
      }
    };
  }
}

function isShedding(behaviour: Behaviour): boolean {
  return typeof behaviour === 'object' && behaviour.headers?.['retry-after'] !== undefined;
}

interface FakeBook {
  readonly id: number;
  readonly title: string;
  readonly topic: string;
  readonly quantity: number;
  readonly price: number;
  readonly sequenceNumber: number;
}

/** A catalog that says what the test wants it to. */
export class FakeCatalog extends FakeServer {
  readonly books = new Map<number, FakeBook>();
  alone = true;
  startNumber = 1;
  grants = true;
  leaseMs = 10_000;
  sessionsGranted = 0;
  sessionsEnded = 0;
  /** Ids of front-ends that asked for sessions, and where they take invalidations. */
  readonly frontEnds = new Map<string, string>();

  constructor(
    address: string,
    readonly replicaId: string,
  ) {
    super(address, 'catalog');
    this.app.get(
      '/query/item/:id',
      this.behaving((request, reply) => {
        this.sign(reply);
        const book = this.books.get(Number((request.params as { id: string }).id));
        if (book !== undefined) return book;
        void reply.status(404);
        return { message: 'Not found' };
      }),
    );
    this.app.get(
      '/query/topic/:topic',
      this.behaving((request, reply) => {
        this.sign(reply);
        if (!/cursor=\d+$|^[^?]*(\?limit=\d+)?$/.test(request.url)) return this.refuseCursor(reply);
        const { topic } = request.params as { topic: string };
        return [...this.books.values()]
          .filter((book) => foldSearch(book.topic).includes(topic))
          .map(({ id, title, topic }) => ({ id, title, topic }));
      }),
    );
    this.app.get(
      '/topics',
      this.behaving(() => []),
    );
    this.app.get(
      '/books/low-stock',
      this.behaving((request, reply) => (request.url.includes('cursor=') ? this.refuseCursor(reply) : [])),
    );
    this.app.get(
      '/orders',
      this.behaving((request, reply) =>
        request.url.includes('cursor=') ? this.refuseCursor(reply) : { orders: [], next: null },
      ),
    );
    this.app.get(
      '/orders/:id',
      this.behaving((_, reply) => (reply.status(404), { message: 'none' })),
    );
    this.app.get('/health/ready', () => ({ status: 'ok' }));
    this.app.post(
      '/operations',
      this.behaving((request) => ({ results: this.results(request.body) })),
    );
    this.app.put('/sessions/:frontEndId', (request, reply) => this.session(request, reply));
    this.app.delete('/sessions/:frontEndId', (_, reply) => {
      this.sessionsEnded++;
      void reply.status(204).send();
    });
  }

  /** Creates what is new by its title, in id order; nothing else is there to be changed. */
  private results(body: unknown): object[] {
    return (body as OperationsRequest).operations.map(({ operation }) => {
      if (operation.kind !== 'create') return { kind: 'no such book' };
      const { title, topic, quantity, priceCents } = operation.book;
      const known = [...this.books.values()].find((book) => book.title === title);
      const id = known?.id ?? this.books.size + 1;
      const book = known ?? { id, title, topic, quantity, price: priceCents / 100, sequenceNumber: 0 };
      this.books.set(id, book);
      const kind = known === undefined ? 'created' : 'exists';
      return {
        kind: 'decided',
        operation,
        outcome: { kind, bookId: id },
        bookId: id,
        entryNumber: 1,
        sequenceNumber: 0,
        book: operation.book,
      };
    });
  }

  private sign(reply: FastifyReply): void {
    void reply.header(REPLICA_HEADER, `${this.replicaId}.${this.startNumber}`);
    if (this.alone) void reply.header(ALONE_HEADER, '1');
  }

  private session(request: FastifyRequest, reply: FastifyReply): unknown {
    const { frontEndId } = request.params as { frontEndId: string };
    this.frontEnds.set(frontEndId, (request.body as { address: string }).address);
    if (!this.grants) {
      void reply.status(503);
      return reply.send({ message: 'no' });
    }
    this.sessionsGranted++;
    const { replicaId, startNumber, leaseMs } = this;
    return reply.send({ replicaId, startNumber, durationMs: leaseMs, leaseMs });
  }
}

/** An order server that sells whatever it is asked to. */
export class FakeOrderServer extends FakeServer {
  readonly sales: SaleRequest[] = [];
  result: object | null = null;

  constructor(address: string) {
    super(address, 'order');
    this.app.get('/health/ready', () => ({ status: 'ok' }));
    this.answer(
      sellCall,
      () => '/sales',
      (sale) => {
        this.sales.push(sale);
        return (this.result ?? soldResult(sale)) as SaleAnswer;
      },
      (status, body): SaleAnswer | undefined => {
        if (status === 503) return { kind: 'not started', reason: 'not ready' };
        if (status !== 504) return undefined;
        return { kind: 'unreachable', mayHaveSold: body !== undefined && 'outcome' in body };
      },
    );
  }
}

export const BOOK: FakeBook = {
  id: 2,
  title: 'RPCs for Dummies',
  topic: 'Distributed Systems',
  quantity: 5,
  price: 50,
  sequenceNumber: 0,
};

export function soldResult(sale: SaleRequest): object {
  const { title, topic, quantity } = BOOK;
  return {
    kind: 'decided',
    operation: { kind: 'sale', ...sale },
    outcome: { kind: 'sold', orderId: `order-${sale.operationId}`, priceCents: 5000, at: 0 },
    bookId: sale.bookId,
    entryNumber: 1,
    sequenceNumber: 1,
    book: { title, topic, quantity, priceCents: 5000, isbn: null, author: null },
  };
}

/** A real front-end before fake catalogs and order servers. */
export class FrontEndBeforeFakes {
  private constructor(
    readonly app: NestFastifyApplication,
    readonly address: string,
    readonly catalogs: readonly FakeCatalog[],
    readonly orders: readonly FakeOrderServer[],
  ) {}

  static async start(
    counts: { readonly catalogs?: number; readonly orders?: number; readonly leaseMs?: number } = {},
    settings: Readonly<Record<string, string>> = {},
  ): Promise<FrontEndBeforeFakes> {
    const { catalogs: catalogCount = 1, orders: orderCount = 1 } = counts;
    const ports = await freePorts(catalogCount + orderCount + 1);
    const addresses = ports.map((port) => `http://127.0.0.1:${port}`);
    const own = addresses.pop() ?? '';
    const catalogs = addresses
      .slice(0, catalogCount)
      .map((address, i) => new FakeCatalog(address, `r${i + 1}`));
    const orders = addresses.slice(catalogCount).map((address) => new FakeOrderServer(address));
    for (const catalog of catalogs) {
      catalog.books.set(BOOK.id, BOOK);
      catalog.leaseMs = counts.leaseMs ?? catalog.leaseMs;
    }
    await Promise.all([...catalogs, ...orders].map((fake) => fake.start()));
    const config = parseConfig({
      ROLE: 'frontend',
      HOST: '127.0.0.1',
      PORT: new URL(own).port,
      ADVERTISED_ADDRESS: own,
      CATALOG_ADDRESSES: catalogs.map(({ address }) => address).join('|'),
      ORDER_ADDRESSES: orders.map(({ address }) => address).join('|'),
      // The tests share two cores with others: what is not about time gets much of it.
      CONNECT_TIMEOUT_MS: '2000',
      REQUEST_TIMEOUT_MS: '5000',
      CLUSTER_SECRET,
      ADMIN_TOKEN,
      LOG_LEVEL: 'silent',
      ...settings,
    });
    const app = await createApp(config);
    await app.listen(config.port, config.host);
    return new FrontEndBeforeFakes(app, own, catalogs, orders);
  }

  async stop(): Promise<void> {
    await this.app.close();
    await Promise.all([...this.catalogs, ...this.orders].map((fake) => fake.stop()));
  }

  get catalog(): FakeCatalog {
    const [catalog] = this.catalogs;
    if (catalog === undefined) throw new Error('no catalog');
    return catalog;
  }

  get orderServer(): FakeOrderServer {
    const [order] = this.orders;
    if (order === undefined) throw new Error('no order server');
    return order;
  }

  fetch(path: string, init?: RequestInit): Promise<Response> {
    return fetch(`${this.address}${path}`, { signal: AbortSignal.timeout(20_000), ...init });
  }

  async get(path: string): Promise<{ readonly status: number; readonly body: unknown }> {
    const response = await this.fetch(path);
    return { status: response.status, body: await response.json() };
  }

  send(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<{ readonly status: number; readonly body: unknown }> {
    const init: RequestInit = { method, headers };
    if (body !== undefined) {
      init.body = typeof body === 'string' ? body : JSON.stringify(body);
      init.headers = { 'content-type': 'application/json', ...headers };
    }
    return this.fetch(path, init).then(async (response) => {
      const text = await response.text();
      return { status: response.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
    });
  }

  internal(method: string, path: string, body?: object): Promise<Response> {
    const headers = new Headers({ authorization: `Bearer ${CLUSTER_SECRET}` });
    if (body === undefined) return this.fetch(path, { method, headers });
    headers.set('content-type', 'application/json');
    return this.fetch(path, { method, headers, body: JSON.stringify(body) });
  }

  /** As a catalog would. Answers the ids that the front-end says it has forgotten. */
  async invalidate(named: Partial<Invalidation>, frontEndId = this.frontEndId): Promise<unknown> {
    const invalidation: Invalidation = {
      id: 'r1.1.1',
      bookIds: [],
      retitledIds: [],
      topics: [],
      unknownIds: false,
      everySearch: false,
      ...named,
    };
    const response = await this.internal('POST', '/invalidations', {
      frontEndId,
      invalidations: [invalidation],
    });
    return ((await response.json()) as { acknowledged: unknown }).acknowledged;
  }

  get frontEndId(): string {
    return [...this.catalog.frontEnds.keys()][0] ?? '';
  }

  /** Until answers of each catalog may be kept: two look-ups of an id then cost one request. */
  async hasSessions(): Promise<void> {
    let id = 1_000_000;
    await until('sessions run', async () => {
      for (let turn = 0; turn < this.catalogs.length; turn++) {
        id++;
        const before = this.lookups;
        await this.get(`/lookup/${id}`);
        await this.get(`/lookup/${id}`);
        if (this.lookups !== before + 1) return false;
      }
      return true;
    });
    for (const { requests } of this.catalogs) requests.length = 0;
  }

  /** How many look-ups the catalogs have seen. */
  get lookups(): number {
    return this.catalogs.reduce((sum, catalog) => sum + catalog.count(/query\/item/), 0);
  }

  get searches(): number {
    return this.catalogs.reduce((sum, catalog) => sum + catalog.count(/query\/topic/), 0);
  }
}
