import { Inject, Injectable } from '@nestjs/common';
import { type FrontendConfig } from '../../config/index.js';
import { type CallResult } from '../../contract/call.js';
import { type LowStockBook, type TopicCount } from '../../contract/catalog.js';
import {
  ALONE_HEADER,
  type FoundBookIds,
  type OperationsRequest,
  type OrderRecord,
  type OrdersPage,
  REPLICA_HEADER,
} from '../../contract/internal.js';
import { type AnswerSource } from '../../core/caching/fenced-cache.js';
import { type BookOrder } from '../../contract/book-search.js';
import {
  type LookUpAnswer,
  lookUpCall,
  type SearchAnswer,
  searchCall,
  type Source,
  submitCall,
  type Unavailable,
} from '../../contract/rpc.js';
import { wordsFor } from '../../contract/traces.js';
import {
  type FailOverRequest,
  type FailOverTimes,
  type OtherAttempts,
  type Reached,
  type Verdict,
} from '../../core/balancing/fail-over.js';
import { HedgeDelay } from '../../core/balancing/hedge-delay.js';
import { amongAttempts, type SubmitResult } from '../../core/replication/results.js';
import { type BookId, CATALOGUE } from '../../core/replication/types.js';
import { CONFIG } from '../../runtime/config.token.js';
import { HttpClient, jsonOf, type HttpAnswer } from '../../rpc/http-client.js';
import { Rpc } from '../../rpc/rpc.js';
import { TraceRecorder } from '../../observability/tracing/trace-recorder.js';
import { type Upstream, Upstreams } from '../../rpc/upstream/upstreams.js';
import { done, type Judge, overHttp, tryAnother } from './over-http.js';
import { overLine } from './over-line.js';

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
const HEDGES = { floorMs: 10, firstMs: 75 };

/** What the front-end asks of the catalogs, whichever of them serves it. */
@Injectable()
export class CatalogClient {
  private readonly upstream: Upstream;
  private readonly times: FailOverTimes;
  private readonly lookups: HedgeDelay;
  /** Searches and lists, which take longer. */
  private readonly searches: HedgeDelay;

  constructor(
    @Inject(CONFIG) config: FrontendConfig,
    private readonly client: HttpClient,
    private readonly rpc: Rpc,
    upstreams: Upstreams,
    private readonly traces: TraceRecorder,
  ) {
    this.upstream = upstreams.to('catalog', config.catalogAddresses);
    const { requestTimeoutMs: attemptMs } = config;
    this.lookups = new HedgeDelay({ ...HEDGES, attemptMs });
    this.searches = new HedgeDelay({ ...HEDGES, attemptMs });
    this.times = {
      attemptMs,
      totalMs: config.requestTimeoutMs * ATTEMPTS,
      againAfter: ['not ready'],
      patienceMs: PATIENCE_MS,
    };
  }

  lookup(bookId: BookId): Promise<Reached<Extract<LookUpAnswer, { source: Source }>>> {
    const observer = this.traces.observe<CallResult<LookUpAnswer>>(bookId, wordsFor('look-up'), spokenLookup);
    return this.read(this.lookups, overLine(this.rpc, lookUpCall, { bookId }, judgeRead, observer));
  }

  /** Null: the catalogs do not know the cursor. */
  search(
    text: string,
    limit: number,
    cursor: string | null,
  ): Promise<Reached<Extract<SearchAnswer, { kind: 'found' }> | null>> {
    return this.read(this.searches, overLine(this.rpc, searchCall, { text, limit, cursor }, judgeSearch));
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
    const request: OperationsRequest = { operations };
    const creates = operations.some(({ bookId }) => bookId === CATALOGUE);
    return this.upstream.request({
      ...overLine(this.rpc, submitCall, request, ({ results }, others) =>
        judgeResults(results, operations.length, others),
      ),
      times,
      // Creations all change one record, so they had best meet at one replica: no conflicts, nothing to forward.
      turns: creates ? 'the first' : 'each in turn',
      // Many operations may take long by right, and nobody looks at a page for them.
      hedging: null,
    });
  }

  private read<Answer, T>(
    hedging: HedgeDelay,
    asked: Pick<FailOverRequest<CallResult<Answer>, T>, 'ask' | 'judge'>,
  ): Promise<Reached<T>> {
    return this.upstream.request({ ...asked, times: this.times, hedging });
  }

  private get<T>(hedging: HedgeDelay, path: string, judge: Judge<T>): Promise<Reached<T>> {
    const { times } = this;
    return this.upstream.request({
      ...overHttp(this.client, { method: 'GET', path }, judge),
      times,
      hedging,
    });
  }
}

function spokenLookup({ answer }: { readonly answer: LookUpAnswer }): string {
  switch (answer.kind) {
    case 'found': {
      const { quantity, sequenceNumber } = answer.book;
      const cached = answer.source.alone ? 'may be cached' : 'not to be cached';
      return `${quantity} copies at number ${sequenceNumber}, ${cached}`;
    }
    case 'no such book':
    case 'unavailable':
      return answer.kind;
    default:
      return answer satisfies never;
  }
}

function judgeRead<T extends { readonly kind: string }>(
  answer: T | Unavailable,
): Verdict<Exclude<T, Unavailable>> {
  if (answer.kind === 'unavailable')
    return { kind: 'try another', failure: 'not ready', mayHaveHappened: false };
  return done(answer as Exclude<T, Unavailable>);
}

function judgeSearch(answer: SearchAnswer): Verdict<Extract<SearchAnswer, { kind: 'found' }> | null> {
  return answer.kind === 'cursor unknown' ? done(null) : judgeRead(answer);
}

function judgeResults(
  results: readonly SubmitResult[],
  asked: number,
  others: OtherAttempts,
): Verdict<readonly SubmitResult[]> {
  const mayHaveHappened = results.length !== asked || results.some(({ kind }) => kind !== 'not started');
  const undecided = results.some(({ kind }) => kind === 'not started' || kind === 'unknown');
  if (results.length !== asked || undecided)
    return { kind: 'try another', failure: 'not ready', mayHaveHappened };
  return done(results.map((result) => amongAttempts(result, others)));
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
