import { type Context } from './context.js';
import { type HeldLeases } from './leases.js';
import { type Marks } from './marks.js';
import { type PeerMessage } from './messages.js';
import { type Peers } from './peers.js';
import { type Records } from './records.js';
import { type BookId, type Change, type Entry, type MonotonicMs, type ReplicaId } from './types.js';

type Message<K extends PeerMessage['kind']> = Extract<PeerMessage, { kind: K }>;

/** Bounds of one page of changes. */
const CHANGES_PER_PAGE = 256;
const OPERATIONS_PER_PAGE = 512;
/** So many changes of a peer may have come here by its commits before the cursor is moved on: a start has to go through them again. */
const BEHIND = 64;

/** Called before each entry of the other side is taken over; false: it is passed over. */
export type Reconcile = (bookId: BookId, entry: Entry) => boolean;

interface Attempt {
  readonly askedAt: MonotonicMs;
  heardAt: MonotonicMs;
  /** Whom it asked, by the request that is open. */
  readonly open: Map<number, ReplicaId>;
  readonly answered: Set<ReplicaId>;
  /** Where two sides of a split differ, decides whether the peer's entry is taken over. */
  readonly reconcile: Reconcile | null;
}

/**
 * C1: a replica that comes back, or whose majority lease lapsed, asks those whose leases it holds what they committed since the
 * number it last saw from each. A new identity asks all others before it votes (C3).
 */
export class CatchUp {
  #attempt: Attempt | null = null;
  /** What was asked before does not count. */
  #since: MonotonicMs = -Infinity;
  #merged: () => void = () => undefined;
  /** Others that have learned this identity, and named what they hold pending, since it is new (C3). */
  readonly #introduced = new Set<ReplicaId>();

  constructor(
    private readonly context: Context,
    private readonly records: Records,
    private readonly marks: Marks,
    private readonly leases: HeldLeases,
    private readonly peers: Peers,
  ) {}

  /** A new identity begins anew with all others. */
  reset(): void {
    this.#attempt = null;
    this.#introduced.clear();
  }

  /** Whatever was asked for up to now is asked for again. */
  again(): void {
    this.#since = this.context.now();
  }

  /** Caught up with what was asked since `again`. */
  done(): boolean {
    return this.marks.ready() && this.marks.base >= this.#since;
  }

  introduced(peer: ReplicaId): void {
    this.#introduced.add(peer);
  }

  /** Called each quarter of a lease, and whenever a lease was granted. */
  tick(): void {
    const attempt = this.#attempt;
    if (attempt !== null && this.context.now() - attempt.heardAt < this.context.leaseMs) return;
    this.#attempt = null;
    const needed = !this.done() || this.#cursorsLag() || this.leases.someBeganAfter(this.marks.base);
    if (needed) this.#start();
  }

