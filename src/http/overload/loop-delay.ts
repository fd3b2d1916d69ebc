const SAMPLE_MS = 20;

/** What was seen since the last look. */
export interface SeenDelay {
  readonly samples: number;
  /** 0 without samples. */
  readonly leastMs: number;
}

/**
 * How late the event loop is while something is asked of it. Looked at by a timer that only requests set: one that always ran (as that of
 * `monitorEventLoopDelay`) would wake an idle process dozens of times a second.
 */
export class LoopDelay {
  private dueAt: number | null = null;
  private samples = 0;
  private leastMs = Infinity;
  /** Hears of each sample. */
  onSample: (lateMs: number) => void = () => undefined;
  private readonly fired = (): void => {
    const lateMs = Math.max(performance.now() - (this.dueAt ?? Infinity), 0);
    this.dueAt = null;
    this.samples += 1;
    this.leastMs = Math.min(this.leastMs, lateMs);
    this.onSample(lateMs);
  };

  /** Something was asked. */
  sample(): void {
    if (this.dueAt !== null) return;
    this.dueAt = performance.now() + SAMPLE_MS;
    setTimeout(this.fired, SAMPLE_MS).unref();
  }

  /** Begins anew. */
  take(): SeenDelay {
    const { samples, leastMs } = this;
    this.samples = 0;
    this.leastMs = Infinity;
    return { samples, leastMs: samples === 0 ? 0 : leastMs };
  }
}
