import { performance } from 'node:perf_hooks';
import { Injectable } from '@nestjs/common';
import { monotonic } from '../core/clocks.js';
import { type MonotonicMs, type WallClockMs } from '../core/replication/types.js';
import { type Clock } from '../core/replication/ports.js';

const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The clock of this process, as the core takes it. */
@Injectable()
export class SystemClock implements Clock {
  monotonicMs(): MonotonicMs {
    return monotonic(performance.now());
  }

  wallClockMs(): WallClockMs {
    return Date.now();
  }

  after(delayMs: number, action: () => void): () => void {
    const dueAt = performance.now() + delayMs;
    let timer: NodeJS.Timeout;
    const arm = (): void => {
      const leftMs = dueAt - performance.now();
      // Node counts from the beginning of the turn, and would most often wake the process once for nothing.
      timer = setTimeout(fire, Math.min(Math.ceil(leftMs) + 1, LONGEST_TIMER_MS));
    };
    // It may fire a little early all the same; the protocol's leases may not end early.
    const fire = (): void => (performance.now() < dueAt ? arm() : action());
    arm();
    return () => clearTimeout(timer);
  }
}
