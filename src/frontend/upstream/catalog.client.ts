import { Inject, Injectable } from '@nestjs/common';
import { type FrontendConfig } from '../../config/index.js';
import { type CallResult } from '../../contract/call.js';
import { type BookChange, historyCall, type HistoryRequest } from '../../contract/book-history.js';
import { type BookAnswer, type LowStockBook, type TopicCount } from '../../contract/catalog.js';
import { type ChangesAnswer, changesCall, type ChangesRequest } from '../../contract/changes.js';
import { type HoldRecord, type OrderRecord } from '../../contract/holding.js';
import { holdCall, type HoldFound, holdsCall } from '../../contract/holding-calls.js';
import { type OperationsRequest } from '../../contract/internal.js';
import {
  type FindBooksAnswer,
  findBooksCall,
  type FindBooksRequest,
  hiddenCall,
  type HiddenRequest,
  type LookUpAnswer,
  lookUpCall,
  lowStockCall,
  orderCall,
  type OrderFound,
  ordersCall,
  type OrdersRequest,
  type Page,
  type SearchAnswer,
  searchCall,
  topicsCall,
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
import { type Turns } from '../../core/balancing/replica-selector.js';
import { amongAttempts, type SubmitResult } from '../../core/replication/results.js';
import { type BookId, CATALOGUE, type HoldId } from '../../core/replication/types.js';
import { CONFIG } from '../../runtime/config.token.js';
import { type Channel } from '../../rpc/handshake.js';
import { Rpc } from '../../rpc/rpc.js';
import { TraceRecorder } from '../../observability/tracing/trace-recorder.js';
import { type Upstream, Upstreams } from '../../rpc/upstream/upstreams.js';
import { Steering } from '../../core/balancing/steering.js';
import { done, overLine } from '../../rpc/upstream/over-line.js';
import { submitOverLine } from '../../rpc/upstream/submit-over-line.js';
import { CatalogLease } from './catalog-lease.js';

type CursorUnknown = Extract<SearchAnswer, { kind: 'cursor unknown' }>;
export type FoundPage<Item> = Extract<Page<Item>, { kind: 'page' }>;

/** Two full attempts: one replica may hang. */
const ATTEMPTS = 2;
/** A read waits for one replica that hangs, and then for one that may have to ask a third. */
const HEDGES = { floorMs: 10, firstMs: 75 };

/** What the front-end asks of the catalogs, whichever of them serves it. */
@Injectable()
export class CatalogClient {
  private readonly upstream: Upstream;
  private readonly times: FailOverTimes;
  private readonly steering: Steering;
  private readonly lookups: HedgeDelay;
  /** Searches and lists, which take longer. */
  private readonly searches: HedgeDelay;

  constructor(
    @Inject(CONFIG) config: FrontendConfig,
    private readonly rpc: Rpc,
    upstreams: Upstreams,
    private readonly traces: TraceRecorder,
    lease: CatalogLease,
  ) {
    this.upstream = upstreams.to('catalog', config.catalogAddresses);
    this.steering = new Steering(
      config.catalogAddresses,
      (endpoint) => rpc.to(endpoint).other?.address ?? null,
    );
    const { requestTimeoutMs: attemptMs } = config;
    this.lookups = new HedgeDelay({ ...HEDGES, attemptMs });
    this.searches = new HedgeDelay({ ...HEDGES, attemptMs });
    this.times = {
      attemptMs,
      totalMs: config.requestTimeoutMs * ATTEMPTS,
      againAfter: ['not ready'],
      get patienceMs() {
        return lease.patienceMs;
      },
    };
  }

  lookup(bookId: BookId): Promise<Reached<Exclude<LookUpAnswer, Unavailable>>> {
    const observer = this.traces.observe<CallResult<LookUpAnswer>>(bookId, wordsFor('look-up'), spokenLookup);
    return this.read(this.lookups, overLine(this.rpc, lookUpCall, { bookId }, judgeRead, { observer }));
  }

  /** Hidden books too. Nothing of it may be kept. */
  administered(bookId: BookId): Promise<Reached<Exclude<LookUpAnswer, Unavailable>>> {
    return this.read(this.lookups, overLine(this.rpc, lookUpCall, { bookId, hiddenToo: true }, judgeRead));
  }

  /** In the order of their ids. Null: the catalogs do not know the cursor. */
  hidden(request: HiddenRequest): Promise<Reached<FoundPage<BookAnswer> | null>> {
    return this.read(this.searches, overLine(this.rpc, hiddenCall, request, judgePage));
  }

  /** The newest first. Null: the catalogs do not know the cursor. */
  history(request: HistoryRequest): Promise<Reached<FoundPage<BookChange> | null>> {
    return this.read(this.searches, overLine(this.rpc, historyCall, request, judgePage));
  }

  /** Null: the catalogs do not know the cursor. */
  search(
    text: string,
    limit: number,
    cursor: string | null,
  ): Promise<Reached<Extract<SearchAnswer, { kind: 'found' }> | null>> {
    return this.read(this.searches, overLine(this.rpc, searchCall, { text, limit, cursor }, judgePage));
  }

  /** Null: the catalogs do not know the cursor. */
  findBooks(search: FindBooksRequest): Promise<Reached<Extract<FindBooksAnswer, { kind: 'found' }> | null>> {
    return this.read(this.searches, overLine(this.rpc, findBooksCall, search, judgePage));
  }

  /** Null: the catalogs do not know the cursor. */
  topics(limit: number, cursor: string | null): Promise<Reached<FoundPage<TopicCount> | null>> {
    return this.read(this.searches, overLine(this.rpc, topicsCall, { limit, cursor }, judgePage));
  }

  /** The fewest copies first. Null: the catalogs do not know the cursor. */
  lowStock(limit: number, cursor: string | null): Promise<Reached<FoundPage<LowStockBook> | null>> {
    return this.read(this.searches, overLine(this.rpc, lowStockCall, { limit, cursor }, judgePage));
  }

  order(orderId: string): Promise<Reached<Exclude<OrderFound, Unavailable>>> {
    return this.read(this.searches, overLine(this.rpc, orderCall, { orderId }, judgeRead));
  }

  /** Newest first. Null: the catalogs do not know the cursor. */
  orders(request: OrdersRequest): Promise<Reached<FoundPage<OrderRecord> | null>> {
    return this.read(this.searches, overLine(this.rpc, ordersCall, request, judgePage));
  }

  hold(holdId: HoldId): Promise<Reached<Exclude<HoldFound, Unavailable>>> {
    return this.read(this.searches, overLine(this.rpc, holdCall, { holdId }, judgeRead));
  }

  /** What is held, that which runs out first before all. Null: the catalogs do not know the cursor. */
  holds(request: OrdersRequest): Promise<Reached<FoundPage<HoldRecord> | null>> {
    return this.read(this.searches, overLine(this.rpc, holdsCall, request, judgePage));
  }

  /** `turns`: who tells first, for another would tell some of it again. */
  changes(
    request: ChangesRequest,
    turns: readonly string[],
  ): Promise<Reached<Exclude<ChangesAnswer, Unavailable>>> {
    const asked = overLine(this.rpc, changesCall, request, judgeRead<Exclude<ChangesAnswer, Unavailable>>);
    return this.upstream.request({ ...asked, times: this.times, hedging: null, turns });
  }

  /** All of them are decided, or `unreachable`; asked again elsewhere they bear the same ids, so none is applied twice. */
  submit(
    operations: OperationsRequest['operations'],
    { times = this.times, channel = 'calls' }: { times?: FailOverTimes; channel?: Channel } = {},
  ): Promise<Reached<readonly SubmitResult[]>> {
    const creates = operations.some(({ bookId }) => bookId === CATALOGUE);
    return this.upstream.request({
      ...submitOverLine(
        this.rpc,
        this.steering,
        operations,
        ({ results }, others) => judgeResults(results, operations.length, others),
        channel,
      ),
      times,
      // Creations all change one record, so they had best meet at one replica: no conflicts, nothing to forward.
      turns: creates ? 'the first' : this.turnsFor(operations),
      // Many operations may take long by right, and nobody looks at a page for them.
      hedging: null,
    });
  }

  private turnsFor(operations: OperationsRequest['operations']): Turns {
    const [only, ...others] = operations;
    if (only === undefined || others.length > 0) return 'each in turn';
    return this.steering.turnsFor(only.bookId);
  }

  private read<Answer, T>(
    hedging: HedgeDelay,
    asked: Pick<FailOverRequest<CallResult<Answer>, T>, 'ask' | 'judge'>,
  ): Promise<Reached<T>> {
    return this.upstream.request({ ...asked, times: this.times, hedging });
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

function judgeRead<T extends { readonly kind: string }>(answer: T | Unavailable): Verdict<T> {
  return isUnavailable(answer)
    ? { kind: 'try another', failure: 'not ready', mayHaveHappened: false }
    : done(answer);
}

function judgePage<T extends { readonly kind: string }>(
  answer: T | CursorUnknown | Unavailable,
): Verdict<T | null> {
  return isCursorUnknown(answer) ? done(null) : judgeRead(answer);
}

function isUnavailable(answer: { readonly kind: string }): answer is Unavailable {
  return answer.kind === 'unavailable';
}

function isCursorUnknown(answer: { readonly kind: string }): answer is CursorUnknown {
  return answer.kind === 'cursor unknown';
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

/** A query as it stands in a link to the next page. */
export function queryOf(parameters: Readonly<Record<string, string | number | null>>): string {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== null) given.append(name, String(value));
  }
  return `?${given.toString()}`;
}
