import { type MonotonicMs } from '../../src/core/replication/types.js';
import { monotonic } from '../../src/core/clocks.js';
import { failOver, type FailOverRequest, type Reached } from '../../src/core/balancing/fail-over.js';
import { HedgeBudget } from '../../src/core/balancing/hedge-budget.js';
import { ReplicaSelector } from '../../src/core/balancing/replica-selector.js';
import { RetryBudget } from '../../src/core/balancing/retry-budget.js';

/** A clock whose time passes from one event to the next, once all promises have settled. */
export class VirtualClock {
  now = 0;
  private readonly timers: { readonly at: number; readonly fire: () => void }[] = [];

  readonly monotonicMs = (): MonotonicMs => monotonic(this.now);

  readonly after = (delayMs: number, fire: () => void): (() => void) => {
    const timer = { at: this.now + delayMs, fire };
    this.timers.push(timer);
    return () => {
      const index = this.timers.indexOf(timer);
      if (index >= 0) this.timers.splice(index, 1);
    };
  };

  /** Until nothing is due any more. */
  async run(): Promise<void> {
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      const [next] = this.timers.sort((a, b) => a.at - b.at);
      if (next === undefined) return;
      this.timers.shift();
      this.now = Math.max(this.now, next.at);
      next.fire();
    }
  }

  /** What comes of it, as soon as it has. */
  async outcomeOf<T>(promise: Promise<T>): Promise<T> {
    await this.run();
    return promise;
  }
}

/** Fail-over over endpoints on that clock, as a role has it. */
export function virtualUpstream(clock: VirtualClock, endpoints: readonly string[]) {
  const nobody = (): void => undefined;
  const parts = {
    selector: new ReplicaSelector(endpoints),
    retries: new RetryBudget(),
    hedges: new HedgeBudget(),
    clock,
    random: { fraction: () => 0.6 },
    observer: { failed: nobody, hedged: nobody, retried: nobody, budgetRefused: nobody },
  };
  return {
    endpoints,
    request: <R, T>(request: FailOverRequest<R, T>): Promise<Reached<T>> => failOver(parts, request),
  };
}
