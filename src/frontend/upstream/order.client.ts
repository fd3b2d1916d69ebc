import { Inject, Injectable } from '@nestjs/common';
import { type FrontendConfig } from '../../config/index.js';
import { type CallResult } from '../../contract/call.js';
import { type BasketAnswer, type BasketRequest } from '../../contract/holding.js';
import { basketCall } from '../../contract/holding-calls.js';
import { type SaleRequest } from '../../contract/internal.js';
import { type SaleAnswer, sellCall } from '../../contract/rpc.js';
import { wordsFor } from '../../contract/traces.js';
import {
  type FailOverTimes,
  type OtherAttempts,
  type Reached,
  type Verdict,
} from '../../core/balancing/fail-over.js';
import { HedgeDelay } from '../../core/balancing/hedge-delay.js';
import { amongAttempts, type SubmitResult } from '../../core/replication/results.js';
import { QueueLimit } from '../../core/overload/queue-limit.js';
import { CONFIG } from '../../runtime/config.token.js';
import { SystemClock } from '../../runtime/clock.js';
import { OverloadGuard } from '../../http/overload/overload-guard.js';
import { Rpc } from '../../rpc/rpc.js';
import { TraceRecorder } from '../../observability/tracing/trace-recorder.js';
import { type Upstream, Upstreams } from '../../rpc/upstream/upstreams.js';
import { done, overLine } from '../../rpc/upstream/over-line.js';
import { CatalogLease } from './catalog-lease.js';

/** A sale is decided, or this is no order server's word. */
export type SaleResult = Extract<
  SubmitResult,
  { readonly kind: 'decided' | 'no such book' | 'operation id reused' }
>;

/** A basket is held, or it is not; or this is no order server's word. */
export type BasketResult = Exclude<BasketAnswer, { readonly kind: 'unreachable' | 'overloaded' }>;

/** The original's: a buy takes longer than a read. */
const SALE_FACTOR = 2;
/** A basket takes three entries, one after the other. */
const BASKET_FACTOR = 5;
const ATTEMPTS = 2;
/** A sale is a write: it takes a few syncs. */
const HEDGES = { floorMs: 30, firstMs: 100 };

/** Sales that wait longer than this have clients who ask again; at least so many are let in at once. */
const WAITING = { mostWaitMs: 500, leastUnderWay: 128 };
const TOO_MANY = { kind: 'unreachable', mayHaveHappened: false, overloaded: true, said: null } as const;

/** What the front-end asks of the order servers, whichever of them serves it. */
@Injectable()
export class OrderClient {
  private readonly upstream: Upstream;
  private readonly times: FailOverTimes;
  private readonly readMs: number;
  private readonly hedging: HedgeDelay;
  private readonly limit = new QueueLimit(WAITING);

  constructor(
    @Inject(CONFIG) config: FrontendConfig,
    private readonly rpc: Rpc,
    upstreams: Upstreams,
    private readonly clock: SystemClock,
    private readonly guard: OverloadGuard,
    private readonly traces: TraceRecorder,
    lease: CatalogLease,
  ) {
    this.upstream = upstreams.to('order', config.orderAddresses);
    this.readMs = config.requestTimeoutMs;
    const attemptMs = config.requestTimeoutMs * SALE_FACTOR;
    const totalMs = attemptMs * ATTEMPTS;
    this.hedging = new HedgeDelay({ ...HEDGES, attemptMs });
    this.times = {
      attemptMs,
      totalMs,
      againAfter: ['not ready'],
      get patienceMs() {
        return lease.patienceMs;
      },
    };
  }

  /** Asked again elsewhere, or of two at once, it bears the same operation id, so it sells once. */
  async sell(sale: SaleRequest): Promise<Reached<SaleResult>> {
    if (!this.limit.begin(this.clock.monotonicMs())) {
      this.guard.countShed('sales waiting');
      return TOO_MANY;
    }
    let served = false;
    try {
      const reached = await this.ask(sale);
      served = reached.kind === 'done';
      return reached;
    } finally {
      this.limit.end(served);
    }
  }

  private ask(sale: SaleRequest): Promise<Reached<SaleResult>> {
    const { times, hedging } = this;
    const words = wordsFor('sale', `${sale.copies} of it`);
    const observer = this.traces.observe<CallResult<SaleAnswer>>(sale.bookId, words, ({ answer }) =>
      answer.kind === 'decided' ? answer.outcome.kind : answer.kind,
    );
    return this.upstream.request({
      ...overLine(this.rpc, sellCall, sale, judge, { observer }),
      times,
      hedging,
    });
  }

  /** Asked again elsewhere it bears the same operation id, so it is held, or sold, once. */
  place(basket: BasketRequest): Promise<Reached<BasketResult>> {
    const attemptMs = this.readMs * BASKET_FACTOR;
    return this.upstream.request({
      ...overLine(this.rpc, basketCall, basket, judgeBasket),
      times: { ...this.times, attemptMs, totalMs: attemptMs * ATTEMPTS },
      hedging: null,
    });
  }
}

function judgeBasket(answer: BasketAnswer, others: OtherAttempts): Verdict<BasketResult> {
  switch (answer.kind) {
    case 'held':
    case 'ordered':
    case 'refused':
      return done(amongAttempts(answer, others));
    case 'ran out':
    case 'operation id reused':
      return done(answer);
    case 'unreachable':
      return { kind: 'try another', failure: 'refused', mayHaveHappened: answer.mayHaveHappened };
    case 'overloaded':
      return { kind: 'try another', failure: 'overloaded', mayHaveHappened: false };
    default:
      return answer satisfies never;
  }
}

function judge(result: SaleAnswer, others: OtherAttempts): Verdict<SaleResult> {
  switch (result.kind) {
    case 'decided':
    case 'operation id reused':
      return done(amongAttempts(result, others));
    case 'no such book':
      // Another attempt may come to it when there is one.
      if (!others.underWay && !others.mayHaveHappened) return done(result);
      return { kind: 'try another', failure: 'not ready', mayHaveHappened: false };
    case 'not started':
      return { kind: 'try another', failure: 'not ready', mayHaveHappened: false };
    case 'unknown':
      return { kind: 'try another', failure: 'not ready', mayHaveHappened: true };
    case 'unreachable':
      return { kind: 'try another', failure: 'refused', mayHaveHappened: result.mayHaveSold };
    case 'overloaded':
      return { kind: 'try another', failure: 'overloaded', mayHaveHappened: false };
    default:
      return result satisfies never;
  }
}
