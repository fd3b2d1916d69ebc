import { type Context } from './context.js';
import { holdChanges } from './holds.js';
import { touchesTitles } from './invalidation.js';
import { invariant } from './invariant.js';
import { entriesBelow, fold, unfolded } from './book-fold.js';
import { createdBy, keysGivenBy, leavesIdsOut } from './ledger.js';
import { type NamedPending } from './messages.js';
import { OrderClock } from './order-clock.js';
import { Lineage, takesByMergesOnly } from './reachable/lineage.js';
import { repaired } from './round-limit.js';
import {
  CATALOGUE,
  type Ballot,
  type Book,
  type BookId,
  type Entry,
  type MonotonicMs,
  type Pending,
  type StoredRecord,
} from './types.js';

/** Most records kept in memory beyond those in use. */
const MAX_LOADED = 50_000;
/** Most entries in one message; a peer that lacks more asks again. */
export const ENTRIES_PER_MESSAGE = 64;

/** What a replica durably knows of one record, as loaded. Written through `Records` only. */
export interface RecordState {
  readonly bookId: BookId;
  /** -1: not heard of, or heard of only by its number. */
  readonly committed: number;
  /** Number of the last entry that changed the book. */
  readonly version: number;
  readonly book: Book | null;
  readonly promised: Ballot | null;
  readonly pending: Pending | null;
}

type Loaded = { -readonly [K in keyof RecordState]: RecordState[K] };

/** The durable state of all records: loaded when needed, every change written through the store at once. */
export class Records {
  readonly #loaded = new Map<BookId, Loaded>();
  readonly #lineage: Lineage;
  /** Every record that holds a pending entry, and since when; known from the start, for grants name them (R4). */
  readonly pendingSince = new Map<BookId, MonotonicMs>();
  /** Has seen the ids of all orders that are accepted or committed here. */
  readonly orderClock = new OrderClock();

  constructor(private readonly context: Context) {
    this.#lineage = new Lineage(context);
    const { store } = context.ports;
    this.orderClock.saw(store.lastOrderId() ?? '');
    for (const bookId of store.pendingIds()) {
      this.pendingSince.set(bookId, context.now());
      const { pending } = this.get(bookId);
      if (pending !== null) this.orderClock.sawEntry(pending.entry);
    }
  }

  get(bookId: BookId): RecordState {
    const known = this.#loaded.get(bookId);
    if (known !== undefined) return known;
    const loaded: Loaded = { bookId, ...this.#load(bookId) };
    this.#loaded.set(bookId, loaded);
    return loaded;
  }

  #load(bookId: BookId): StoredRecord {
    const { store, clock } = this.context.ports;
    const stored = store.record(bookId);
    if (stored === undefined)
      return { committed: -1, version: -1, book: null, promised: null, pending: null };
    const { promised, pending } = stored;
    const now = clock.wallClockMs();
    return {
      ...stored,
      promised: promised && repaired(promised, now),
      pending: pending && { ...pending, ballot: repaired(pending.ballot, now) },
    };
  }

  exists(bookId: BookId): boolean {
    return this.get(bookId).committed >= 0;
  }

  /** Ledger entries above `committed`, a message full at most. */
  newerThan(record: RecordState, committed: number): Entry[] {
    if (record.committed <= committed) return [];
    return this.context.ports.store.entries(record.bookId, committed + 1, ENTRIES_PER_MESSAGE);
  }

  /** All that is held pending at this moment, as grants and answers to a catch-up name it (R4, C1). */
  allPending(): NamedPending[] {
    return [...this.pendingSince.keys()].flatMap((bookId): NamedPending[] => {
      const { pending } = this.get(bookId);
      if (pending === null) return [];
      const { entry, ballot } = pending;
      return [[bookId, entry.sequenceNumber, ballot, touchesTitles(bookId, entry)]];
    });
  }

  promise(record: RecordState, ballot: Ballot): void {
    (record as Loaded).promised = ballot;
    this.context.promises(ballot.round);
    this.context.ports.store.savePromised(record.bookId, ballot);
  }

  accept(record: RecordState, ballot: Ballot, entry: Entry): void {
    invariant(entry.sequenceNumber <= record.committed + 1, () => 'nothing is accepted above a gap');
    const loaded = record as Loaded;
    loaded.promised = ballot;
    this.context.promises(ballot.round);
    loaded.pending = { ballot, entry };
    this.orderClock.sawEntry(entry);
    this.pendingSince.set(record.bookId, this.context.now());
    this.context.ports.store.savePending(record.bookId, ballot, loaded.pending);
  }