  /** Looked at while nothing is being written: it can wait. */
  #cursorsLag(): boolean {
    if (this.records.pendingSince.size > 0) return false;
    const { store } = this.context.ports;
    return this.peers.all.some(
      ({ replicaId, life }) =>
        replicaId !== null && life !== null && life.lastChange - store.cursor(replicaId) > BEHIND,
    );
  }

  answer(from: ReplicaId, { requestId, since }: Message<'catch-up'>): void {
    const { store } = this.context.ports;
    const next = store.changes(since, CHANGES_PER_PAGE);
    const changes = withinPage(next);
    const done = next.length < CHANGES_PER_PAGE && changes.length === next.length;
    const upTo = done ? store.lastChange() : (changes.at(-1)?.change ?? since);
    const reply = (): void => this.peers.reply(from, { kind: 'caught up', requestId, changes, upTo, done });
    // Change numbers given out since the last sync would be given out again after a crash.
    if (this.context.rules['C1 answer after sync']) this.context.afterSync(reply);
    else reply();
  }

  answered({ requestId, changes, upTo, done }: Message<'caught up'>): void {
    const attempt = this.#attempt;
    const peer = attempt?.open.get(requestId);
    if (attempt === null || peer === undefined) return;
    attempt.open.delete(requestId);
    attempt.heardAt = this.context.now();
    if (!this.#takeOver(peer, changes, attempt.reconcile)) return;
    if (upTo > this.context.ports.store.cursor(peer)) this.context.ports.store.saveCursor(peer, upTo);
    if (!done) return this.#ask(attempt, peer);
    attempt.answered.add(peer);
    this.#conclude(attempt);
  }

  #start(): void {
    const whom = this.#whom();
    if (whom === null) return;
    const now = this.context.now();
    const attempt: Attempt = {
      askedAt: now,
      heardAt: now,
      open: new Map(),
      answered: new Set(),
      reconcile: null,
    };
    this.#attempt = attempt;
    for (const peer of whom) this.#ask(attempt, peer);
    this.#conclude(attempt);
  }

  /** `reachable`: takes the other side of a split over, all that it committed since this replica last caught up with it. */
  merge(peer: ReplicaId, reconcile: Reconcile, done: () => void): void {
    const now = this.context.now();
    if (this.#attempt !== null && now - this.#attempt.heardAt < this.context.leaseMs) return;
    this.#merged = done;
    this.#attempt = { askedAt: now, heardAt: now, open: new Map(), answered: new Set(), reconcile };
    this.#ask(this.#attempt, peer);
  }

  /** Null: too few to ask yet. */
  #whom(): ReplicaId[] | null {
    const all = this.peers.all.flatMap(({ replicaId }) => (replicaId === null ? [] : [replicaId]));
    if (!this.context.identity.joined) {
      const introduced = all.filter((peer) => this.#introduced.has(peer));
      return introduced.length === this.peers.all.length ? introduced : null;
    }
    const granters = this.context.rules['C1 ask lease holders'] ? this.leases.granters() : all;
    return granters.length + 1 < this.context.majority ? null : granters;
  }

  #ask(attempt: Attempt, peer: ReplicaId): void {
    const requestId = this.context.nextRequestId();
    attempt.open.set(requestId, peer);
    this.peers.reply(peer, { kind: 'catch-up', requestId, since: this.context.ports.store.cursor(peer) });
  }

  /** False: an entry is missing in between (its beginning came to the peer by another way): it is asked for, and then all again. */
  #takeOver(peer: ReplicaId, changes: readonly Change[], reconcile: Reconcile | null): boolean {
    for (const { bookId, entry } of changes) {
      if (reconcile !== null && !reconcile(bookId, entry)) continue;
      const { committed } = this.records.get(bookId);
      if (entry.sequenceNumber > committed + 1) {
        this.peers.reply(peer, { kind: 'fetch', bookId, committed });
        return false;
      }
      this.records.learn(bookId, [entry]);
    }
    return true;
  }

  #conclude(attempt: Attempt): void {
    if (attempt.reconcile !== null) {
      this.#attempt = null;
      return this.context.afterSync(this.#merged);
    }
    if (!this.context.identity.joined) return this.#join(attempt);
    if (attempt.answered.size + 1 < this.context.majority) return;
    const afterLeases =
      this.leases.majoritySince(attempt.askedAt) || !this.context.rules['C1 after leases began'];
    if (afterLeases && attempt.askedAt > this.marks.base) this.marks.rebase(attempt.askedAt);
    if (attempt.open.size === 0) this.#attempt = null;
  }

  /** C3: all others know this identity, so what the lost disk promised counts nowhere, and what it accepted is known here. */
  #join(attempt: Attempt): void {
    if (attempt.answered.size < this.peers.all.length) return;
    this.#attempt = null;
    for (const [bookId, { number }] of this.marks.barred()) {
      if (this.records.get(bookId).committed < number) return;
    }
    this.context.identity = { ...this.context.identity, joined: true };
    this.context.ports.store.saveIdentity(this.context.identity);
  }
}

function withinPage(changes: Change[]): Change[] {
  let operations = 0;
  const end = changes.findIndex(({ entry }) => (operations += entry.decided.length) > OPERATIONS_PER_PAGE);
  return end < 0 ? changes : changes.slice(0, Math.max(1, end));
}
