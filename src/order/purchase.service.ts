import { type SaleRequest } from '../contract/internal.js';
import { type SaleAnswer } from '../contract/rpc.js';
import { type OtherAttempts, type Verdict } from '../core/balancing/fail-over.js';
import { HedgeDelay } from '../core/balancing/hedge-delay.js';
import { amongAttempts, type SubmitResult } from '../core/replication/results.js';
import { asRequest, currentRequest } from '../observability/request-context.js';
import { type Steering } from '../core/balancing/steering.js';
import { judgeLine } from '../rpc/upstream/over-line.js';
import { type Upstream } from '../rpc/upstream/upstreams.js';
import { type SaleAttempt, type SalesBatcher } from './sales-batcher.js';

/** A sale takes a few syncs. */
const HEDGES = { floorMs: 30, firstMs: 100 };

interface Limits {
  /** Of one attempt. */
  readonly requestTimeoutMs: number;
}

/**
 * Sells through the catalog that leads the book, or through another when that one is not well or takes long, until one decides, the time
 * is up, or none can be reached. Every try bears the same operation id.
 */
export class PurchaseService {
  private readonly hedging: HedgeDelay;

  constructor(
    private readonly catalogs: Pick<Upstream, 'request'>,
    /** By the endpoint of their catalog. */
    private readonly batchers: ReadonlyMap<string, Pick<SalesBatcher, 'sell'>>,
    private readonly steering: Pick<Steering, 'turnsFor'>,
    private readonly limits: Limits,
  ) {
    this.hedging = new HedgeDelay({ ...HEDGES, attemptMs: limits.requestTimeoutMs });
  }

  async sell(sale: SaleRequest, timeoutMs: number): Promise<SaleAnswer> {
    const context = currentRequest();
    const reached = await this.catalogs.request<SaleAttempt, SubmitResult>({
      ask: async (attempt) => {
        const batcher = this.batchers.get(attempt.endpoint);
        if (batcher === undefined) return { kind: 'refused', reason: 'no such catalog' };
        return asRequest(context, () =>
          batcher.sell(sale, attempt.timeoutMs, (listener) => attempt.whenAbandoned(listener)),
        );
      },
      judge: (attempt, others) => judgeLine(attempt, ({ result }) => judgeResult(result, others)),
      times: {
        attemptMs: this.limits.requestTimeoutMs,
        totalMs: timeoutMs,
        // When all refuse, the front-end finds another way sooner than they come back.
        againAfter: ['lost', 'not ready'],
        patienceMs: timeoutMs,
      },
      turns: this.steering.turnsFor(sale.bookId),
      hedging: this.hedging,
    });
    if (reached.kind === 'done') return reached.value;
    const { mayHaveHappened, overloaded, said } = reached;
    if (overloaded && !mayHaveHappened) return { kind: 'overloaded' };
    if (said === null) return { kind: 'unreachable', mayHaveSold: mayHaveHappened };
    return mayHaveHappened ? { kind: 'unknown' } : said;
  }
}

function judgeResult(result: SubmitResult, others: OtherAttempts): Verdict<SubmitResult> {
  switch (result.kind) {
    case 'decided':
    case 'operation id reused':
      return { kind: 'done', value: amongAttempts(result, others) };
    case 'no such book':
      // A catalog that got the sale may still come to it, and by then there may be such a book.
      if (others.underWay)
        return { kind: 'try another', failure: 'not ready', mayHaveHappened: false, said: result };
      return { kind: 'done', value: others.mayHaveHappened ? { kind: 'unknown' } : result };
    case 'not started':
      return { kind: 'try another', failure: 'not ready', mayHaveHappened: false, said: result };
    case 'unknown':
      return { kind: 'try another', failure: 'not ready', mayHaveHappened: true, said: result };
    default:
      return result satisfies never;
  }
}
