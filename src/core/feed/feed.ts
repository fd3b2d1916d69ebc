import { type ReplicaStore } from '../replication/ports.js';
import { type BookId, CATALOGUE, type Change, type OperationId } from '../replication/types.js';
import { type FeedCursor, type ReplicaTag, tagOf } from './feed-cursor.js';
import { type BookChange, changesIn, creationOf } from './told-changes.js';

/** Entries that one page looks through at most: those in which all was refused tell nothing. */
export const MOST_LOOKED_THROUGH = 2_000;
/** Events in one page at most, but for those of its first change. */
export const MOST_EVENTS = 2_000;
const READ_AT_A_TIME = 64;
/** Looks at how far this replica has read its peers that are remembered. */
const MOST_LOOKS = 64;

export interface FeedStore extends Pick<
  ReplicaStore,
  'changes' | 'lastChange' | 'cursor' | 'entries' | 'hold'
> {
  /** The change number of the entry that holds an operation. */
  changeOf(operationId: OperationId): number | undefined;
}

/** Who tells: all of this may be another with each page. */
export interface Teller {
  readonly replicaId: string;
  /** Of its life: what was looked at in the one before may have been lost with it. */
  readonly startNumber: number;
  readonly position: number;
  readonly peerIds: readonly string[];
  /** The last of its commits that may be told. They are safe on disk, or a crash would give their numbers to others; and never taken back. */
  readonly upTo: number;
}

export interface FeedPage {
  /** Each with the cursor by which the feed goes on behind it. */
  readonly items: readonly { readonly change: BookChange; readonly cursor: FeedCursor }[];
  readonly next: FeedCursor;
  /** There is more to be told at once. */
  readonly more: boolean;
}

export type FeedAnswer =
  | { readonly kind: 'page'; readonly page: FeedPage }
  /** Of another bookstore, or from ahead of this replica's own commits. */
  | { readonly kind: 'cursor unknown' }
  /** The cursor says nothing of this replica, which would begin at the beginning; one that it names would not. */
  | { readonly kind: 'elsewhere' }
  /** There is no ledger yet. */
  | { readonly kind: 'empty' };

interface Look {
  readonly lastChange: number;
  /** Every commit of that peer, up to that number, was in this replica's ledger at `lastChange`. */
  readonly read: ReadonlyMap<ReplicaTag, number>;
}

/**
 * One replica's telling of all that was committed, from its own ledgers in the order of its own commits, so in order per book. At least
 * once: the cursor says of each replica up to where all was told (C1's cursors say what a replica has of another's), so whichever tells
 * next begins before all that was not.
 */
export class Feed {
  #ledger: ReplicaTag | null = null;
  /** The newest last. */
  readonly #looks: Look[] = [];
  #startNumber = -1;

  constructor(private readonly store: FeedStore) {}

