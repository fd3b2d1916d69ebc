import { LONG_AGO } from '../clocks.js';
import { type Context } from './context.js';
import { type Identities } from './identities.js';
import { type HeldLeases } from './leases.js';
import { type Marks } from './marks.js';
import { type Elder, type PeerMessage } from './messages.js';
import { PATIENCE_LEASES } from './patience.js';
import { type Peers } from './peers.js';
import { type Records } from './records.js';
import { takesByMergesOnly } from './reachable/lineage.js';
import { type BookId, type Change, type Entry, type MonotonicMs, type ReplicaId } from './types.js';

type Message<K extends PeerMessage['kind']> = Extract<PeerMessage, { kind: K }>;

/** Bounds of one page of changes: an entry that creates books may have hundreds of operations, so few are loaded at a time. */
const CHANGES_PER_PAGE = 256;
const OPERATIONS_PER_PAGE = 512;
const CHANGES_AT_A_TIME = 8;
/** So many pages of names are as soon made and gone through as one of entries. */
const NAMES_PER_CHANGE = 4;

/** Called before each entry of the other side is taken over; false: it is passed over. */
export type Reconcile = (bookId: BookId, entry: Entry) => boolean;

interface Attempt {
  readonly askedAt: MonotonicMs;
  heardAt: MonotonicMs;
  /** Whom it asked, by the request that is open. */
  readonly open: Map<number, ReplicaId>;
  readonly answered: Map<ReplicaId, Elder | null>;
  /** Where two sides of a split differ, decides whether the peer's entry is taken over. */
  readonly reconcile: Reconcile | null;
  /** Of a new identity, as soon as enough have answered: by book, the number that has to be committed before it joins (C3). */
  left: Map<BookId, number> | null;
}

/**
 * C1: a replica that comes back, or whose majority lease lapsed, asks those whose leases it holds what they committed since the
 * number it last saw from each. A new identity asks all others that know it, before it votes (C3).
 */
export class CatchUp {
  #attempt: Attempt | null = null;
  /** What was asked before does not count. */
  #since = LONG_AGO;
  #merged: () => void = () => undefined;
  readonly #perPage: number;

  constructor(
    private readonly context: Context,
    private readonly records: Records,
    private readonly marks: Marks,
    private readonly leases: HeldLeases,
    private readonly peers: Peers,
    private readonly identities: Identities,
  ) {
    this.#perPage = context.options.changesPerPage ?? CHANGES_PER_PAGE;
  }

  /** A new identity begins anew with all others. */
  reset(): void {
    this.#attempt = null;
  }

  /** What is under way does not count: with the other side of a split this replica has parted, or come together. */
  stop(): void {
    this.#attempt = null;
  }

  /** Whatever was asked for up to now is asked for again. */
  again(): void {
    this.#since = this.context.now();
  }

  /** Caught up with what was asked since `again`. */
  done(): boolean {
    return this.marks.ready() && this.marks.base >= this.#since;
  }

  /** Called each quarter of a lease, and whenever a lease was granted. */
  tick(): void {
    const attempt = this.#attempt;
    if (attempt !== null && attempt.left !== null) this.#join(attempt);
    if (this.#attempt !== null && !this.#isOverdue(this.#attempt)) return;
    this.#attempt = null;
    if (!this.done() || this.leases.someBeganAfter(this.marks.base)) this.#start(false);
    else if (this.#cursorsLag()) this.#start(true);
  }

  /** What is pending is brought to an end within some leases (C2), if it is still there. */
  #isOverdue({ heardAt, left }: Attempt): boolean {
    const leases = left === null ? 1 : 2 * PATIENCE_LEASES;
    return this.context.now() - heardAt >= leases * this.context.leaseMs;
  }

  /**
   * Whether many changes of a peer have come here by its commits since the cursor was last moved: whoever catches up has to go through them
   * again. While something is being written it can wait, but not for ever: leases that lapse under load have to be made good at once.
   */
  #cursorsLag(): boolean {
    const { store } = this.context.ports;
    const writing = this.records.pendingSince.size > 0;
    const most = writing ? this.#perPage * NAMES_PER_CHANGE : this.#perPage / 4;
    return this.peers.all.some(
      ({ replicaId, life }) =>
        replicaId !== null && life !== null && life.lastChange - store.cursor(replicaId) > most,
    );
  }

  /**
   * Whatever this replica has ever accepted is among its changes, or named as pending of that same moment. What it had committed in memory
   * only, it holds pending again when it comes back from a crash; the grant by which the asker's lease began may be older than that crash.
   */
  answer(from: ReplicaId, { requestId, since, byName, joining }: Message<'catch-up'>): void {
    const page = byName ? this.#named(since) : this.#withEntries(since);
    const upTo = page.done ? this.context.ports.store.lastChange() : (page.changes.at(-1)?.change ?? since);
    const pending = page.done && this.context.rules['C1 name pending'] ? this.records.allPending() : [];
    const elder = page.done && joining ? { elder: this.identities.answerAsElder(from) } : {};
    const reply = (): void => this.peers.reply(from, { ...page, requestId, upTo, pending, ...elder });
    // Change numbers given out since the last sync would be given out again after a crash.
    if (this.context.rules['C1 answer after sync']) this.context.afterSync(reply);
    else reply();
  }

