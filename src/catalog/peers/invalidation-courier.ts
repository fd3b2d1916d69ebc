import { type Invalidation } from '../../core/replication/invalidation.js';
import { type Clock } from '../../core/replication/ports.js';
import { type MonotonicMs } from '../../core/replication/types.js';

/** One POST of invalidations: the ids that the front-end says it has forgotten, or null if no answer came. Never rejects. */
export type PostInvalidations = (invalidations: readonly Invalidation[]) => Promise<readonly string[] | null>;

export interface CourierOptions {
  /**
   * How long an invalidation is worth repeating: no session runs longer, for none is renewed to more than a lease after the
   * oldest answer that its front-end owes was asked for (F3).
   */
  readonly giveUpMs: number;
  readonly retryMs: number;
  readonly maxWaiting: number;
  readonly maxBatch: number;
}

/**
 * Brings invalidations to one front-end: one request under way, what gathers meanwhile goes with the next. What is
 * not acknowledged is sent again until it is too old to matter.
 */
export class InvalidationCourier {
  private readonly waiting = new Map<string, { invalidation: Invalidation; since: MonotonicMs }>();
  private busy = false;

  constructor(
    private readonly post: PostInvalidations,
    private readonly acknowledged: (invalidationId: string) => void,
    private readonly clock: Clock,
    private readonly endOfTurn: (action: () => void) => void,
    private readonly options: CourierOptions,
    /** Nothing is left to bring. */
    private readonly idle: () => void,
  ) {}

  bring(invalidation: Invalidation): void {
    this.waiting.set(invalidation.id, { invalidation, since: this.clock.monotonicMs() });
    // The oldest has waited longest, so its session is the nearest to its end.
    if (this.waiting.size > this.options.maxWaiting) this.forgetOldest();
    if (this.busy) return;
    this.busy = true;
    this.endOfTurn(() => void this.deliver());
  }

  close(): void {
    this.waiting.clear();
  }

  private forgetOldest(): void {
    for (const id of this.waiting.keys()) {
      this.waiting.delete(id);
      return;
    }
  }

  private async deliver(): Promise<void> {
    for (;;) {
      this.forgetExpired();
      const batch = [...this.waiting.values()]
        .slice(0, this.options.maxBatch)
        .map(({ invalidation }) => invalidation);
      if (batch.length === 0) break;
      const forgotten = await this.post(batch);
      for (const id of forgotten ?? []) if (this.waiting.delete(id)) this.acknowledged(id);
      if (batch.every(({ id }) => !this.waiting.has(id))) continue;
      this.clock.after(this.options.retryMs, () => void this.deliver());
      return;
    }
    this.busy = false;
    this.idle();
  }

  private forgetExpired(): void {
    const oldest = this.clock.monotonicMs() - this.options.giveUpMs;
    for (const [id, { since }] of this.waiting) {
      if (since > oldest) return;
      this.waiting.delete(id);
    }
  }
}
