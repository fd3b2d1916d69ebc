import { Inject, Injectable } from '@nestjs/common';
import { type FrontendConfig } from '../../config/index.js';
import { type BookOrder } from '../../contract/book-search.js';
import {
  type BookAnswer,
  type FoundBook,
  type LowStockBook,
  type TopicCount,
} from '../../contract/catalog.js';
import {
  ALONE_HEADER,
  type FoundBookIds,
  FRONT_END_HEADER,
  type OperationsRequest,
  type OperationsResponse,
  type OrderRecord,
  type OrdersPage,
  REPLICA_HEADER,
} from '../../contract/internal.js';
import { wordsFor } from '../../contract/traces.js';
import { type FailOverTimes, type Reached, type Verdict } from '../../core/balancing/fail-over.js';
import { HedgeDelay } from '../../core/balancing/hedge-delay.js';
import { type AnswerSource } from '../../core/caching/fenced-cache.js';
import { type SubmitResult } from '../../core/replication/results.js';
import { type BookId, CATALOGUE } from '../../core/replication/types.js';
import { CONFIG } from '../../runtime/config.token.js';
import {
  HttpClient,
  jsonOf,
  type HttpAnswer,
  type HttpRequest,
  type HttpResult,
} from '../../rpc/http-client.js';
import { TraceRecorder } from '../../observability/tracing/trace-recorder.js';
import { FRONT_END_ID } from '../front-end-id.js';
import { type Upstream, Upstreams } from '../../rpc/upstream/upstreams.js';
import { done, type Judge, overHttp, tryAnother } from './over-http.js';

export interface LookupAnswer {
  /** The book as the catalog wrote it, a `BookAnswer`; null: there is no such book. */
  readonly json: Buffer | null;
  readonly source: AnswerSource;
}

export interface SearchAnswer {
  /** `books` as the catalog wrote them. */
  readonly json: Buffer;
  readonly books: readonly FoundBook[];
  /** Cursor of the next page; null on the last. */
  readonly next: string | null;
  readonly source: AnswerSource;
}

export interface TopicsPage {
  readonly topics: readonly TopicCount[];
  /** Cursor of the next page; null on the last. */
  readonly next: string | null;
}

/** A search for books, as `BookSearchQuery` has it. */
export interface BookSearch {
  readonly text: string;
  /** Null: in any topic. */
  readonly topic: string | null;
  readonly sort: BookOrder;
  readonly limit: number;
  readonly cursor: string | null;
}

interface FoundAnswer {
  readonly found: FoundBookIds;
  readonly source: AnswerSource;
}

export interface LowStockPage {
  readonly books: readonly LowStockBook[];
  /** Cursor of the next page; null on the last. */
  readonly next: string | null;
}

/** Two full attempts: one replica may hang. */
const ATTEMPTS = 2;
/** For how long replicas that are up but not ready are asked again: longer than a lease takes to come back. */
const PATIENCE_MS = 1_500;
/** A read waits for one replica that hangs, and then for one that may have to ask a third. */
const HEDGES = { floorMs: 10, capMs: 75 };

/** What the front-end asks of the catalogs, whichever of them serves it. */
@Injectable()
export class CatalogClient {
  private readonly upstream: Upstream;
  private readonly times: FailOverTimes;
  /** Tells a catalog whom to tell when the book changes (F5). */
  private readonly named: Readonly<Record<string, string>>;
  private readonly lookups = new HedgeDelay(HEDGES);
  /** Searches and lists, which take longer. */
  private readonly searches = new HedgeDelay(HEDGES);

  constructor(
    @Inject(CONFIG) config: FrontendConfig,
    private readonly client: HttpClient,
    upstreams: Upstreams,
    private readonly traces: TraceRecorder,
    @Inject(FRONT_END_ID) frontEndId: string,
  ) {
    this.named = { [FRONT_END_HEADER]: frontEndId };
    this.upstream = upstreams.to('catalog', config.catalogAddresses);
    this.times = {
      attemptMs: config.requestTimeoutMs,
      totalMs: config.requestTimeoutMs * ATTEMPTS,
      againAfter: ['not ready'],
      patienceMs: PATIENCE_MS,
    };
  }

  lookup(bookId: BookId): Promise<Reached<LookupAnswer>> {
    const observer = this.traces.observe<HttpResult>(bookId, wordsFor('look-up'), spokenLookup);
    const judge: Judge<LookupAnswer> = (answer) => {
      if (answer.status === 404) return done({ json: null, source: sourceOf(answer) });
      return fromJson<BookAnswer, LookupAnswer>(answer, () => ({
        json: answer.body,
        source: sourceOf(answer),
      }));
    };
    return this.get(this.lookups, `/query/item/${bookId}`, judge, { observer, headers: this.named });
  }

  /** Null: the catalogs do not know the cursor. */
  search(text: string, limit: number, cursor: string | null): Promise<Reached<SearchAnswer | null>> {
    const query = queryOf({ limit, cursor });
    return this.get(this.searches, `/query/topic/${encodeURIComponent(text)}${query}`, (answer) =>
      pageIn<FoundBook[], SearchAnswer>(answer, (books) => ({
        json: answer.body,
        books,
        next: nextCursor(answer),
        source: sourceOf(answer),
      })),
    );
  }

  /** Null: the catalogs do not know the cursor. */
  findBooks({ text, ...query }: BookSearch): Promise<Reached<FoundAnswer | null>> {
    const path = `/books${queryOf({ q: text, ...query })}`;
    return this.get<FoundAnswer | null>(this.searches, path, (answer) =>
      pageIn<FoundBookIds, FoundAnswer>(answer, (found) => ({ found, source: sourceOf(answer) })),
    );
  }

