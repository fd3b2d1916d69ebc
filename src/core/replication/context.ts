import { type ReplicaOptions } from './api.js';
import { shortened } from '../clocks.js';
import { type Identity, type ReplicaPorts } from './ports.js';
import { isQuorum, isQuorumWith, type Electorate } from './quorum.js';
import { ALL_RULES, type Rules } from './rules.js';
import { Steps, type Task } from './steps.js';
import { type MonotonicMs, type ReplicaId } from './types.js';

/** Request ids of one start; those of the next begin above. */
const IDS_PER_START = 2 ** 32;
/** By so many rounds what is known to be above all promises is raised. */
const ROUNDS_AT_A_TIME = 1_024;

/** What every part of one replica shares: its settings, its identity, and the ways out through the ports. */
export class Context {
  identity: Identity;
  /** Tells this run of the replica from every other, also from those on a copy of its disk (C3). */
  life = '';
  halted = false;
  /** Own commits up to this number are safe on disk: after a crash none of them is given out again. */
  durableChange = 0;
  readonly rules: Rules;
  readonly #steps: Steps;
  #lastRequestId = 0;
  readonly #timers = new Set<() => void>();

  constructor(
    readonly options: ReplicaOptions,
    readonly ports: ReplicaPorts,
    handle: (task: Task) => void,
  ) {
    this.rules = options.rules ?? ALL_RULES;
    this.#steps = new Steps(ports.clock, handle, this.rules['R3 drop leases after suspension']);
  }

  get self(): string {
    return this.identity.replicaId;
  }

  placeOf(position: number): string {
    return this.options.places?.[position] ?? String(position);
  }

  get leaseMs(): number {
    return this.options.leaseMs;
  }

  get electorate(): Electorate {
    const { replicaId: self, alone } = this.identity;
    return { replicas: this.options.replicas, self, alone };
  }

  isQuorum(oks: ReadonlyMap<ReplicaId, unknown>): boolean {
    return isQuorum(this.electorate, oks);
  }

  /** Whether that many others make a quorum together with this replica. */
  isQuorumWith(others: number): boolean {
    return isQuorumWith(this.electorate, others);
  }

  /** C3: a promise of that round is about to be stored. */
  promises(round: number): void {
    const { past } = this.identity;
    if (round <= past.promisedUpTo) return;
    // Some at a time, so that it is seldom stored.
    this.identity = { ...this.identity, past: { ...past, promisedUpTo: round + ROUNDS_AT_A_TIME } };
    this.ports.store.saveIdentity(this.identity);
  }

  now(): MonotonicMs {
    return this.#steps.now;
  }

  step<T>(action: () => T): T {
    return this.#steps.take(action);
  }

  /** To be done later in this step. */
  leave(task: Task): void {
    this.#steps.leave(task);
  }

  /** Does what has been left up to now. */
  drain(): void {
    this.#steps.drain();
  }

  after(delayMs: number, action: () => void): () => void {
    const cancel = this.ports.clock.after(delayMs, () => {
      this.#timers.delete(cancel);
      if (!this.halted) this.step(action);
    });
    this.#timers.add(cancel);
    return () => {
      this.#timers.delete(cancel);
      cancel();
    };
  }

  /** What `action` says to others is true after a crash too: all that was stored before this call is synced first. */
  afterSync(action: () => void): void {
    const change = this.ports.store.lastChange();
    const synced = (): void => {
      this.durableChange = Math.max(this.durableChange, change);
      action();
    };
    if (!this.rules['sync before answers']) return synced();
    this.ports.store.sync((error) => {
      // A disk that fails ends this life: the host starts the replica anew from what is durable.
      if (error === undefined && !this.halted) this.step(synced);
    });
  }

  halt(): void {
    this.halted = true;
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
  }

  /** Does not repeat after a restart: an answer to an earlier life's request must not pass for one to this life's. */
  nextRequestId(): number {
    const before = this.rules['request ids do not repeat'] ? this.identity.startNumber * IDS_PER_START : 0;
    return before + ++this.#lastRequestId;
  }

  /** How long the user of a lease may use what was granted for `durationMs`, from when it asked (R3): the user shortens. */
  shortened(durationMs: number): number {
    return this.rules['R3 shorten'] ? shortened(durationMs) : durationMs;
  }
}
