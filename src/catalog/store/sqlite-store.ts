import { type FeedStore } from '../../core/feed/feed.js';
import { catalogueKey } from '../../core/replication/catalogue-key.js';
import { changesBook, entriesBelow } from '../../core/replication/book-fold.js';
import { type HeldKey, type SoldCopies } from '../../core/replication/ledger.js';
import { NO_PAST, type Identity, type Past, type ReplicaStore } from '../../core/replication/ports.js';
import {
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
} from '../../core/replication/types.js';
import { BookTexts } from './books/book-texts.js';
import { type CatalogueIndex } from './catalogue-index.js';
import { checksumOfBook, checksumOfPromise, checksumOfText } from './checksums.js';
import { type Database, openDatabase } from './database.js';
import { isByAdministrator } from './book-history.js';
import { GroupCommit } from './group-commit.js';
import { HoldTable } from './hold-table.js';
import { OpenFile } from './open-file.js';
import { entryOf, recordOf } from './rows.js';
import { SqliteCatalogueIndex } from './sqlite-catalogue-index.js';
import { RangeSums } from './range-sums.js';
import { type Snapshot, Snapshots } from './snapshot.js';
import { type BookFields, prepareStatements, type Statements } from './sqlite-statements.js';
import { watchedIndex } from './watched-index.js';
import { TopicTable } from './topics/topic-table.js';

/** What must fit on a disk that was full before it is trusted again. */
const ROOM_BYTES = 256 * 1024;
/** A few milliseconds' work. */
const BOOKS_FILLED_AT_A_TIME = 64;

/** JSON of an entry and its checksum. */
type StoredText = readonly [text: string, checksum: number];

export interface SqliteStoreOptions {
  /** Of the file; its folder is made if there is none. */
  readonly path: string;
  /**
   * Hears of a write that failed to reach the disk while no `sync` waited for it, after which the store has to be recovered; and of damage that
   * a search or a list came upon.
   */
  readonly onFailure: (error: Error) => void;
}

/**
 * A replica's disk in one SQLite file. Synchronous on purpose: a turn's writes are prepared statements on one connection,
 * and its one sync stops the event loop for as long as the disk takes (0.1 ms here, 1 to 10 ms on slow ones). Only `sync`
 * answers later, so that the writes and the sync could move to a worker thread behind this very port.
 * After a failure (disk full, I/O error) the open transaction is rolled back and every call throws until `recover` succeeds.
 */
export class SqliteStore implements ReplicaStore, FeedStore {
  /** Searches, orders and lists, on the same file. */
  readonly index: CatalogueIndex;

  /** What replicas are compared by. */
  readonly ranges: RangeSums;

  readonly #statements: Statements;
  readonly #topics: TopicTable;
  readonly #holds: HoldTable;
  readonly #texts: BookTexts;
  readonly #transaction: GroupCommit;
  readonly #snapshots: Snapshots;
  readonly #file: OpenFile;
  readonly #entryTexts = new WeakMap<Entry, StoredText>();
  #lastChange: number | undefined;

