export interface LoadLimits {
  readonly mostInFlight: number;
  readonly targetDelayMs: number;
  /** Fewer requests in a turn of the event loop are not what makes it late: another process, or a single long one does. */
  readonly crowdPerTurn: number;
}

/** What an interval that has just passed was like. */
export interface Interval {
  /** Of the event loop: its least. */
  readonly delayMs: number;
  readonly requestsPerTurn: number;
}

/** From one interval to the next the share is halved at the most, or grows by a quarter. */
const STEEPEST_CUT = 0.5;
const RECOVERY = 1.25;
/** Always let in, to find out whether things are better. */
const LEAST_SHARE = 0.05;

/**
 * Keeps a process from taking on more than it can serve soon. Two rules:
 *
 * - No more than `mostInFlight` requests at once: those beyond would cost memory and be served no sooner.
 * - When the delay of the event loop _stands_ above `targetDelayMs` (its least in an interval, not its peaks, as CoDel judges a queue:
 *   Nichols and Jacobson, "Controlling Queue Delay", 2012) while requests crowd in, only a share of them is let in: with each such
 *   interval smaller by as much as the delay is too long, and larger again when it is not.
 */
export class LoadShedder {
  /** In (0, 1], of all requests that come. */
  #share = 1;
  /** What has come and not been let in; at 1 the next one is. */
  #credit = 0;

  constructor(private readonly limits: LoadLimits) {}

  get share(): number {
    return this.#share;
  }

  passed({ delayMs, requestsPerTurn }: Interval): void {
    const { targetDelayMs, crowdPerTurn } = this.limits;
    const isOverloaded = delayMs > targetDelayMs && requestsPerTurn >= crowdPerTurn;
    const factor = isOverloaded ? Math.max(STEEPEST_CUT, targetDelayMs / delayMs) : RECOVERY;
    this.#share = Math.min(1, Math.max(LEAST_SHARE, this.#share * factor));
  }

  /** Whether the next request is in the share: of a quarter each fourth, without chance. */
  isInShare(): boolean {
    if (this.#share === 1) return true;
    this.#credit += this.#share;
    if (this.#credit < 1) return false;
    this.#credit -= 1;
    return true;
  }

  hasRoomBeside(inFlight: number): boolean {
    return inFlight < this.limits.mostInFlight;
  }
}
