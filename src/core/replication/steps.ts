import { SuspensionWatch } from '../clocks.js';
import { invariant } from './invariant.js';
import { type PeerMessage } from './messages.js';
import { type Clock } from './ports.js';
import { type BookId, type MonotonicMs, type ReplicaId } from './types.js';

/** What the parts of a replica leave to be done by one another. */
export type Task =
  /** The monotonic clock stood still for a while, and the others' did not: what was counted on it is wrong (R3). */
  | { readonly kind: 'suspended' }
  | { readonly kind: 'to self'; readonly body: PeerMessage }
  /** The record moved on: whoever waits for that looks again. */
  | { readonly kind: 'changed'; readonly bookId: BookId }
  /** As its coordinator this replica has nothing under way for the record any more. */
  | { readonly kind: 'at rest'; readonly bookId: BookId }
  /** A hold that others follow has ended; these are their books (H5). */
  | { readonly kind: 'decided'; readonly followers: readonly BookId[] }
  /** An address answers under a new identity: what the old one promised no longer counts (C3). */
  | { readonly kind: 'replaced'; readonly old: ReplicaId };

/**
 * The steps of a replica: a message, a timer, the end of a sync, a call of its host. Each begins with one look at the clock, which is the
 * time for all of it: what is said later in the step is said of that moment, as if it had been under way since. What its parts leave to be
 * done waits in a queue and is done, in order, where `drain` is called: nothing happens from within something else.
 */
export class Steps {
  readonly #suspension = new SuspensionWatch();
  readonly #tasks: Task[] = [];
  #now: MonotonicMs | null = null;

  constructor(
    private readonly clock: Clock,
    private readonly handle: (task: Task) => void,
    private readonly watchesSuspension: boolean,
  ) {}

  /** Of the step under way; between steps, of this moment. */
  get now(): MonotonicMs {
    return this.#now ?? this.clock.monotonicMs();
  }

  /** Within another (an answer's receiver asks for the next thing at once) it is a part of that. */
  take<T>(action: () => T): T {
    if (this.#now !== null) return action();
    const now = this.clock.monotonicMs();
    this.#now = now;
    try {
      const suspended = !this.#suspension.look(now, this.clock.wallClockMs());
      if (suspended && this.watchesSuspension) this.handle({ kind: 'suspended' });
      const result = action();
      this.drain();
      return result;
    } finally {
      // What threw ends this life of the replica: nothing that is left is done.
      this.#tasks.length = 0;
      this.#now = null;
    }
  }

  leave(task: Task): void {
    invariant(this.#now !== null, () => `'${task.kind}' is left in a step`);
    this.#tasks.push(task);
  }

  drain(): void {
    for (let task = this.#tasks.shift(); task !== undefined; task = this.#tasks.shift()) this.handle(task);
  }
}