  /** `since`: null: from the beginning; `now`: only what comes. `anyway`: this replica tells, however much of it again. */
  page(since: FeedCursor | null | 'now', limit: number, anyway: boolean, teller: Teller): FeedAnswer {
    const ledger = this.#ledgerTag();
    if (ledger === null) return { kind: 'empty' };
    this.#look(teller);
    const own = tagOf(teller.replicaId);
    const begun = since === 'now' ? this.#end(ledger, own, teller) : since;
    if (begun === null) return { kind: 'page', page: this.#tell(own, ledger, null, limit, teller) };
    if (begun.ledger !== ledger) return { kind: 'cursor unknown' };
    const from = begun.told.get(own);
    if (from === undefined && !anyway) return { kind: 'elsewhere' };
    // Nothing from there was ever told: what is told is safe on disk.
    if (from !== undefined && from > this.store.lastChange()) return { kind: 'cursor unknown' };
    return { kind: 'page', page: this.#tell(own, ledger, begun, limit, teller) };
  }

  /** All of this replica's commits up to that number were told. Null: there is no ledger yet. */
  cursorAt(change: number, teller: Teller): FeedCursor | null {
    const ledger = this.#ledgerTag();
    const maker = tagOf(teller.replicaId);
    const told = new Map([[maker, change]]);
    return ledger === null ? null : { ledger, maker, position: teller.position, skipped: 0, told };
  }

  /** How many entries of this replica lie behind a cursor, those with nothing to tell included. */
  behind(cursor: FeedCursor | null, teller: Teller): number {
    return Math.max(0, teller.upTo - (cursor?.told.get(tagOf(teller.replicaId)) ?? 0));
  }

  #tell(
    own: ReplicaTag,
    ledger: ReplicaTag,
    since: FeedCursor | null,
    limit: number,
    teller: Teller,
  ): FeedPage {
    const known = since?.told ?? NOTHING;
    const from = known.get(own) ?? 0;
    const skip = since?.maker === own ? since.skipped : 0;
    const cursorAt = (change: number, skipped: number): FeedCursor => {
      const told = this.#toldUpTo(own, change, known);
      return { ledger, maker: own, position: teller.position, skipped, told };
    };
    const items: { change: BookChange; cursor: FeedCursor }[] = [];
    let events = 0;
    let next = cursorAt(from, skip);
    let last = from;
    for (const entry of this.#entries(from, teller.upTo)) {
      const changes = this.#changesOf(entry);
      const first = entry.change === from + 1 ? Math.min(skip, changes.length) : 0;
      for (const [at, change] of changes.slice(first).entries()) {
        events += change.events.length;
        if (items.length === limit || (items.length > 0 && events > MOST_EVENTS))
          return { items, next, more: true };
        next = cursorAt(entry.change - 1, first + at + 1);
        items.push({ change, cursor: next });
      }
      next = cursorAt(entry.change, 0);
      const whole = items.at(-1);
      if (whole !== undefined && changes.length > first) whole.cursor = next;
      last = entry.change;
    }
    return { items, next, more: last < teller.upTo && last > from };
  }

  #toldUpTo(
    own: ReplicaTag,
    change: number,
    known: ReadonlyMap<ReplicaTag, number>,
  ): ReadonlyMap<ReplicaTag, number> {
    // Those of today first: a cursor has room for so many.
    const told = new Map([[own, Math.max(change, known.get(own) ?? 0)]]);
    for (const [tag, read] of this.#readBy(change)) told.set(tag, Math.max(read, known.get(tag) ?? 0));
    for (const [tag, read] of known) if (!told.has(tag)) told.set(tag, read);
    return told;
  }

  *#entries(since: number, upTo: number): Generator<Change> {
    let last = since;
    for (let looked = 0; looked < MOST_LOOKED_THROUGH && last < upTo;) {
      const read = this.store.changes(last, READ_AT_A_TIME);
      for (const change of read) {
        if (change.change > upTo) return;
        yield change;
      }
      looked += read.length;
      if (read.length < READ_AT_A_TIME) return;
      last = read.at(-1)?.change ?? upTo;
    }
  }

  #changesOf({ change, bookId, entry }: Change): BookChange[] {
    const changes = changesIn(bookId, entry, (holdId) => this.store.hold(holdId));
    return entry.sequenceNumber === 1 && bookId !== CATALOGUE
      ? [...this.#lateCreation(bookId, change), ...changes]
      : changes;
  }

  /** A book's first entry may have come here before its creation did, by another way: the creation is told before it as well. */
  #lateCreation(bookId: BookId, before: number): BookChange[] {
    const begun = this.store.entries(bookId, 0, 1)[0]?.decided[0];
    if (begun?.operation.kind !== 'create') return [];
    const toldAt = this.store.changeOf(begun.operation.operationId) ?? Infinity;
    return toldAt < before ? [] : [creationOf(bookId, begun.operation.book)];
  }

  /** The newest look at what this replica had read of its peers when it had made that change itself. */
  #readBy(change: number): ReadonlyMap<ReplicaTag, number> {
    return this.#looks.findLast(({ lastChange }) => lastChange <= change)?.read ?? NOTHING;
  }

  #look({ peerIds, startNumber }: Teller): void {
    if (startNumber !== this.#startNumber) this.#looks.length = 0;
    this.#startNumber = startNumber;
    const lastChange = this.store.lastChange();
    const read = new Map(peerIds.map((peerId) => [tagOf(peerId), this.store.cursor(peerId)]));
    if (this.#looks.at(-1)?.lastChange === lastChange) this.#looks.pop();
    this.#looks.push({ lastChange, read });
    if (this.#looks.length > MOST_LOOKS) this.#looks.shift();
  }

  #end(ledger: ReplicaTag, own: ReplicaTag, { position, upTo }: Teller): FeedCursor {
    const told = new Map([...this.#readBy(upTo), [own, upTo] as const]);
    return { ledger, maker: own, position, skipped: 0, told };
  }

  /** What tells this bookstore's ledgers from every other's: who decided the first entry of record 0. */
  #ledgerTag(): ReplicaTag | null {
    const origin = this.store.entries(CATALOGUE, 1, 1)[0]?.origin;
    if (origin !== undefined) this.#ledger ??= tagOf(origin.replicaId);
    return this.#ledger;
  }
}

const NOTHING: ReadonlyMap<ReplicaTag, number> = new Map();