  answered({ requestId, changes, upTo, done, elder }: Message<'caught up'>): void {
    const asked = this.#asked(requestId);
    if (asked === null) return;
    const { attempt, peer } = asked;
    const known = changes.every(({ bookId, entry }) => this.#has(bookId, entry.sequenceNumber));
    if (!this.#takeOver(peer, changes, attempt.reconcile)) return;
    this.#saveCursor(peer, upTo);
    // Whoever had all of these most likely has most of the others too; of what the other side of a split has, only entries tell.
    if (!done) return this.#ask(attempt, peer, known && attempt.reconcile === null);
    attempt.answered.set(peer, elder ?? null);
    this.#conclude(attempt);
  }

  named({ requestId, changes, upTo, done, elder }: Message<'changes named'>): void {
    const asked = this.#asked(requestId);
    if (asked === null) return;
    const { attempt, peer } = asked;
    const missing = changes.findIndex(({ bookId, sequenceNumber }) => !this.#has(bookId, sequenceNumber));
    if (missing >= 0) {
      this.#saveCursor(peer, changes[missing - 1]?.change ?? 0);
      return this.#ask(attempt, peer, false);
    }
    this.#saveCursor(peer, upTo);
    if (!done) return this.#ask(attempt, peer, true);
    attempt.answered.set(peer, elder ?? null);
    this.#conclude(attempt);
  }

  #named(since: number): Pick<Message<'changes named'>, 'kind' | 'changes' | 'done'> {
    const most = this.#perPage * NAMES_PER_CHANGE;
    const changes = this.context.ports.store.namedChanges(since, most);
    return { kind: 'changes named', changes, done: changes.length < most };
  }

  #withEntries(since: number): Pick<Message<'caught up'>, 'kind' | 'changes' | 'done'> {
    const changes: Change[] = [];
    let operations = 0;
    for (;;) {
      const next = this.context.ports.store.changes(changes.at(-1)?.change ?? since, CHANGES_AT_A_TIME);
      for (const change of next) {
        operations += change.entry.decided.length;
        const full = changes.length === this.#perPage || operations > OPERATIONS_PER_PAGE;
        if (full && changes.length > 0) return { kind: 'caught up', changes, done: false };
        changes.push(change);
      }
      if (next.length < CHANGES_AT_A_TIME) return { kind: 'caught up', changes, done: true };
    }
  }

  /** Null: that was not asked for, or not any more. */
  #asked(requestId: number): { attempt: Attempt; peer: ReplicaId } | null {
    const attempt = this.#attempt;
    const peer = attempt?.open.get(requestId);
    if (attempt === null || peer === undefined) return null;
    attempt.open.delete(requestId);
    attempt.heardAt = this.context.now();
    return { attempt, peer };
  }

  #has(bookId: BookId, sequenceNumber: number): boolean {
    return this.records.get(bookId).committed >= sequenceNumber;
  }

  #saveCursor(peer: ReplicaId, change: number): void {
    const { store } = this.context.ports;
    if (change > store.cursor(peer)) store.saveCursor(peer, change);
  }

  #start(byName: boolean): void {
    const whom = this.#whom();
    if (whom === null) return;
    const now = this.context.now();
    if (!this.context.identity.joined) this.marks.forgetBars();
    const attempt: Attempt = {
      askedAt: now,
      heardAt: now,
      open: new Map(),
      answered: new Map(),
      left: null,
      reconcile: null,
    };
    this.#attempt = attempt;
    for (const peer of whom) this.#ask(attempt, peer, byName);
    this.#conclude(attempt);
  }

  /** `reachable`: takes the other side of a split over, all that it committed since this replica last caught up with it. */
  merge(peer: ReplicaId, reconcile: Reconcile, done: () => void): void {
    const now = this.context.now();
    if (this.#attempt !== null && now - this.#attempt.heardAt < this.context.leaseMs) return;
    this.#merged = done;
    this.#attempt = {
      askedAt: now,
      heardAt: now,
      open: new Map(),
      answered: new Map(),
      left: null,
      reconcile,
    };
    this.#ask(this.#attempt, peer, false);
  }

  /** Null: too few to ask yet. */
  #whom(): ReplicaId[] | null {
    if (!this.context.identity.joined) return this.identities.introduced();
    if (takesByMergesOnly(this.context)) return [];
    const granters = this.leases.granters();
    return this.context.isQuorumWith(granters.length) ? granters : null;
  }

  /** `byName`: the next changes are most likely here already. */
  #ask(attempt: Attempt, peer: ReplicaId, byName: boolean): void {
    const requestId = this.context.nextRequestId();
    const since = this.context.ports.store.cursor(peer);
    attempt.open.set(requestId, peer);
    const joining = this.context.identity.joined ? {} : { joining: true as const };
    this.peers.reply(peer, { kind: 'catch-up', requestId, since, byName, ...joining });
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
      this.records.takeOver(bookId, [entry]);
    }
    return true;
  }

  #conclude(attempt: Attempt): void {
    if (attempt.reconcile !== null) {
      this.#attempt = null;
      return this.context.afterSync(this.#merged);
    }
    if (!this.context.identity.joined) return this.#join(attempt);
    if (!this.context.isQuorumWith(attempt.answered.size)) return;
    if (attempt.askedAt > this.marks.base) this.marks.rebase(attempt.askedAt);
    if (attempt.open.size === 0) this.#attempt = null;
  }

  #join(attempt: Attempt): void {
    const { answered, open } = attempt;
    if (!this.identities.mayLearnFrom(answered)) {
      if (open.size === 0) this.#attempt = null;
      return;
    }
    const bars = this.identities.waitsForPending(answered) ? [...this.marks.barred()] : [];
    attempt.left ??= new Map(bars.map(([bookId, { number }]) => [bookId, number]));
    for (const [bookId, number] of attempt.left) {
      if (this.#has(bookId, number)) attempt.left.delete(bookId);
    }
    if (attempt.left.size > 0) return;
    this.#attempt = null;
    this.identities.join(answered);
  }
}
