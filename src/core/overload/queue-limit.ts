import { type MonotonicMs } from '../replication/types.js';

export interface QueueBounds {
  /** What has waited for so long is served too late for many. */
  readonly mostWaitMs: number;
  /** Always let in: few at once are no queue, and who serves them may be about to come back. */
  readonly leastUnderWay: number;
}

/** Served ones are counted in intervals of this length. */
const INTERVAL_MS = 500;
/** From one interval to the next the best rate fades so far: a pause of a lease or two is no reason to let less in. */
const FADES_TO = 0.9;

/**
 * How much may be under way at once: as much as is served within `mostWaitMs` at the best rate lately (Little's law, 1961). What comes
 * beyond that would wait longer than it is worth, and is better refused at once: a queue without such a bound serves each of its
 * requests late, and those that gave up waiting as well.
 */
export class QueueLimit {
  #underWay = 0;
  #served = 0;
  #since: MonotonicMs | null = null;
  /** Per millisecond. */
  #bestRate = 0;

  constructor(private readonly bounds: QueueBounds) {}

  /** Whether one more may begin; then it has. */
  begin(now: MonotonicMs): boolean {
    this.#look(now);
    const { mostWaitMs, leastUnderWay } = this.bounds;
    if (this.#underWay >= Math.max(leastUnderWay, this.#bestRate * mostWaitMs)) return false;
    this.#underWay += 1;
    return true;
  }

  /** `served`: done, whatever the outcome; not one that somebody else refused for want of room, or did not answer. */
  end(served: boolean): void {
    this.#underWay -= 1;
    if (served) this.#served += 1;
  }

  #look(now: MonotonicMs): void {
    this.#since ??= now;
    const elapsedMs = now - this.#since;
    if (elapsedMs < INTERVAL_MS) return;
    const faded = this.#bestRate * FADES_TO ** (elapsedMs / INTERVAL_MS);
    this.#bestRate = Math.max(this.#served / elapsedMs, faded);
    this.#served = 0;
    this.#since = now;
  }
}
