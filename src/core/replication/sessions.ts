import { type SessionGrant } from './api.js';
import { type Context } from './context.js';
import { type Effect, type Invalidation } from './invalidation.js';
import { type HeldLeases } from './leases.js';
import { type MonotonicMs } from './types.js';

/** Most front-ends that may cache what this replica answers. */
const MAX_FRONT_ENDS = 1_000;

interface Session {
  readonly address: string;
  until: MonotonicMs;
  /** Invalidations it has not answered, with what waits for each. */
  readonly owes: Map<string, () => void>;
}

/** The sessions that front-ends hold with this replica (F1), and what they still have to forget (F3). */
export class Sessions {
  readonly #sessions = new Map<string, Session>();
  #invalidations = 0;
  #closed = false;

  constructor(
    private readonly context: Context,
    private readonly leases: HeldLeases,
  ) {}

  /** F1: no longer than the own majority lease runs. F3: none while an answer is owed. */
  grant(frontEndId: string, address: string): SessionGrant | null {
    const { identity, leaseMs, rules } = this.context;
    if (this.#closed) return null;
    const now = this.context.now();
    const known = this.#sessions.get(frontEndId);
    const running = known !== undefined && known.until > now ? known : undefined;
    if (running !== undefined && running.owes.size > 0 && rules['F3 no renewal while owing']) return null;
    if (running === undefined && this.#sessions.size >= MAX_FRONT_ENDS) return null;
    const remainingMs = rules['F1 within majority lease'] ? this.leases.majorityRemainingMs() : leaseMs;
    const durationMs = Math.min(leaseMs, remainingMs);
    if (durationMs <= 0 || !identity.joined) return null;
    if (running !== undefined) running.until = Math.max(running.until, now + durationMs);
    else this.#sessions.set(frontEndId, { address, until: now + durationMs, owes: new Map() });
    return { replicaId: identity.replicaId, startNumber: identity.startNumber, durationMs };
  }

  /** Grants none until `open`; `done` comes when all that ran are over, and with them what front-ends kept of this replica's answers. */
  close(done: () => void): void {
    this.#closed = true;
    const ends = [...this.#sessions.values()].map(({ until }) => until);
    this.context.after(Math.max(0, ...ends.map((until) => until - this.context.now())), done);
  }

  open(): void {
    this.#closed = false;
  }

  end(frontEndId: string): void {
    const session = this.#sessions.get(frontEndId);
    if (session === undefined) return;
    session.until = -Infinity;
    for (const id of [...session.owes.keys()]) this.invalidated(frontEndId, id);
    this.#sessions.delete(frontEndId);
  }

  invalidated(frontEndId: string, invalidationId: string): void {
    const owes = this.#sessions.get(frontEndId)?.owes;
    const answered = owes?.get(invalidationId);
    owes?.delete(invalidationId);
    answered?.();
  }

  /** F3: `done` comes when every front-end whose session runs has forgotten, or its session has ended. */
  forget(effect: Effect, done: () => void): void {
    const now = this.context.now();
    const running = [...this.#sessions].filter(([, session]) => session.until > now);
    let open = running.length;
    if (open === 0 || !this.context.rules['F3 wait for front-ends']) done();
    const { replicaId, startNumber } = this.context.identity;
    const invalidation: Invalidation = {
      id: `${replicaId}.${startNumber}.${++this.#invalidations}`,
      ...effect,
    };
    for (const [frontEndId, session] of running) {
      let answered = false;
      const answer = (): void => {
        if (answered) return;
        answered = true;
        cancel();
        session.owes.delete(invalidation.id);
        if (--open === 0 && this.context.rules['F3 wait for front-ends']) done();
      };
      // The session is not renewed while it owes, so this is its end.
      const cancel = this.context.after(session.until - now, answer);
      session.owes.set(invalidation.id, answer);
      this.context.ports.network.invalidate(frontEndId, session.address, invalidation);
    }
  }

  /** Forgets sessions that are over. */
  trim(): void {
    const now = this.context.now();
    for (const [frontEndId, session] of this.#sessions) {
      if (session.until <= now && session.owes.size === 0) this.#sessions.delete(frontEndId);
    }
  }

  list(): { frontEndId: string; remainingMs: number; owes: number }[] {
    const now = this.context.now();
    return [...this.#sessions]
      .filter(([, session]) => session.until > now)
      .map(([frontEndId, { until, owes }]) => ({ frontEndId, remainingMs: until - now, owes: owes.size }));
  }
}
