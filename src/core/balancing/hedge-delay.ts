export interface HedgeBounds {
  /** Sooner than this a second request is only load. */
  readonly floorMs: number;
  /** Until enough is known. */
  readonly firstMs: number;
  /** What an attempt may take. */
  readonly attemptMs: number;
}

const QUANTILE = 0.95;
/** Of what an attempt may take: the cap. One that an overload reaches, in which all answers take long, would have all of them asked twice. */
const CAP_SHARE = 0.25;
/** Of so many answers, the most recent. */
const WINDOW = 200;
const FEWEST = 20;
/** Sorting for each answer would cost more than it tells. */
const RECOMPUTE_EACH = 20;

/** After what time without an answer a second replica is asked: about the p95 of recent answers (Dean and Barroso, "The Tail at Scale", 2013). */
export class HedgeDelay {
  readonly #recent: number[] = [];
  #seen = 0;
  #delayMs: number;

  constructor(private readonly bounds: HedgeBounds) {
    this.#delayMs = bounds.firstMs;
  }

  get delayMs(): number {
    return this.#delayMs;
  }

  /** An attempt was answered within that time. What was given up tells nothing exact, and counting it would drive the delay up in an outage. */
  answeredIn(tookMs: number): void {
    this.#recent[this.#seen % WINDOW] = tookMs;
    this.#seen += 1;
    if (this.#recent.length < FEWEST || this.#seen % RECOMPUTE_EACH !== 0) return;
    const sorted = [...this.#recent].sort((a, b) => a - b);
    const quantile = sorted[Math.ceil(sorted.length * QUANTILE) - 1] ?? this.bounds.firstMs;
    const { floorMs, attemptMs } = this.bounds;
    this.#delayMs = Math.min(Math.max(quantile, floorMs), attemptMs * CAP_SHARE);
  }
}
