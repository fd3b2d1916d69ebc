import 'reflect-metadata';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from '../../src/bootstrap.js';
import { parseConfig } from '../../src/config/index.js';
import {
  type OperationsRequest,
  type OperationsResponse,
  type SaleRequest,
} from '../../src/contract/internal.js';
import { type Invalidation } from '../../src/core/replication/invalidation.js';
import { foldSearch } from '../../src/core/text/fold.js';
import {
  endSessionCall,
  invalidateCall,
  type LookUpAnswer,
  lookUpCall,
  lowStockCall,
  orderCall,
  ordersCall,
  type Page,
  type SaleAnswer,
  type SearchAnswer,
  searchCall,
  sellCall,
  type SessionAnswer,
  sessionCall,
  type Source,
  submitCall,
  topicsCall,
} from '../../src/contract/rpc.js';
import { type SubmitResult } from '../../src/core/replication/results.js';
import { type Caller } from '../../src/rpc/handlers.js';
import { CLUSTER_SECRET, FakeServer } from './fake-server.js';
import { freePorts } from '../support/ports.js';
import { until } from '../support/until.js';

export const ADMIN_TOKEN = 'an-admin-token-for-tests';

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
    this.answer(
      lookUpCall,
      ({ bookId }) => `/query/item/${bookId}`,
      ({ bookId }): LookUpAnswer => {
        const book = this.books.get(bookId);
        const { source } = this;
        return book === undefined ? { kind: 'no such book', source } : { kind: 'found', book, source };
      },
      unavailable,
    );
    this.answer(
      searchCall,
      ({ text }) => `/query/topic/${encodeURIComponent(text)}`,
      ({ text, cursor }): SearchAnswer => {
        if (cursor !== null && !/^\d+$/.test(cursor)) return { kind: 'cursor unknown' };
        const books = [...this.books.values()]
          .filter((book) => foldSearch(book.topic).includes(text))
          .map(({ id, title, topic }) => ({ id, title, topic }));
        return { kind: 'found', books, next: null, source: this.source };
      },
      unavailable,
    );
    this.answer(
      submitCall,
      () => '/operations',
      ({ operations }): OperationsResponse => ({ results: this.results(operations) }),
      () => undefined,
    );
    this.handlers.handle(sessionCall, (_request, caller) => this.session(caller));
    this.handlers.handle(endSessionCall, () => {
      this.sessionsEnded++;
      return {};
    });
    const page = ({ cursor }: { readonly cursor: string | null }): Page<never> =>
      cursor === null ? { kind: 'page', items: [], next: null } : { kind: 'cursor unknown' };
    this.answer(topicsCall, () => '/topics', page, unavailable);
    this.answer(lowStockCall, () => '/books/low-stock', page, unavailable);
    this.answer(ordersCall, () => '/orders', page, unavailable);
    this.answer(
      orderCall,
      ({ orderId }) => `/orders/${orderId}`,
      () => ({ kind: 'no such order' }),
      unavailable,
    );
  }

  /** Creates what is new by its title, in id order; nothing else is there to be changed. */
  private results(operations: OperationsRequest['operations']): SubmitResult[] {
    return operations.map(({ operation }): SubmitResult => {
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

  /** As a catalog tells a front-end to forget; what it says that it has forgotten. */
  async invalidate(invalidation: Invalidation): Promise<readonly string[] | null> {
    const connection = this.line.open.find(({ other }) => other.role === 'frontend');
    const request = { invalidations: [invalidation] };
    const result = await connection?.call(invalidateCall, request, { timeoutMs: 20_000 });
    return result?.kind === 'answered' ? result.answer.acknowledged : null;
  }

  private get source(): Source {
    return { session: `${this.replicaId}.${this.startNumber}`, alone: this.alone };
  }

  private session({ id, address }: Caller): SessionAnswer {
    this.frontEnds.set(id, address);
    if (!this.grants) return { kind: 'none' };
    this.sessionsGranted++;
    const { replicaId, startNumber, leaseMs } = this;
    return { kind: 'granted', replicaId, startNumber, durationMs: leaseMs, leaseMs };
  }
}

function unavailable(status: number): { readonly kind: 'unavailable' } | undefined {
  return status === 503 ? { kind: 'unavailable' } : undefined;
}

/** An order server that sells whatever it is asked to. */
export class FakeOrderServer extends FakeServer {
  readonly sales: SaleRequest[] = [];
  result: object | null = null;

  constructor(address: string) {
    super(address, 'order');
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
    // Before that it has no connection to them, and says so to whoever asks.
    await until('it is ready', async () => (await fetch(`${own}/health/ready`)).status === 200);
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
  invalidate(named: Partial<Invalidation>): Promise<unknown> {
    return this.catalog.invalidate({
      id: 'r1.1.1',
      bookIds: [],
      retitledIds: [],
      topics: [],
      unknownIds: false,
      everySearch: false,
      ...named,
    });
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
