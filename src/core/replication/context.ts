import { type ReplicaOptions } from './api.js';
import { type Identity, type ReplicaPorts } from './ports.js';
import { ALL_RULES, type Rules } from './rules.js';
import { type BookId, type MonotonicMs } from './types.js';

/** Clocks may drift in rate by less than this from one replica to another. */
const MAX_DRIFT = 0.05;

/** What every part of one replica shares: its settings, its identity, and the ways out through the ports. */
export class Context {
  identity: Identity;
  halted = false;
  /** Something about that record changed, or a round on it ended: whoever waits for that looks again. */
  changed: (bookId: BookId) => void = () => undefined;
  readonly rules: Rules;
  #lastRequestId = 0;
  readonly #timers = new Set<() => void>();

  constructor(
    readonly options: ReplicaOptions,
    readonly ports: ReplicaPorts,
  ) {
    this.rules = options.rules ?? ALL_RULES;
  }

  get self(): string {
    return this.identity.replicaId;
  }

  get leaseMs(): number {
    return this.options.leaseMs;
  }

  /** The smallest number of replicas any two sets of which share one; under `reachable`, those not suspected to be down. */
  get majority(): number {
    return this.identity.alone ? 1 : Math.floor(this.options.replicas / 2) + 1;
  }

  now(): MonotonicMs {
    return this.ports.clock.monotonicMs();
  }

  after(delayMs: number, action: () => void): () => void {
    const cancel = this.ports.clock.after(delayMs, () => {
      this.#timers.delete(cancel);
      if (!this.halted) action();
    });
    this.#timers.add(cancel);
    return () => {
      this.#timers.delete(cancel);
      cancel();
    };
  }

  /** What `action` says to others is true after a crash too: all that was stored before this call is synced first. */
  afterSync(action: () => void): void {
    if (!this.rules['sync before answers']) return action();
    this.ports.store.sync((error) => {
      // A disk that fails ends this life: the host starts the replica anew from what is durable.
      if (error === undefined && !this.halted) action();
    });
  }

  halt(): void {
    this.halted = true;
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
  }

  nextRequestId(): number {
    return ++this.#lastRequestId;
  }

  /** How long the user of a lease may use what was granted for `durationMs`, from when it asked (R3): the user shortens. */
  shortened(durationMs: number): number {
    return this.rules['R3 shorten'] ? (durationMs * (1 - MAX_DRIFT)) / (1 + MAX_DRIFT) : durationMs;
  }
}
