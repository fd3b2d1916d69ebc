import { type ReplicaOptions } from '../../src/core/replication/api.js';
import { Context } from '../../src/core/replication/context.js';
import { type Envelope } from '../../src/core/replication/messages.js';
import { type Identity } from '../../src/core/replication/ports.js';
import { MemoryStore } from './memory-store.js';

/** What the parts of one replica share, for specs of single parts: of three, named `a`; time goes on by `pass`, and syncs end at once. */
export class ReplicaContext {
  now = 1_000;
  /** The wall clock is ahead by so much. */
  wallAheadMs = 1_800_000_000_000;
  readonly store = new MemoryStore((complete) => complete());
  readonly sent: { readonly to: number; readonly envelope: Envelope }[] = [];
  readonly context: Context;

  constructor(options: Partial<ReplicaOptions> = {}, identity: Partial<Identity> = {}) {
    const clock = {
      monotonicMs: () => this.now,
      wallClockMs: () => this.now + this.wallAheadMs,
      after: () => () => undefined,
    };
    this.context = new Context(
      { replicas: 3, position: 0, leaseMs: 500, writePolicy: 'majority', ...options },
      {
        clock,
        random: { token: () => 'random', fraction: () => 0.5 },
        store: this.store,
        network: {
          send: (to, envelope) => void this.sent.push({ to, envelope }),
          invalidate: () => undefined,
        },
      },
    );
    this.context.identity = {
      replicaId: 'a',
      startNumber: 1,
      joined: true,
      grantsEnded: false,
      alone: false,
      ...identity,
    };
  }

  pass(ms: number): void {
    this.now += ms;
  }
}