  /** Null: the catalogs do not know the cursor. */
  topics(limit: number, cursor: string | null): Promise<Reached<TopicsPage | null>> {
    return this.get(this.searches, `/topics${queryOf({ limit, cursor })}`, (answer) =>
      pageIn<TopicCount[], TopicsPage>(answer, (topics) => ({ topics, next: nextCursor(answer) })),
    );
  }

  /** The fewest copies first. Null: the catalogs do not know the cursor. */
  lowStock(limit: number, cursor: string | null): Promise<Reached<LowStockPage | null>> {
    return this.get(this.searches, `/books/low-stock${queryOf({ limit, cursor })}`, (answer) =>
      pageIn<LowStockBook[], LowStockPage>(answer, (books) => ({ books, next: nextCursor(answer) })),
    );
  }

  /** Null: there is no such order. */
  order(orderId: string): Promise<Reached<OrderRecord | null>> {
    return this.get(this.searches, `/orders/${encodeURIComponent(orderId)}`, (answer) =>
      answer.status === 404 ? done(null) : fromJson<OrderRecord, OrderRecord | null>(answer),
    );
  }

  /** Newest first. Null: the catalogs do not know the cursor. */
  orders(limit: number, cursor: string | null, bookId: BookId | null): Promise<Reached<OrdersPage | null>> {
    return this.get(this.searches, `/orders${queryOf({ limit, cursor, bookId })}`, (answer) =>
      pageIn<OrdersPage, OrdersPage>(answer, (page) => page),
    );
  }

  /** All of them are decided, or `unreachable`; asked again elsewhere they bear the same ids, so none is applied twice. */
  submit(
    operations: OperationsRequest['operations'],
    times = this.times,
  ): Promise<Reached<readonly SubmitResult[]>> {
    const body: OperationsRequest = { operations };
    const creates = operations.some(({ bookId }) => bookId === CATALOGUE);
    const judge: Judge<readonly SubmitResult[]> = (answer) => {
      const response = answer.status === 200 ? jsonOf(answer) : undefined;
      if (response === undefined) return tryAnother(answer);
      return judgeResults((response as OperationsResponse).results, operations.length);
    };
    return this.upstream.request({
      ...overHttp(this.client, { method: 'POST', path: '/operations', body }, judge),
      times,
      // Creations all change one record, so they had best meet at one replica: no conflicts, nothing to forward.
      turns: creates ? 'the first' : 'each in turn',
      // Many operations may take long by right, and nobody looks at a page for them.
      hedging: null,
    });
  }

  private get<T>(
    hedging: HedgeDelay,
    path: string,
    judge: Judge<T>,
    more: Pick<HttpRequest, 'observer' | 'headers'> = {},
  ): Promise<Reached<T>> {
    const { times } = this;
    return this.upstream.request({
      ...overHttp(this.client, { method: 'GET', path, ...more }, judge),
      times,
      hedging,
    });
  }
}

function spokenLookup(answer: HttpAnswer): string {
  if (answer.status !== 200) return answer.status === 404 ? 'no such book' : String(answer.status);
  const { quantity, sequenceNumber } = jsonOf(answer) as BookAnswer;
  const cached = sourceOf(answer).alone ? 'may be cached' : 'not to be cached';
  return `${quantity} copies at number ${sequenceNumber}, ${cached}`;
}

function judgeResults(results: readonly SubmitResult[], asked: number): Verdict<readonly SubmitResult[]> {
  const mayHaveHappened = results.length !== asked || results.some(({ kind }) => kind !== 'not started');
  const undecided = results.some(({ kind }) => kind === 'not started' || kind === 'unknown');
  if (results.length !== asked || undecided)
    return { kind: 'try another', failure: 'not ready', mayHaveHappened };
  return done(results);
}

/** The replicas are of the same release: their JSON is taken for what it should be. */
function fromJson<Body, T = Body>(answer: HttpAnswer, map?: (body: Body) => T): Verdict<T> {
  const body = answer.status === 200 ? jsonOf(answer) : undefined;
  if (body === undefined) return tryAnother(answer);
  return done(map === undefined ? (body as T) : map(body as Body));
}

/** Null: the catalog refused the cursor, as every other one would. */
function pageIn<Body, T>(answer: HttpAnswer, map: (body: Body) => T): Verdict<T | null> {
  return refusesCursor(answer) ? done(null) : fromJson<Body, T | null>(answer, map);
}

function refusesCursor(answer: HttpAnswer): boolean {
  const body = answer.status === 422 ? (jsonOf(answer) as { fields?: unknown } | undefined) : undefined;
  return Array.isArray(body?.fields) && body.fields.includes('cursor');
}

/** An answer without the headers may not be kept. */
function sourceOf({ headers }: HttpAnswer): AnswerSource {
  const session = headers[REPLICA_HEADER];
  return { session: typeof session === 'string' ? session : '', alone: headers[ALONE_HEADER] === '1' };
}

function nextCursor({ headers }: HttpAnswer): string | null {
  const address = /<([^>]*)>; *rel="next"/.exec(headers.link?.toString() ?? '')?.[1];
  return address === undefined ? null : new URL(address, 'http://catalog').searchParams.get('cursor');
}

export function queryOf(parameters: Readonly<Record<string, string | number | null>>): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== null) given.append(name, String(value));
  }
  return `?${given.toString()}`;
}
