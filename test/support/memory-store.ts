import { catalogueKey } from '../../src/core/replication/catalogue-key.js';
import { type HoldChange, holdChanges } from '../../src/core/replication/holds.js';
import { changesBook } from '../../src/core/replication/book-fold.js';
import { type HeldKey, type SoldCopies } from '../../src/core/replication/ledger.js';
import { SHORTEST_WITH_TIME } from '../../src/core/replication/order-clock.js';
import { type Identity, type ReplicaStore } from '../../src/core/replication/ports.js';
import {
  CATALOGUE,
  type Ballot,
  type Book,
  type BookId,
  type Change,
  type NamedChange,
  type Decided,
  type Entry,
  type HoldId,
  type OperationId,
  type Pending,
  type ReplicaId,
  type StoredHold,
  type StoredRecord,
  type WallClockMs,
} from '../../src/core/replication/types.js';

/** Decides when a sync ends: calls `complete` once, or never. With an error, what was not yet durable is lost. */
export type SyncSchedule = (complete: (error?: Error) => void) => void;

type OperationPlace = { readonly bookId: BookId; readonly sequenceNumber: number };

interface Waiting {
  /** Writes up to here are durable when the sync ends. */
  readonly mark: number;
  readonly done: (error?: Error) => void;
}

const UNKNOWN: StoredRecord = { committed: -1, version: -1, book: null, promised: null, pending: null };
const EMPTY_CATALOGUE: StoredRecord = { committed: 0, version: 0, book: null, promised: null, pending: null };

/**
 * A disk in memory that can crash, fail and be lost. Writes show at once and are durable only after a sync: an undo log
 * holds the rest. Objects are kept and handed out as they are: nobody may change one. Iteration order is that of the calls.
 */
export class MemoryStore implements ReplicaStore {
  /** Syncs that were started and not dropped. */
  syncs = 0;

  readonly #schedule: SyncSchedule;
  #identity: Identity | undefined;
  #records = new Map<BookId, StoredRecord>();
  #ledgers = new Map<BookId, Entry[]>();
  #operations = new Map<OperationId, OperationPlace>();
  #keys = new Map<string, HeldKey>();
  #cursors = new Map<ReplicaId, number>();
  #changes: Change[] = [];
  #lastChange = 0;
  #reapplications = new Map<OperationId, { bookId: BookId; decided: Decided }>();
  #nextBookId: BookId = 1;
  #holds = new Map<HoldId, StoredHold>();
  /** Copies, by book and order. */
  #cancelled = new Map<string, number>();

  /** Undoes the writes with numbers `#durable + 1` and up, oldest first. */
  #undo: (() => void)[] = [];
  #durable = 0;
  #inFlight: Waiting[] = [];
  #waiting: Waiting[] = [];
  /** Raised by a crash: completions of an earlier life are void. */
  #life = 0;
  #failure: Error | undefined;

  constructor(schedule: SyncSchedule) {
    this.#schedule = schedule;
    this.#format();
  }

  identity(): Identity | undefined {
    this.#check();
    return this.#identity;
  }

