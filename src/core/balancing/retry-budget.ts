import { LONG_AGO } from '../clocks.js';
import { type MonotonicMs } from '../replication/types.js';

/** So many retries for each request. */
const RATIO = 0.2;
/** What a quiet process may always do. */
const FLOOR_PER_SECOND = 10;
/** What may be saved up: the burst when a replica dies under load. */
const CAPACITY = 100;

/** How much may be asked again: a share of the traffic, so that retries never double an overload (Finagle; the Google SRE book, chapter 21). */
export class RetryBudget {
  #tokens = CAPACITY;
  #filledAt = LONG_AGO;

  /** A request began. */
  earn(): void {
    this.#tokens = Math.min(this.#tokens + RATIO, CAPACITY);
  }

  /** Whether one more attempt may be made. */
  take(now: MonotonicMs): boolean {
    const elapsedMs = Math.max(now - this.#filledAt, 0);
    this.#tokens = Math.min(this.#tokens + (elapsedMs / 1000) * FLOOR_PER_SECOND, CAPACITY);
    this.#filledAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
