import { type Answer, ask, fieldOf } from '../api/http.js';
import { newKey } from '../purchase/key.js';

/** What became of one request of the load; times in milliseconds of `performance.now()`. */
export interface LoadResult {
  readonly kind: 'look-up' | 'buy';
  readonly at: number;
  /** Until its outcome was known. */
  readonly tookMs: number;
  readonly outcome: 'answered' | 'failed';
  /** Of a buy. */
  readonly sold: boolean;
  /** How often it was asked again because its outcome was unknown. */
  readonly repeats: number;
}

export interface LoadOptions {
  readonly bookId: number;
  readonly lookUpsPerSecond: number;
  readonly buysPerSecond: number;
}

const WINDOW_MS = 60_000;
const MOST_RESULTS = 4_000;
const MOST_OPEN = 60;
const REPEAT_AFTER_MS = 400;
const MOST_REPEATS = 40;

/** A little steady load from this page, as one busy client would make it: what clients see while processes come and go. */
export class SteadyLoad {
  private results: LoadResult[] = [];
  private timers: ReturnType<typeof setInterval>[] = [];
  private open = 0;

  start({ bookId, lookUpsPerSecond, buysPerSecond }: LoadOptions): void {
    this.stop();
    const every = (perSecond: number, action: () => Promise<void>): void => {
      if (perSecond > 0) this.timers.push(setInterval(() => void this.bounded(action), 1000 / perSecond));
    };
    every(lookUpsPerSecond, () => this.lookUp(bookId));
    every(buysPerSecond, () => this.buy(bookId));
  }

  stop(): void {
    for (const timer of this.timers.splice(0)) clearInterval(timer);
  }

  /** Of the last minute, oldest first. */
  recent(): readonly LoadResult[] {
    const since = performance.now() - WINDOW_MS;
    this.results = this.results.filter(({ at }) => at > since).slice(-MOST_RESULTS);
    return this.results;
  }

  private async bounded(action: () => Promise<void>): Promise<void> {
    if (this.open >= MOST_OPEN) return;
    this.open += 1;
    await action();
    this.open -= 1;
  }

  private async lookUp(bookId: number): Promise<void> {
    const at = performance.now();
    const answer = await ask(`/lookup/${bookId}`);
    const outcome = isAnswered(answer) ? 'answered' : 'failed';
    this.add({ kind: 'look-up', at, outcome, sold: false, repeats: 0 });
  }

  /** Under one key until its outcome is known, as the shop does it. */
  private async buy(bookId: number): Promise<void> {
    const at = performance.now();
    const key = newKey();
    for (let repeats = 0; repeats <= MOST_REPEATS; repeats += 1) {
      const answer = await ask('/orders', {
        method: 'POST',
        headers: { 'idempotency-key': key },
        json: { bookId, quantity: 1 },
      });
      if (isAnswered(answer)) {
        const sold = typeof fieldOf(answer.body, 'orderId') === 'string';
        this.add({ kind: 'buy', at, outcome: 'answered', sold, repeats });
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, REPEAT_AFTER_MS));
    }
    this.add({ kind: 'buy', at, outcome: 'failed', sold: false, repeats: MOST_REPEATS });
  }

  private add(result: Omit<LoadResult, 'tookMs'>): void {
    this.results.push({ ...result, tookMs: performance.now() - result.at });
  }
}

/** Turned away for being too many is no answer to a buyer. */
function isAnswered(answer: Answer): answer is Extract<Answer, { kind: 'answered' }> {
  return answer.kind === 'answered' && answer.status < 500 && answer.status !== 429;
}