  private constructor(
    private readonly database: Database,
    { path, onFailure }: SqliteStoreOptions,
  ) {
    this.#texts = new BookTexts(database.connection);
    this.#holds = new HoldTable(database.connection);
    this.index = watchedIndex(
      new SqliteCatalogueIndex(database.connection, this.#texts, this.#holds),
      onFailure,
    );
    this.ranges = new RangeSums(database.connection);
    this.#statements = prepareStatements(database.connection);
    this.#topics = new TopicTable(database.connection);
    this.#snapshots = new Snapshots(database.connection, path);
    this.#file = new OpenFile(path);
    const forget = (): void => {
      this.#lastChange = undefined;
    };
    const assertInPlace = (): void => this.assertInPlace();
    this.#transaction = new GroupCommit(database.connection, onFailure, forget, assertInPlace);
  }

  /** Opens the file, or starts an empty one. Throws if another process has it open, or it is not such a file. */
  static async open(options: SqliteStoreOptions): Promise<SqliteStore> {
    return new SqliteStore(await openDatabase(options.path), options);
  }

  /** Who hears how many milliseconds each sync took. */
  set onSynced(listener: (durationMs: number) => void) {
    this.#transaction.onSynced = listener;
  }

  /** Commits what is open and closes the file. Outstanding syncs are called back before. */
  async close(): Promise<void> {
    this.#transaction.flush();
    await this.database.dataSource.destroy();
    this.#snapshots.close();
  }

  /** A copy of the file as it is now, while everything goes on. Null: one is being taken. Throws while the store does not work. */
  snapshot(): Snapshot | null {
    this.#transaction.settle();
    return this.#snapshots.take();
  }

  /** Throws `StartError` when the file was taken away: whoever only reads would not notice. */
  assertInPlace(): void {
    this.#file.assertInPlace();
  }

  /** After a failure: what is durable stands, the rest is gone. Throws as long as the disk does not take writes. */
  recover(): void {
    this.#transaction.recover(() => {
      this.#statements.fillRoom.run(ROOM_BYTES);
      this.#statements.emptyRoom.run();
    });
  }

  identity(): Identity | undefined {
    const row = this.#transaction.read(() => this.#statements.identity.get());
    return (
      row && {
        replicaId: row.replica_id,
        startNumber: row.start_number,
        joined: row.joined === 1,
        grantsEnded: row.grants_ended === 1,
        alone: row.alone === 1,
        past: { ...NO_PAST, ...(JSON.parse(row.past) as Partial<Past>) },
      }
    );
  }

  saveIdentity({ replicaId, startNumber, joined, grantsEnded, alone, past }: Identity): void {
    this.#transaction.write(() =>
      this.#statements.saveIdentity.run(
        replicaId,
        startNumber,
        Number(joined),
        Number(grantsEnded),
        Number(alone),
        JSON.stringify(past),
      ),
    );
  }

  record(bookId: BookId): StoredRecord | undefined {
    const row = this.#transaction.read(() => this.#statements.record.get(bookId));
    return row && recordOf(row);
  }

  pendingIds(): BookId[] {
    return this.#transaction.read(() => this.#statements.pendingIds.all());
  }

  entries(bookId: BookId, from: number, limit: number): Entry[] {
    return this.#transaction.read(() => {
      const genesis = from <= 0 && limit > 0 ? this.#statements.genesis.get(bookId) : undefined;
      if (genesis === undefined) return this.#statements.entries.all(bookId, from, limit).map(entryOf);
      return [genesis, ...this.#statements.entries.all(bookId, 1, limit - 1)].map(entryOf);
    });
  }

  operation(operationId: OperationId): { bookId: BookId; sequenceNumber: number } | undefined {
    const row = this.#transaction.read(() => this.#statements.operation.get(operationId));
    return row && { bookId: row.book_id, sequenceNumber: row.sequence_number };
  }

  changeOf(operationId: OperationId): number | undefined {
    return this.#transaction.read(() => this.#statements.changeOf.get(operationId));
  }

  lastOrderId(): string | undefined {
    return this.#transaction.read(() => this.#statements.lastOrderId.get());
  }

  heldKey(key: string): HeldKey | undefined {
    return this.#transaction.read(() => this.#statements.heldKey.get(key));
  }

  nextBookId(): BookId {
    return this.#transaction.read(() => this.#statements.nextBookId.get()) ?? 1;
  }

  hold(holdId: HoldId): StoredHold | undefined {
    return this.#transaction.read(() => this.#holds.hold(holdId));
  }

  dueHolds(bookId: BookId | null, time: WallClockMs, limit: number): StoredHold[] {
    return this.#transaction.read(() => this.#holds.due(bookId, time, limit));
  }

  /** For those who watch it. Throws while the store does not work. */
  figures(time: WallClockMs): { readonly bytes: number; readonly open: number; readonly overdue: number } {
    return { bytes: this.#file.bytes(), ...this.#transaction.read(() => this.#holds.counts(time)) };
  }

  sold(bookId: BookId, orderId: string): SoldCopies | undefined {
    return this.#transaction.read(() => this.#holds.sold(bookId, orderId));
  }

  savePromised(bookId: BookId, promised: Ballot): void {
    this.#transaction.write(() => this.#savePromised(bookId, promised));
  }

  savePending(bookId: BookId, promised: Ballot, { ballot, entry }: Pending): void {
    this.#transaction.write(() => {
      this.#savePromised(bookId, promised);
      this.#statements.savePending.run(
        bookId,
        entry.sequenceNumber,
        ballot.round,
        ballot.replicaId,
        ballot.startNumber,
        ...this.#textOf(entry),
      );
    });
  }

  commit(bookId: BookId, entry: Entry, book: Book | null): void {
    this.#transaction.write(() => {
      if (entry.sequenceNumber === 0 && book !== null) this.#create(bookId, entry, book);
      else this.#append(bookId, entry, book);
    });
  }

  create(bookId: BookId, genesis: Entry, book: Book): void {
    this.#transaction.write(() => this.#create(bookId, genesis, book));
  }

  saveNextBookId(nextBookId: BookId): void {
    this.#transaction.write(() => this.#statements.saveNextBookId.run(nextBookId));
  }

  saveKey(key: string, { bookId, claim }: HeldKey): void {
    this.#transaction.write(() => this.#statements.saveKey.run(key, bookId, claim));
  }

  rollback(bookId: BookId, from: number, book: Book | null, version: number): Entry[] {
    return this.#transaction.write(() => {
      const taken = this.#statements.entriesFrom
        .all(bookId, from)
        .map((row) => ({ change: row.change, entry: entryOf(row) }));
      for (const { change, entry } of taken) this.#takeBack(change, entry);
      for (const { entry } of taken.toReversed()) this.#holds.takeBack(bookId, entry);
      if (taken.some(({ entry }) => soldAgain(entry))) this.#endHoldsAsBefore(bookId, from);
      this.#texts.follow(bookId, () => {
        const checksum = checksumOfBook(bookId, from - 1, book);
        this.#statements.setBack.run(from - 1, version, ...fieldsOf(book), checksum, bookId);
        if (book !== null) this.#moveToTopic(bookId, book);
      });
      this.#statements.dropPending.run(bookId, Number.MAX_SAFE_INTEGER);
      return taken.map(({ entry }) => entry);
    });
  }

  /** Takes some more books of an older file into the index by which books are found. False: there are no more. */
  fillIndex(): boolean {
    if (this.#transaction.read(() => this.#texts.complete())) return false;
    this.#transaction.write(() => this.#texts.fill(BOOKS_FILLED_AT_A_TIME));
    return true;
  }

  /** The next record's id above this one. */
  nextId(after: BookId): BookId | undefined {
    return this.#transaction.read(() => this.#statements.nextId.get(after));
  }

  /** Gives a record that has been looked through its checksum, if it has none: its file is of an older release. */
  seal(bookId: BookId): void {
    const row = this.#transaction.read(() => this.#statements.record.get(bookId));
    if (row === undefined || row.checksum !== null) return;
    const { committed, book } = recordOf(row);
    this.#transaction.write(() => this.#statements.seal.run(checksumOfBook(bookId, committed, book), bookId));
  }

  saveReapplication(bookId: BookId, decided: Decided): void {
    const { operationId } = decided.operation;
    this.#transaction.write(() =>
      this.#statements.saveReapplication.run(operationId, bookId, JSON.stringify(decided)),
    );
  }

  reapplications(limit: number): { bookId: BookId; decided: Decided }[] {
    const rows = this.#transaction.read(() => this.#statements.reapplications.all(limit));
    return rows.map(({ book_id: bookId, decided }) => ({ bookId, decided: JSON.parse(decided) as Decided }));
  }

  removeReapplication(operationId: OperationId): void {
    this.#transaction.write(() => this.#statements.removeReapplication.run(operationId));
  }

  lastChange(): number {
    return this.#transaction.read(() => this.#changeCounter());
  }

  changes(since: number, limit: number): Change[] {
    const rows = this.#transaction.read(() => this.#statements.changes.all(since, limit));
    return rows.map((row) => ({ change: row.change, bookId: row.book_id, entry: entryOf(row) }));
  }

  namedChanges(since: number, limit: number): NamedChange[] {
    const rows = this.#transaction.read(() => this.#statements.namedChanges.all(since, limit));
    return rows.map(({ change, book_id: bookId, sequence_number: sequenceNumber }) => ({
      change,
      bookId,
      sequenceNumber,
    }));
  }

  cursor(peer: ReplicaId): number {
    return this.#transaction.read(() => this.#statements.cursor.get(peer)) ?? 0;
  }

  saveCursor(peer: ReplicaId, change: number): void {
    this.#transaction.write(() => this.#statements.saveCursor.run(peer, change));
  }

  sync(done: (error?: Error) => void): void {
    this.#transaction.sync(done);
  }

  #savePromised(bookId: BookId, ballot: Ballot): void {
    const { round, replicaId, startNumber } = ballot;
    const checksum = checksumOfPromise(bookId, ballot);
    this.#statements.savePromised.run(bookId, round, replicaId, startNumber, checksum);
  }

  #create(bookId: BookId, genesis: Entry, book: Book): void {
    const { title, topic, priceCents, quantity, isbn, author } = book;
    const topicId = this.#topics.enter(topic, bookId);
    const checksum = checksumOfBook(bookId, 0, book);
    const begun = this.#statements.begin.run(
      bookId,
      title,
      topicId,
      priceCents,
      quantity,
      isbn,
      author,
      checksum,
    );
    if (begun.changes === 0) throw new Error(`Book ${bookId} is there already`);
    this.#statements.addGenesis.run(bookId, ...this.#textOf(genesis));
    this.#statements.dropPending.run(bookId, 0);
    this.#statements.addKey.run(catalogueKey(book), bookId);
    this.#texts.add(bookId);
  }

  #append(bookId: BookId, entry: Entry, book: Book | null): void {
    const { sequenceNumber, decided } = entry;
    const advance = (): void => this.#advance(bookId, entry, book);
    if (edits(entry)) this.#texts.follow(bookId, advance);
    else advance();
    this.#statements.dropPending.run(bookId, sequenceNumber);

    const change = this.#changeCounter() + 1;
    const administered = decided.filter(isByAdministrator).length;
    let sales = 0;
    for (const { operation, outcome } of decided) {
      this.#statements.addOperation.run(operation.operationId, change);
      if (outcome.kind !== 'sold') continue;
      sales += 1;
      // What follows a decision is part of its order, which stands where it was decided.
      if (operation.kind !== 'settle') this.#statements.addSale.run(outcome.orderId, change);
    }
    this.#holds.follow(bookId, entry);
    this.#statements.addEntry.run(
      change,
      bookId,
      sequenceNumber,
      sales,
      administered,
      ...this.#textOf(entry),
    );
    this.#lastChange = change;
  }

  #advance(bookId: BookId, entry: Entry, book: Book | null): void {
    const { sequenceNumber } = entry;
    const before = sequenceNumber - 1;
    const advanced = this.#statements.advance.run(
      sequenceNumber,
      changesBook(entry) ? sequenceNumber : null,
      ...fieldsOf(book),
      checksumOfBook(bookId, sequenceNumber, book),
      bookId,
      before,
    );
    if (advanced.changes === 0)
      throw new Error(`Entry ${sequenceNumber} of record ${bookId} does not follow`);
    if (book !== null && movesTopic(entry)) this.#moveToTopic(bookId, book);
  }

  #takeBack(change: number, { decided }: Entry): void {
    for (const { operation, outcome } of decided) {
      this.#statements.removeOperation.run(operation.operationId, change);
      if (outcome.kind === 'sold') this.#statements.removeSale.run(outcome.orderId, change);
    }
    this.#statements.takeBack.run(change);
  }

  /** A hold may have ended twice, once at each side of a split: of what is kept, it is open or has the end that it had. */
  #endHoldsAsBefore(bookId: BookId, below: number): void {
    for (const entry of entriesBelow(this, bookId, below)) this.#holds.endAsBefore(bookId, entry);
  }

  /** V1: a hidden book is in no topic, and so in no search or list. */
  #moveToTopic(bookId: BookId, { topic, hidden }: Book): void {
    const left = this.#statements.topicId.get(bookId);
    const shown = hidden === true ? null : this.#topics.enter(topic, bookId);
    const put = hidden === true ? this.#topics.idOf(topic) : null;
    if (left !== shown || put !== null) this.#statements.moveToTopic.run(shown, put, bookId);
    if (typeof left === 'number') this.#topics.leave(left, bookId);
  }

  /** An entry is stored twice, as pending and as committed: its text is made once. */
  #textOf(entry: Entry): StoredText {
    const known = this.#entryTexts.get(entry);
    if (known !== undefined) return known;
    const text = JSON.stringify(entry);
    const stored = [text, checksumOfText(text)] as const;
    this.#entryTexts.set(entry, stored);
    return stored;
  }

  #changeCounter(): number {
    return (this.#lastChange ??= this.#statements.lastChange.get() ?? 0);
  }
}

function movesTopic({ decided }: Entry): boolean {
  return decided.some(
    ({ operation }) =>
      operation.kind === 'edit' &&
      (operation.changes.topic !== undefined || operation.changes.hidden !== undefined),
  );
}

function fieldsOf(book: Book | null): BookFields {
  if (book === null) return [null, null, null, null, null, null];
  const { title, priceCents, quantity, isbn, author, claim = null } = book;
  return [title, priceCents, quantity, isbn, author, claim];
}

function soldAgain({ decided }: Entry): boolean {
  return decided.some(({ outcome }) => outcome.kind === 'sold' && outcome.again !== undefined);
}

/** What books are found by may change. */
function edits({ decided }: Entry): boolean {
  return decided.some(({ operation }) => operation.kind === 'edit');
}