  saveIdentity(identity: Identity): void {
    this.#check();
    const before = this.#identity;
    this.#identity = identity;
    this.#undo.push(() => {
      this.#identity = before;
    });
  }

  record(bookId: BookId): StoredRecord | undefined {
    this.#check();
    return this.#records.get(bookId);
  }

  pendingIds(): BookId[] {
    this.#check();
    return this.recordIds().filter((bookId) => this.#records.get(bookId)?.pending !== null);
  }

  entries(bookId: BookId, from: number, limit: number): Entry[] {
    this.#check();
    const ledger = this.#ledgers.get(bookId) ?? [];
    const first = ledger[0];
    if (first === undefined) return [];
    const start = Math.max(0, from - first.sequenceNumber);
    return ledger.slice(start, start + limit);
  }

  operation(operationId: OperationId): OperationPlace | undefined {
    this.#check();
    return this.#operations.get(operationId);
  }

  lastOrderId(): string | undefined {
    this.#check();
    const ids = this.#changes.flatMap(({ entry }) =>
      entry.decided.flatMap(({ outcome }) => (outcome.kind === 'sold' ? [outcome.orderId] : [])),
    );
    return ids
      .filter((id) => id.length >= SHORTEST_WITH_TIME)
      .sort()
      .at(-1);
  }

  heldKey(key: string): HeldKey | undefined {
    this.#check();
    return this.#keys.get(key);
  }

  nextBookId(): BookId {
    this.#check();
    return this.#nextBookId;
  }

  hold(holdId: HoldId): StoredHold | undefined {
    this.#check();
    return this.#holds.get(holdId);
  }

  dueHolds(bookId: BookId | null, time: WallClockMs, limit: number): StoredHold[] {
    this.#check();
    const dueAt = ({ until, decidedBy }: StoredHold): WallClockMs =>
      decidedBy !== null && (this.#holds.get(decidedBy)?.end ?? null) !== null ? 0 : until;
    return [...this.#holds.values()]
      .filter((hold) => hold.end === null && (bookId === null || hold.bookId === bookId))
      .filter((hold) => dueAt(hold) <= time)
      .sort((a, b) => dueAt(a) - dueAt(b))
      .slice(0, limit);
  }

  sold(bookId: BookId, orderId: string): SoldCopies | undefined {
    this.#check();
    const copies = (this.#ledgers.get(bookId) ?? [])
      .flatMap(({ decided }) => decided)
      .flatMap(({ operation, outcome }) => {
        if (outcome.kind !== 'sold' || outcome.orderId !== orderId) return [];
        if (operation.kind === 'sale') return [operation.copies];
        const end = 'holdId' in operation ? this.#holds.get(operation.holdId)?.end : undefined;
        return end?.kind === 'sold' && end.orderId === orderId ? [outcome.copies ?? 0] : [];
      })[0];
    if (copies === undefined) return undefined;
    return { copies, cancelled: this.#cancelled.get(`${bookId} ${orderId}`) ?? 0 };
  }

  savePromised(bookId: BookId, promised: Ballot): void {
    this.#check();
    this.#saveRecord(bookId, { ...(this.#records.get(bookId) ?? UNKNOWN), promised });
  }

  savePending(bookId: BookId, promised: Ballot, pending: Pending): void {
    this.#check();
    this.#saveRecord(bookId, { ...(this.#records.get(bookId) ?? UNKNOWN), promised, pending });
  }

  commit(bookId: BookId, entry: Entry, book: Book | null): void {
    this.#check();
    const before = this.#records.get(bookId) ?? UNKNOWN;
    if (before.committed === -1 && entry.sequenceNumber === 0 && book !== null) {
      this.create(bookId, entry, book);
      return;
    }
    if (entry.sequenceNumber !== before.committed + 1)
      throw new Error(`Entry ${entry.sequenceNumber} of record ${bookId} cannot follow ${before.committed}`);
    const { committed, pending } = { committed: entry.sequenceNumber, pending: before.pending };
    const kept = pending !== null && pending.entry.sequenceNumber > committed ? pending : null;
    const version = changesBook(entry) ? committed : before.version;
    this.#saveRecord(bookId, { ...before, committed, version, book, pending: kept });
    this.#append(bookId, entry);
    this.#changes.push({ change: ++this.#lastChange, bookId, entry });
    this.#undo.push(() => {
      this.#changes.pop();
      this.#lastChange -= 1;
    });
    for (const { operation } of entry.decided)
      this.#addFirst(this.#operations, operation.operationId, { bookId, sequenceNumber: committed });
    for (const change of holdChanges(bookId, entry)) this.#follow(bookId, change);
  }

  create(bookId: BookId, genesis: Entry, book: Book): void {
    this.#check();
    const before = this.#records.get(bookId) ?? UNKNOWN;
    if (before.committed >= 0) throw new Error(`Book ${bookId} is there already`);
    const kept = before.pending !== null && before.pending.entry.sequenceNumber > 0 ? before.pending : null;
    this.#saveRecord(bookId, { ...before, committed: 0, version: 0, book, pending: kept });
    this.#append(bookId, genesis);
    this.#addFirst(this.#keys, catalogueKey(book), { bookId, claim: 0 });
  }

  saveNextBookId(nextBookId: BookId): void {
    this.#check();
    const before = this.#nextBookId;
    this.#nextBookId = nextBookId;
    this.#undo.push(() => {
      this.#nextBookId = before;
    });
  }

  saveKey(key: string, held: HeldKey): void {
    this.#check();
    this.#put(this.#keys, key, held);
  }

  rollback(bookId: BookId, from: number, book: Book | null, version: number): Entry[] {
    this.#check();
    const before = this.#records.get(bookId) ?? UNKNOWN;
    const ledger = this.#ledgers.get(bookId) ?? [];
    const [changes, operations] = [this.#changes, this.#operations];
    const kept = ledger.filter(({ sequenceNumber }) => sequenceNumber < from);
    const taken = ledger.slice(kept.length);
    this.#saveRecord(bookId, { ...before, committed: from - 1, version, book, pending: null });
    this.#ledgers.set(bookId, kept);
    this.#changes = changes.filter(
      (change) => change.bookId !== bookId || change.entry.sequenceNumber < from,
    );
    this.#operations = new Map(
      [...operations].filter(([, place]) => place.bookId !== bookId || place.sequenceNumber < from),
    );
    const [holds, cancelled] = [this.#holds, this.#cancelled];
    this.#holds = new Map([...holds].filter(([, hold]) => hold.bookId !== bookId));
    this.#cancelled = new Map([...cancelled].filter(([key]) => !key.startsWith(`${bookId} `)));
    for (const entry of kept) for (const change of holdChanges(bookId, entry)) this.#follow(bookId, change);
    this.#undo.push(() => {
      this.#ledgers.set(bookId, ledger);
      this.#changes = changes;
      this.#operations = operations;
      this.#holds = holds;
      this.#cancelled = cancelled;
    });
    return taken;
  }

  saveReapplication(bookId: BookId, decided: Decided): void {
    this.#check();
    this.#put(this.#reapplications, decided.operation.operationId, { bookId, decided });
  }

  reapplications(limit: number): { bookId: BookId; decided: Decided }[] {
    this.#check();
    return [...this.#reapplications.values()].slice(0, limit);
  }

  removeReapplication(operationId: OperationId): void {
    this.#check();
    const before = this.#reapplications.get(operationId);
    this.#reapplications.delete(operationId);
    this.#undo.push(() => restore(this.#reapplications, operationId, before));
  }

  lastChange(): number {
    this.#check();
    return this.#lastChange;
  }

  changes(since: number, limit: number): Change[] {
    this.#check();
    const start = this.#changes.findIndex(({ change }) => change > since);
    return start < 0 ? [] : this.#changes.slice(start, start + limit);
  }

  namedChanges(since: number, limit: number): NamedChange[] {
    return this.changes(since, limit).map(({ change, bookId, entry: { sequenceNumber } }) => ({
      change,
      bookId,
      sequenceNumber,
    }));
  }

  cursor(peer: ReplicaId): number {
    this.#check();
    return this.#cursors.get(peer) ?? 0;
  }

  saveCursor(peer: ReplicaId, change: number): void {
    this.#check();
    const before = this.#cursors.get(peer);
    this.#cursors.set(peer, change);
    this.#undo.push(() => restore(this.#cursors, peer, before));
  }

  /** Calls that come while a sync runs wait for it, and then share the next. */
  sync(done: (error?: Error) => void): void {
    this.#check();
    this.#waiting.push({ mark: this.#durable + this.#undo.length, done });
    if (this.#inFlight.length === 0) this.#startSync();
  }

  /** Books there are, for checkers: every id that a record was stored under, record 0 included. */
  recordIds(): BookId[] {
    return [...this.#records.keys()].sort((a, b) => a - b);
  }

  /** Power cut: what is not durable is gone, and no outstanding sync ends. A sync under way may just have made it. */
  crash(underWay: 'lost' | 'made it' = 'lost'): void {
    const last = this.#inFlight.at(-1);
    if (underWay === 'made it' && last !== undefined) this.#harden(last.mark);
    this.#rollBack();
    this.#failure = undefined;
  }

  /** After a failed sync: starts over from what is durable. */
  recover(): void {
    this.crash();
  }

  /** Takes a copy of this disk, which has to be in sync; the answer puts it back while nobody runs on it. */
  copy(): (to?: MemoryStore) => void {
    if (this.#undo.length > 0) throw new Error('the disk is being written');
    const identity = this.#identity;
    const records = new Map(this.#records);
    const ledgers = new Map([...this.#ledgers].map(([bookId, entries]) => [bookId, [...entries]]));
    const operations = new Map(this.#operations);
    const keys = new Map(this.#keys);
    const cursors = new Map(this.#cursors);
    const changes = [...this.#changes];
    const lastChange = this.#lastChange;
    const nextBookId = this.#nextBookId;
    const holds = new Map(this.#holds);
    const cancelled = new Map(this.#cancelled);
    return (to = this) => {
      to.#rollBack();
      to.#identity = identity;
      to.#records = records;
      to.#ledgers = ledgers;
      to.#operations = operations;
      to.#keys = keys;
      to.#cursors = cursors;
      to.#changes = changes;
      to.#lastChange = lastChange;
      to.#nextBookId = nextBookId;
      to.#holds = holds;
      to.#cancelled = cancelled;
    };
  }

  /** A lost disk: an empty one is put in. */
  wipe(): void {
    this.#rollBack();
    this.#failure = undefined;
    this.#format();
  }

  #format(): void {
    this.#identity = undefined;
    this.#records = new Map([[CATALOGUE, EMPTY_CATALOGUE]]);
    this.#ledgers = new Map();
    this.#operations = new Map();
    this.#keys = new Map();
    this.#cursors = new Map();
    this.#changes = [];
    this.#lastChange = 0;
    this.#reapplications = new Map();
    this.#nextBookId = 1;
    this.#holds = new Map();
    this.#cancelled = new Map();
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  #saveRecord(bookId: BookId, record: StoredRecord): void {
    this.#put(this.#records, bookId, record);
  }

  #append(bookId: BookId, entry: Entry): void {
    const ledger = this.#ledgers.get(bookId);
    if (ledger === undefined) this.#ledgers.set(bookId, [entry]);
    else ledger.push(entry);
    this.#undo.push(() => this.#ledgers.get(bookId)?.pop());
  }

  #follow(bookId: BookId, change: HoldChange): void {
    switch (change.kind) {
      case 'opened':
        return this.#put(this.#holds, change.hold.holdId, change.hold);
      case 'ended': {
        const hold = this.#holds.get(change.holdId);
        if (hold !== undefined) this.#put(this.#holds, change.holdId, { ...hold, end: change.end });
        return;
      }
      case 'cancelled': {
        const key = `${bookId} ${change.orderId}`;
        return this.#put(this.#cancelled, key, (this.#cancelled.get(key) ?? 0) + change.copies);
      }
      default:
        change satisfies never;
    }
  }

  #put<K, V>(index: Map<K, V>, key: K, value: V): void {
    const before = index.get(key);
    index.set(key, value);
    this.#undo.push(() => restore(index, key, before));
  }

  #addFirst<K, V>(index: Map<K, V>, key: K, value: V): void {
    if (!index.has(key)) this.#put(index, key, value);
  }

  #startSync(): void {
    const last = this.#waiting.at(-1);
    if (last === undefined) return;
    this.#inFlight = this.#waiting;
    this.#waiting = [];
    this.syncs += 1;
    const life = this.#life;
    let ended = false;
    this.#schedule((error) => {
      if (ended || life !== this.#life) return;
      ended = true;
      if (error === undefined) this.#complete(last.mark);
      else this.#fail(error);
    });
  }

  #complete(mark: number): void {
    const finished = this.#inFlight;
    this.#inFlight = [];
    this.#harden(mark);
    this.#startSync();
    for (const { done } of finished) done();
  }

  #fail(error: Error): void {
    const lost = [...this.#inFlight, ...this.#waiting];
    this.#rollBack();
    this.#failure = error;
    for (const { done } of lost) done(error);
  }

  #harden(mark: number): void {
    this.#undo.splice(0, mark - this.#durable);
    this.#durable = mark;
  }

  #rollBack(): void {
    for (const undo of this.#undo.reverse()) undo();
    this.#undo = [];
    this.#inFlight = [];
    this.#waiting = [];
    this.#life += 1;
  }
}

function restore<K, V>(map: Map<K, V>, key: K, before: V | undefined): void {
  if (before === undefined) map.delete(key);
  else map.set(key, before);
}
