import { performance } from 'node:perf_hooks';
import { Injectable } from '@nestjs/common';
import { type Clock } from '../core/replication/ports.js';

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The clock of this process, as the core takes it. */
@Injectable()
export class SystemClock implements Clock {
  monotonicMs(): number {
    return performance.now();
  }

  wallClockMs(): number {
    return Date.now();
  }

  after(delayMs: number, action: () => void): () => void {
    const dueAt = performance.now() + delayMs;
    let timer: NodeJS.Timeout;
    const arm = (): void => {
      const leftMs = dueAt - performance.now();
      timer = setTimeout(fire, Math.min(Math.ceil(leftMs), LONGEST_TIMER_MS));
    };
    // Node rounds to whole milliseconds and may fire a little early; the protocol's leases may not end early.
    const fire = (): void => (performance.now() < dueAt ? arm() : action());
    arm();
    return () => clearTimeout(timer);
  }
}