  /** An entry that no coordinator builds, and that would do lasting harm. */
  isForged(bookId: BookId, entry: Entry): boolean {
    return bookId === CATALOGUE && leavesIdsOut(entry, this.context.ports.store.nextBookId());
  }

  /** Whether an entry is the next after what is here (S1). */
  follows(record: RecordState, entry: Entry): boolean {
    return entry.sequenceNumber === record.committed + 1 && this.#lineage.continues(record, entry);
  }

  /** That of those operations, made under `origin`. */
  nextEntry(record: RecordState, origin: Ballot, decided: Entry['decided']): Entry {
    return { sequenceNumber: record.committed + 1, origin, ...this.#lineage.named(record), decided };
  }

  /** Takes over those committed entries that follow what this replica has. One that is alone has them all, but for the beginnings of books (S1). */
  learn(bookId: BookId, entries: readonly Entry[]): void {
    const mayPart = takesByMergesOnly(this.context) && this.exists(bookId);
    if (!mayPart) this.takeOver(bookId, entries);
  }

  takeOver(bookId: BookId, entries: readonly Entry[]): void {
    const record = this.get(bookId);
    let learned = false;
    for (const entry of entries) {
      if (!this.follows(record, entry) || this.isForged(bookId, entry)) continue;
      this.commit(record, entry);
      learned = true;
    }
    if (learned) this.context.leave({ kind: 'changed', bookId });
  }

  /** `entry` is known to be committed and follows the record. */
  commit(record: RecordState, entry: Entry): void {
    const { bookId, committed } = record;
    const { sequenceNumber } = entry;
    invariant(
      sequenceNumber === committed + 1,
      () => `entry ${sequenceNumber} follows ${committed} of book ${bookId}`,
    );
    const loaded = record as Loaded;
    const { book, version } = fold(bookId, record, entry);
    if (bookId === CATALOGUE) this.#giveOut(entry);
    this.context.ports.store.commit(record.bookId, entry, book);
    loaded.committed = entry.sequenceNumber;
    loaded.version = version;
    loaded.book = book;
    this.#lineage.committed(record, entry);
    this.orderClock.sawEntry(entry);
    if (loaded.pending !== null && loaded.pending.entry.sequenceNumber <= loaded.committed) {
      loaded.pending = null;
      this.pendingSince.delete(record.bookId);
    }
    this.#tellFollowers(bookId, entry);
  }

  #tellFollowers(bookId: BookId, entry: Entry): void {
    for (const change of holdChanges(bookId, entry)) {
      if (change.kind !== 'ended') continue;
      const { otherBooks = [] } = this.context.ports.store.hold(change.holdId) ?? {};
      if (otherBooks.length > 0) this.context.leave({ kind: 'decided', followers: otherBooks });
    }
  }

  /** For a merge (`reachable`): its entries from `from` up are taken back and returned. It stands here because nothing else writes records. */
  rollback(bookId: BookId, from: number): Entry[] {
    const { store } = this.context.ports;
    let folded = unfolded(bookId);
    for (const entry of entriesBelow(store, bookId, from)) folded = fold(bookId, folded, entry);
    const taken = store.rollback(bookId, from, folded.book, folded.version);
    this.#loaded.delete(bookId);
    this.pendingSince.delete(bookId);
    return taken;
  }

  /** The books that an entry of record 0 creates come into being with its commit; so do the keys that it gives out. */
  #giveOut(entry: Entry): void {
    const { store } = this.context.ports;
    let nextBookId = store.nextBookId();
    for (const { bookId, genesis, book } of createdBy(entry)) {
      nextBookId = Math.max(nextBookId, bookId + 1);
      if (this.exists(bookId)) continue;
      store.create(bookId, genesis, book);
      const loaded = this.get(bookId) as Loaded;
      loaded.committed = 0;
      loaded.version = 0;
      loaded.book = book;
    }
    store.saveNextBookId(nextBookId);
    for (const [key, held] of keysGivenBy(entry)) store.saveKey(key, held);
  }

  /** All state here is in the store too, so any record may go; the oldest loaded is the simplest choice. Called between turns. */
  trim(): void {
    if (this.#loaded.size <= MAX_LOADED) return;
    for (const bookId of this.#loaded.keys()) {
      this.#loaded.delete(bookId);
      if (this.#loaded.size <= MAX_LOADED / 2) return;
    }
  }
}
