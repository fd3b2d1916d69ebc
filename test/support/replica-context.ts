import { monotonic } from '../../src/core/clocks.js';
import { type ReplicaOptions } from '../../src/core/replication/api.js';
import { Context } from '../../src/core/replication/context.js';
import { type Invalidation } from '../../src/core/replication/invalidation.js';
import { type Envelope } from '../../src/core/replication/messages.js';
import { NO_PAST, type Identity } from '../../src/core/replication/ports.js';
import { type Task } from '../../src/core/replication/steps.js';
import { MemoryStore } from './memory-store.js';

/**
 * What the parts of one replica share, for specs of single parts: of three, named `a`; time goes on by `pass`, and syncs end at once, unless
 * they are held up.
 */
export class ReplicaContext {
  now = 1_000;
  /** The wall clock is ahead by so much. */
  wallAheadMs = 1_800_000_000_000;
  readonly store = new MemoryStore((complete) => {
    if (this.#heldSyncs === null) complete();
    else this.#heldSyncs.push(complete);
  });
  readonly sent: { readonly to: number; readonly envelope: Envelope }[] = [];
  /** What front-ends were told to forget. */
  readonly told: Invalidation[] = [];
  readonly context: Context;
  #heldSyncs: (() => void)[] | null = null;
  readonly #timers = new Set<{ readonly at: number; readonly action: () => void }>();

  constructor(
    options: Partial<ReplicaOptions> = {},
    identity: Partial<Identity> = {},
    handle: (task: Task) => void = () => undefined,
  ) {
    const clock = {
      monotonicMs: () => monotonic(this.now),
      wallClockMs: () => this.now + this.wallAheadMs,
      after: (delayMs: number, action: () => void) => {
        const timer = { at: this.now + delayMs, action };
        this.#timers.add(timer);
        return () => void this.#timers.delete(timer);
      },
    };
    this.context = new Context(
      { replicas: 3, position: 0, leaseMs: 500, writePolicy: 'majority', ...options },
      {
        clock,
        random: { token: () => 'random', fraction: () => 0.5 },
        store: this.store,
        network: {
          send: (to, envelope) => void this.sent.push({ to, envelope }),
          invalidate: (_frontEndId, _address, invalidation) => void this.told.push(invalidation),
        },
      },
      handle,
    );
    this.context.identity = {
      replicaId: 'a',
      startNumber: 1,
      joined: true,
      grantsEnded: false,
      alone: false,
      past: NO_PAST,
      ...identity,
    };
  }

  pass(ms: number): void {
    const end = this.now + ms;
    for (;;) {
      const [next] = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.#timers.delete(next);
      this.now = Math.max(this.now, next.at);
      next.action();
    }
    this.now = end;
  }

  /** Syncs end no more until `endSyncs`. */
  holdSyncs(): void {
    this.#heldSyncs ??= [];
  }

  endSyncs(): void {
    const held = this.#heldSyncs ?? [];
    this.#heldSyncs = null;
    for (const complete of held) complete();
  }

  /** The same part, of which each call is a step, as a message or a call of the host is. */
  inSteps<T extends object>(part: T): T {
    return new Proxy(part, {
      get: (_, name) => {
        const found: unknown = Reflect.get(part, name, part);
        if (typeof found !== 'function') return found;
        return (...given: unknown[]): unknown =>
          this.context.step(() => Reflect.apply(found, part, given) as unknown);
      },
    });
  }
}
