import { later, latest } from '../clocks.js';
import { LRUCache } from 'lru-cache';
import { type MonotonicMs } from '../replication/types.js';

export interface RateLimits {
  readonly perSecond: number;
  /** So many at once after a rest. */
  readonly burst: number;
  /** Of more, those that asked least lately are forgotten. */
  readonly mostClients: number;
}

/** Requests of each client by the generic cell rate algorithm (ITU-T I.371): one number a client, the time at which its requests would be used up. */
export class RateLimiter {
  readonly #usedUpAt: LRUCache<string, MonotonicMs>;
  readonly #eachMs: number;

  constructor(private readonly limits: RateLimits) {
    this.#usedUpAt = new LRUCache({ max: limits.mostClients });
    this.#eachMs = 1000 / limits.perSecond;
  }

  /** 0: it may ask now; else in how many milliseconds. `cost`: of how many requests, at most `burst`. */
  waitMs(client: string, now: MonotonicMs, cost = 1): number {
    const usedUpAt = this.#usedUp(client, now);
    const allowedAt = usedUpAt - (this.limits.burst - cost) * this.#eachMs;
    if (allowedAt > now) return allowedAt - now;
    this.#usedUpAt.set(client, later(usedUpAt, cost * this.#eachMs));
    return 0;
  }

  /** What a client has left, and when it has all again. */
  budget(client: string, now: MonotonicMs): { readonly remaining: number; readonly fullAfterMs: number } {
    const fullAfterMs = this.#usedUp(client, now) - now;
    return { remaining: Math.floor(this.limits.burst - fullAfterMs / this.#eachMs), fullAfterMs };
  }

  #usedUp(client: string, now: MonotonicMs): MonotonicMs {
    return latest(this.#usedUpAt.get(client) ?? now, now);
  }
}
