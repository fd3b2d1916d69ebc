import { type MonotonicMs, type WallClockMs } from './replication/types.js';

/** Where a clock is read, or its reading comes in from outside; nowhere else does a number become a time. */
export function monotonic(readingMs: number): MonotonicMs {
  return readingMs as MonotonicMs;
}

/** Before and after all that a clock will ever show. */
export const LONG_AGO = monotonic(-Infinity);
export const NEVER = monotonic(Infinity);

export function later(time: MonotonicMs, byMs: number): MonotonicMs {
  return monotonic(time + byMs);
}

export function latest(...times: readonly MonotonicMs[]): MonotonicMs {
  return monotonic(Math.max(...times));
}

export function earliest(...times: readonly MonotonicMs[]): MonotonicMs {
  return monotonic(Math.min(...times));
}

/** Monotonic clocks drift in rate by less than this from one machine to another (the promise of docs/protocol.md). */
const MAX_DRIFT = 0.05;

/** Wall clock and monotonic clock that come apart by more between two looks mean that the machine was suspended (R3). */
const SUSPENSION_MS = 25;

/** How long the user of a grant of `durationMs` may use it, counted from when it asked (R3): whoever waits for its end stretches nothing. */
export function shortened(durationMs: number): number {
  return (durationMs * (1 - MAX_DRIFT)) / (1 + MAX_DRIFT);
}

/** R3: a suspended machine's monotonic clock stood still while those of others went on: what was counted on it is wrong. */
export class SuspensionWatch {
  #wallAheadMs: number | null = null;

  /** Whether the two clocks have gone on together since the last look. */
  clocksAgree(now: MonotonicMs, wallClock: WallClockMs): boolean {
    return this.#wallAheadMs === null || Math.abs(wallClock - now - this.#wallAheadMs) <= SUSPENSION_MS;
  }

  /** Looks at both; false when the machine was suspended since the last look. */
  look(now: MonotonicMs, wallClock: WallClockMs): boolean {
    const agree = this.clocksAgree(now, wallClock);
    this.#wallAheadMs = wallClock - now;
    return agree;
  }
}
