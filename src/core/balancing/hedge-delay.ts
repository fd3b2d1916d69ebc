export interface HedgeBounds {
  /** Sooner than this a second request is only load. */
  readonly floorMs: number;
  /** Also the delay until enough is known. */
  readonly capMs: number;
}

const QUANTILE = 0.95;
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
    this.#delayMs = bounds.capMs;
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
    const quantile = sorted[Math.ceil(sorted.length * QUANTILE) - 1] ?? this.bounds.capMs;
    this.#delayMs = Math.min(Math.max(quantile, this.bounds.floorMs), this.bounds.capMs);
  }
}
