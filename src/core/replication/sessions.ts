import { LONG_AGO, earliest, later, latest } from '../clocks.js';
import { type SessionGrant } from './api.js';
import { type Context } from './context.js';
import { Interests } from './interests.js';
import { concernsLookUpsOnly, type Effect, type Invalidation } from './invalidation.js';
import { type HeldLeases } from './leases.js';
import { type Identity, type Network } from './ports.js';
import { type BookId, type MonotonicMs } from './types.js';

/** Most front-ends that may cache what this replica answers. */
const MAX_FRONT_ENDS = 1_000;

interface Owed {
  /** Until when a session could be granted when the answer was asked for. */
  readonly latestEnd: MonotonicMs;
  readonly answer: () => void;
}

interface Session {
  readonly address: string;
  until: MonotonicMs;
  /** Invalidations it has not answered. */
  readonly owes: Map<string, Owed>;
  /** They end with the session: what hung from it is gone (F2). */
  readonly interests: Interests;
}

/** What of a replica sessions need; a catalog that shares its engine with others has the same (P5). */
export type SessionContext = Pick<Context, 'leaseMs' | 'rules' | 'now' | 'after'> & {
  readonly identity: Pick<Identity, 'replicaId' | 'startNumber' | 'joined'>;
  readonly ports: { readonly network: Pick<Network, 'invalidate'> };
};

/** The sessions that front-ends hold with this replica (F1), what they may hold (F5), and what they still have to forget (F3). */
export class Sessions {
  readonly #sessions = new Map<string, Session>();
  #invalidations = 0;
  #closed = false;

  constructor(
    private readonly context: SessionContext,
    private readonly leases: Pick<HeldLeases, 'majorityRemainingMs'>,
  ) {}

  /** F1: no longer than the own majority lease runs. F3: while answers are owed, no longer than it ran when they were asked for. */
  grant(frontEndId: string, address: string): SessionGrant | null {
    const { identity } = this.context;
    if (this.#closed) return null;
    const now = this.context.now();
    const known = this.#sessions.get(frontEndId);
    const running = known !== undefined && known.until > now ? known : undefined;
    if (running === undefined && this.#sessions.size >= MAX_FRONT_ENDS) return null;
    const end = earliest(this.#latestEnd(now), ...this.#endsWhileOwing(running));
    const durationMs = end - now;
    if (durationMs <= 0 || !identity.joined) return null;
    if (running !== undefined) running.until = latest(running.until, end);
    else
      this.#sessions.set(frontEndId, {
        address,
        until: end,
        owes: new Map(),
        interests: new Interests(),
      });
    return { replicaId: identity.replicaId, startNumber: identity.startNumber, durationMs };
  }

  #latestEnd(now: MonotonicMs): MonotonicMs {
    const { leaseMs, rules } = this.context;
    const remainingMs = rules['F1 within majority lease'] ? this.leases.majorityRemainingMs() : leaseMs;
    return later(now, Math.min(leaseMs, remainingMs));
  }

  /** Under many writes something is always owed. Who never answers gets ever shorter grants, and then none. */
  #endsWhileOwing(running: Session | undefined): MonotonicMs[] {
    if (running === undefined || !this.context.rules['F3 no longer while owing']) return [];
    return [...running.owes.values()].map(({ latestEnd }) => latestEnd);
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
    session.until = LONG_AGO;
    for (const id of [...session.owes.keys()]) this.invalidated(frontEndId, id);
    this.#sessions.delete(frontEndId);
  }

  invalidated(frontEndId: string, invalidationId: string): void {
    const owes = this.#sessions.get(frontEndId)?.owes;
    const owed = owes?.get(invalidationId);
    owes?.delete(invalidationId);
    owed?.answer();
  }

  /** F5: an answer about that book is made that the front-end may cache. */
  answered(frontEndId: string, bookId: BookId): void {
    if (!this.context.rules['F5 remember answers']) return;
    this.#sessions.get(frontEndId)?.interests.answered(bookId, this.#invalidations);
  }

  /** F3: `done` comes when every front-end that may hold what `effect` names has forgotten it, or its session has ended. */
  forget(effect: Effect, done: () => void): void {
    const { rules } = this.context;
    const now = this.context.now();
    const concerned = this.#concerned(effect, now);
    let open = concerned.length;
    if (open === 0 || !rules['F3 wait for front-ends']) done();
    const { replicaId, startNumber } = this.context.identity;
    const number = ++this.#invalidations;
    const latestEnd = this.#latestEnd(now);
    const invalidation: Invalidation = {
      id: `${replicaId}.${startNumber}.${number}`,
      ...effect,
    };
    for (const [frontEndId, session] of concerned) {
      let answered = false;
      const answer = (): void => {
        if (answered) return;
        answered = true;
        cancel();
        session.owes.delete(invalidation.id);
        const newerToo = !rules['F5 spare newer answers'];
        for (const bookId of effect.bookIds) session.interests.forgotten(bookId, number, newerToo);
        if (--open === 0 && rules['F3 wait for front-ends']) done();
      };
      let cancel: () => void;
      const lapsed = (): void => {
        const leftMs = session.until - this.context.now();
        if (leftMs <= 0 || !rules['F3 wait for renewed sessions']) answer();
        else cancel = this.context.after(leftMs, lapsed);
      };
      cancel = this.context.after(session.until - now, lapsed);
      session.owes.set(invalidation.id, { latestEnd, answer });
      this.context.ports.network.invalidate(frontEndId, session.address, invalidation);
    }
  }

  /** F5: of a write that only look-ups show, those that were told of the book; of all else every one. */
  #concerned(effect: Effect, now: MonotonicMs): [frontEndId: string, session: Session][] {
    const { rules } = this.context;
    const running = [...this.#sessions].filter(([, { until }]) => until > now);
    const narrow = concernsLookUpsOnly(effect) || !rules['F5 titles concern every session'];
    if (!narrow || !rules['F5 tell only those who were told']) return running;
    return running.filter(([, { interests }]) => effect.bookIds.some((bookId) => interests.has(bookId)));
  }

  /** Forgets sessions that are over. */
  trim(): void {
    const now = this.context.now();
    for (const [frontEndId, session] of this.#sessions) {
      if (session.until <= now && session.owes.size === 0) this.#sessions.delete(frontEndId);
    }
  }

  interestCount(): number {
    let count = 0;
    for (const { interests } of this.#sessions.values()) count += interests.size;
    return count;
  }

  list(): { frontEndId: string; remainingMs: number; owes: number }[] {
    const now = this.context.now();
    return [...this.#sessions]
      .filter(([, session]) => session.until > now)
      .map(([frontEndId, { until, owes }]) => ({ frontEndId, remainingMs: until - now, owes: owes.size }));
  }
}
