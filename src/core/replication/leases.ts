import { LONG_AGO, later, latest } from '../clocks.js';
import { type Context } from './context.js';
import { type ListedLease } from './messages.js';
import { quorumSize, runUntil } from './quorum.js';
import { type MonotonicMs, type ReplicaId } from './types.js';

interface HeldLease {
  /** When its first grant arrived; a lease that lapsed and is granted anew begins anew. */
  begin: MonotonicMs;
  until: MonotonicMs;
}

/** The leases that other replicas granted to this one (R1, R3). Its own counts as one that always runs. */
export class HeldLeases {
  readonly #held = new Map<ReplicaId, HeldLease>();
  #droppedAt = LONG_AGO;
  lapsed = 0;

  constructor(private readonly context: Context) {}

  /** `sentAt`: when this replica asked, as the grant echoed it. */
  granted(granter: ReplicaId, sentAt: MonotonicMs, durationMs: number): void {
    const now = this.context.now();
    const from = this.context.rules['R3 echo'] ? sentAt : now;
    const until = later(from, this.context.shortened(durationMs));
    // Nobody answers what was not asked yet.
    if (until <= now || sentAt < this.#droppedAt || sentAt > now) return;
    const lease = this.#held.get(granter);
    const goesOn =
      lease !== undefined && (lease.until > now || !this.context.rules['R3 lapsed lease begins anew']);
    if (goesOn) lease.until = latest(lease.until, until);
    else {
      if (lease !== undefined) this.lapsed++;
      this.#held.set(granter, { begin: now, until });
    }
  }

  drop(granter: ReplicaId): void {
    this.#held.delete(granter);
  }

  /** What was asked for before counts no more either: a grant may have waited while the machine was suspended. */
  dropAll(): void {
    this.#held.clear();
    this.#droppedAt = this.context.now();
  }

  /** Those whose leases run now. */
  granters(): ReplicaId[] {
    const now = this.context.now();
    return [...this.#held].filter(([, lease]) => lease.until > now).map(([granter]) => granter);
  }

  /** Whether a majority of leases run that had all begun by `time`. */
  majoritySince(time: MonotonicMs): boolean {
    const now = this.context.now();
    const ruled = this.context.rules['R1 leases began before mark'];
    let others = 0;
    for (const lease of this.#held.values()) {
      if (lease.until > now && (lease.begin <= time || !ruled)) others++;
    }
    return this.context.isQuorumWith(others);
  }

  /** Whether some running lease began after `time`: what was validated then does not lean on it. */
  someBeganAfter(time: MonotonicMs): boolean {
    const now = this.context.now();
    return [...this.#held.values()].some((lease) => lease.until > now && lease.begin > time);
  }

  /** How long a majority of leases will still run if none is renewed; Infinity when this replica alone is a majority. */
  majorityRemainingMs(): number {
    const now = this.context.now();
    const ends = [...this.#held.values()].map(({ until }) => until);
    return Math.max(0, runUntil(ends, quorumSize(this.context.electorate) - 1) - now);
  }

  remainingMs(granter: ReplicaId | null): number {
    const lease = granter === null ? undefined : this.#held.get(granter);
    return lease === undefined ? 0 : Math.max(0, lease.until - this.context.now());
  }
}

/** The leases that this replica granted to others: each has to say ok to a write, or its time has to pass (W3, W4). */
export class GrantedLeases {
  readonly #until = new Map<ReplicaId, MonotonicMs>();

  constructor(private readonly context: Context) {}

  /** How long the grant runs on this replica's clock. */
  grant(holder: ReplicaId): number {
    this.#until.set(holder, later(this.context.now(), this.context.leaseMs));
    return this.context.leaseMs;
  }

  returned(holder: ReplicaId): void {
    this.#until.delete(holder);
  }

  list(): ListedLease[] {
    const now = this.context.now();
    const listed: ListedLease[] = [];
    for (const [holder, until] of this.#until) {
      if (until > now) listed.push({ holder, remainingMs: until - now });
      else this.#until.delete(holder);
    }
    return listed;
  }
}
