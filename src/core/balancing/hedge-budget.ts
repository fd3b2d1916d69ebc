import { LONG_AGO } from '../clocks.js';
import { type MonotonicMs } from '../replication/types.js';

/** So many hedges for each request: about as many as are later than the p95 for which they wait. */
const RATIO = 0.05;
/** Saved up at the most: the burst when a replica falls silent under load, until it is seen not to answer. */
const CAPACITY = 50;
/** With no more requests than this under way nothing is behind, and one that is late is worth a second one. */
const CALM_UNDER_WAY = 16;
/** What a calm process may always do. */
const CALM_PER_SECOND = 10;

/**
 * How often a second replica is asked while the first takes long: a small share of the traffic. In an overload all answers are late, so
 * hedges without such a bound would be what feeds it; then nothing is given beyond the share.
 */
export class HedgeBudget {
  #tokens = CAPACITY;
  #filledAt = LONG_AGO;
  #underWay = 0;

  /** A request began. */
  began(): void {
    this.#underWay += 1;
    this.#tokens = Math.min(this.#tokens + RATIO, CAPACITY);
  }

  ended(): void {
    this.#underWay -= 1;
  }

  /** Whether a request that has begun may be asked of one more. */
  take(now: MonotonicMs): boolean {
    const elapsedMs = Math.max(now - this.#filledAt, 0);
    this.#filledAt = now;
    if (this.#underWay <= CALM_UNDER_WAY) {
      this.#tokens = Math.min(this.#tokens + (elapsedMs / 1_000) * CALM_PER_SECOND, CAPACITY);
    }
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
