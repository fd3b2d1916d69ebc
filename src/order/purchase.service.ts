import { type SaleRequest } from '../contract/internal.js';
import { type Clock, type Random } from '../core/replication/ports.js';
import { type SubmitResult } from '../core/replication/results.js';
import { type Catalogs } from './catalogs.js';
import { type SaleAttempt } from './sales-batcher.js';

export type PurchaseResult =
  | SubmitResult
  /** No catalog could be reached. `mayHaveSold`: one of them may have got the sale all the same. */
  | { readonly kind: 'unreachable'; readonly mayHaveSold: boolean };

const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 200;
/** A bound beside the deadline. */
const MOST_ROUNDS = 100;
/** Less is not worth a request. */
const LEAST_MS = 5;

interface Limits {
  /** Of one attempt. */
  readonly requestTimeoutMs: number;
}

/** Sells through one catalog after the other until one decides, the time is up, or none can be reached. Every try bears the same operation id. */
export class PurchaseService {
  constructor(
    private readonly catalogs: Catalogs,
    private readonly limits: Limits,
    private readonly clock: Pick<Clock, 'monotonicMs' | 'after'>,
    private readonly random: Pick<Random, 'fraction'>,
  ) {}

  async sell(sale: SaleRequest, timeoutMs: number): Promise<PurchaseResult> {
    const deadline = this.clock.monotonicMs() + timeoutMs;
    let mayHaveSold = false;
    let last: SubmitResult | null = null;
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const result = await this.askAll(sale, deadline);
      mayHaveSold ||= result.mayHaveSold;
      if (result.said !== null) {
        // A catalog that got the sale may still come to it, and by then there may be such a book.
        if (result.said.kind === 'no such book' && mayHaveSold) return { kind: 'unknown' };
        if (isFinal(result.said)) return result.said;
        last = result.said;
      } else if (!result.mayHaveSold) {
        // All refused: the front-end finds another way sooner than they come back.
        return { kind: 'unreachable', mayHaveSold };
      }
      const pauseMs = this.pauseMs(round);
      if (deadline - this.clock.monotonicMs() < pauseMs + LEAST_MS) break;
      await this.pause(pauseMs);
    }
    if (last === null) return { kind: 'unreachable', mayHaveSold };
    return mayHaveSold ? { kind: 'unknown' } : last;
  }

  /** One round over the catalogs, to the first that decides. `said`: the last word of one that was reached. */
  private async askAll(
    sale: SaleRequest,
    deadline: number,
  ): Promise<{ said: SubmitResult | null; mayHaveSold: boolean }> {
    let said: SubmitResult | null = null;
    let mayHaveSold = false;
    for (const catalog of this.catalogs.inOrder()) {
      const leftMs = deadline - this.clock.monotonicMs();
      if (leftMs < LEAST_MS) break;
      const attempt = await catalog.batcher.sell(sale, Math.min(leftMs, this.limits.requestTimeoutMs));
      mayHaveSold ||= isIndefinite(attempt);
      if (attempt.kind !== 'answered') {
        this.catalogs.failed(catalog);
        continue;
      }
      this.catalogs.answered(catalog);
      said = attempt.result;
      if (isFinal(said)) break;
    }
    return { said, mayHaveSold };
  }

  /** Grows with each round; the jitter keeps order servers that failed together from coming back together. */
  private pauseMs(round: number): number {
    const bound = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(round, 10), LONGEST_PAUSE_MS);
    return bound * (0.5 + this.random.fraction() / 2);
  }

  private pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.clock.after(delayMs, resolve));
  }
}

function isIndefinite(attempt: SaleAttempt): boolean {
  return attempt.kind === 'lost' || (attempt.kind === 'answered' && attempt.result.kind === 'unknown');
}

/** Whether trying again could not change it. */
function isFinal(result: SubmitResult): boolean {
  switch (result.kind) {
    case 'decided':
    case 'no such book':
    case 'operation id reused':
      return true;
    case 'not started':
    case 'unknown':
      return false;
    default:
      return result satisfies never;
  }
}
