import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { holdChanges } from '../../core/replication/holds.js';
import { createdBy } from '../../core/replication/ledger.js';
import {
  type BookId,
  CATALOGUE,
  type Entry,
  type HoldId,
  type StoredHold,
} from '../../core/replication/types.js';
import { Damage } from './damage.js';
import { type Connection } from './database.js';
import { HoldTable } from './hold-table.js';
import { LedgerFold } from './ledger-fold.js';
import { entryOf, type EntryText, recordOf, type RecordRow, SELECT_RECORD } from './rows.js';

/** What a sound file holds. */
export interface Holdings {
  readonly books: number;
  readonly orders: number;
  /** Entries of all ledgers but the books' beginnings. */
  readonly entries: number;
  readonly lastChange: number;
  /** SHA-256 over all books with their numbers, in the order of their ids: replicas that agree have the same. */
  readonly booksHash: string;
}

const BOOKS_AT_A_TIME = 500;

interface Place extends EntryText {
  readonly sequence_number: number;
}

/**
 * Goes through a whole file: SQLite's own check of its pages and indexes, then each ledger from its beginning, whose fold has to be the book
 * that is stored. Takes as long as that takes (a million books: minutes), and is for files that nobody sells from. Throws `Damage`.
 */
export function verify(connection: Connection): Holdings {
  const [found] = connection.pragma('integrity_check(1)', { simple: false }) as { integrity_check: string }[];
  if (found?.integrity_check !== 'ok') throw new Damage(found?.integrity_check ?? 'it cannot be checked');
  const hash = createHash('sha256');
  const ledgers = new Ledgers(connection);
  let books = 0;
  for (let after = CATALOGUE; ;) {
    const ids = ledgers.bookIds(after);
    for (const id of ids) {
      const told = ledgers.verifyBook(id);
      if (told === null) continue;
      books += 1;
      hash.update(told);
    }
    if (ids.length < BOOKS_AT_A_TIME) break;
    after = ids.at(-1) ?? after;
  }
  ledgers.verifyCatalogue();
  return { books, ...ledgers.counts(), booksHash: hash.digest('hex') };
}

class Ledgers {
  readonly #ids;
  readonly #record;
  readonly #genesis;
  readonly #entries;
  readonly #operation;
  readonly #sale;
  readonly #holds;

  constructor(private readonly connection: Connection) {
    this.#ids = connection
      .prepare<[number], number>(`SELECT id FROM book WHERE id > ? ORDER BY id LIMIT ${BOOKS_AT_A_TIME}`)
      .pluck();
    this.#record = connection.prepare<[number], RecordRow>(SELECT_RECORD);
    this.#genesis = connection.prepare<[number], EntryText>(
      'SELECT entry, checksum FROM genesis WHERE book_id = ?',
    );
    this.#entries = connection.prepare<[number], Place>(
      'SELECT sequence_number, entry, checksum FROM entry WHERE book_id = ? ORDER BY sequence_number',
    );
    this.#operation = connection
      .prepare<[string], number>('SELECT change FROM operation WHERE operation_id = ?')
      .pluck();
    this.#holds = new HoldTable(connection);
    this.#sale = connection.prepare<[string], number>('SELECT change FROM sale WHERE order_id = ?').pluck();
  }

  bookIds(after: number): number[] {
    return this.#ids.all(after);
  }

  /** What the books' hash takes of it; null: there is no book yet, only a promise. */
  verifyBook(id: number): string | null {
    const row = this.#record.get(id);
    if (row === undefined) throw new Damage(`book ${id} is in no row`);
    const stored = recordOf(row);
    if (stored.committed < 0) return null;
    const genesis = this.#genesis.get(id);
    if (genesis === undefined) throw new Damage(`book ${id} has no beginning`);
    const folded = new LedgerFold(id);
    folded.add(entryOf(genesis));
    this.#goThrough(folded);
    folded.expect(stored);
    const { book, version } = folded.made;
    return `${JSON.stringify([id, stored.committed, version, book])}\n`;
  }

  verifyCatalogue(): void {
    const stored = this.#record.get(CATALOGUE);
    if (stored === undefined) throw new Damage('the catalogue has no row');
    const folded = new LedgerFold(CATALOGUE);
    let highest = 0;
    for (const row of this.#entries.iterate(CATALOGUE)) {
      const entry = entryOf(row);
      folded.add(entry, row.sequence_number);
      for (const { bookId } of createdBy(entry)) highest = Math.max(highest, bookId);
    }
    folded.expect(recordOf(stored));
    const next = this.connection.prepare<[], number>('SELECT next_book_id FROM catalogue').pluck().get() ?? 0;
    if (next <= highest) throw new Damage(`id ${next} would be given out again`);
    const lost = this.connection
      .prepare<[], number>(
        `SELECT count(*) FROM (SELECT change FROM operation UNION ALL SELECT change FROM sale) AS named
         LEFT JOIN entry USING (change) WHERE entry.change IS NULL`,
      )
      .pluck()
      .get();
    if (lost !== 0) throw new Damage(`${lost} operations or orders stand in no entry`);
  }

  counts(): Pick<Holdings, 'orders' | 'entries' | 'lastChange'> {
    const count = (query: string): number => this.connection.prepare<[], number>(query).pluck().get() ?? 0;
    return {
      orders: count('SELECT count(*) FROM sale'),
      entries: count('SELECT count(*) FROM entry WHERE book_id >= 0'),
      lastChange: count('SELECT coalesce(max(change), 0) FROM entry'),
    };
  }

  #goThrough(folded: LedgerFold): void {
    const id = folded.bookId;
    const kept = new KeptBeside(id, this.connection, this.#holds);
    for (const row of this.#entries.iterate(id)) {
      const entry = entryOf(row);
      folded.add(entry, row.sequence_number);
      this.#verifyIndexed(id, entry);
      kept.follow(entry);
    }
    kept.verify();
  }

  #verifyIndexed(id: number, { sequenceNumber, decided }: Entry): void {
    for (const { operation, outcome } of decided) {
      const isKnown = this.#operation.get(operation.operationId) !== undefined;
      // What follows a decision is part of its order, which stands where it was decided.
      const isOrder = outcome.kind === 'sold' && operation.kind !== 'settle';
      const isListed = !isOrder || this.#sale.get(outcome.orderId) !== undefined;
      if (isKnown && isListed) continue;
      throw new Damage(`an operation of entry ${sequenceNumber} of book ${id} cannot be found by its id`);
    }
  }
}

/** What is kept beside a book's ledger of its holds and orders has to be what the ledger makes of them, no more and no less. */
class KeptBeside {
  readonly #open = new Map<HoldId, StoredHold>();
  /** Not kept as their first end left them: when two sides of a split were merged, a hold may have ended on both. */
  readonly #unlike = new Map<HoldId, StoredHold>();
  readonly #cancelled = new Map<string, number>();
  #holdCount = 0;

  constructor(
    private readonly bookId: BookId,
    private readonly connection: Connection,
    private readonly holds: HoldTable,
  ) {}

  follow(entry: Entry): void {
    for (const change of holdChanges(this.bookId, entry)) {
      switch (change.kind) {
        case 'opened':
          this.#open.set(change.hold.holdId, change.hold);
          this.#holdCount += 1;
          break;
        case 'ended': {
          const hold = this.#open.get(change.holdId) ?? this.#unlike.get(change.holdId);
          if (hold === undefined) break;
          const ended = { ...hold, end: change.end };
          this.#open.delete(change.holdId);
          if (this.#isKept(ended)) this.#unlike.delete(change.holdId);
          else this.#unlike.set(change.holdId, ended);
          break;
        }
        case 'cancelled':
          this.#cancelled.set(change.orderId, (this.#cancelled.get(change.orderId) ?? 0) + change.copies);
          break;
        default:
          change satisfies never;
      }
    }
    for (const { operation, outcome } of entry.decided) {
      const reference = outcome.kind === 'sold' ? this.holds.referenceOf(operation) : null;
      if (outcome.kind === 'sold' && reference !== null && !this.holds.refersTo(reference, outcome.orderId))
        throw new Damage(`order ${outcome.orderId} cannot be found by its reference`);
    }
  }

  verify(): void {
    for (const hold of [...this.#open.values(), ...this.#unlike.values()]) {
      if (!this.#isKept(hold)) throw new Damage(`hold ${hold.holdId} is not what its ledger makes of it`);
    }
    for (const [orderId, copies] of this.#cancelled) {
      if (this.holds.cancelled(this.bookId, orderId) !== copies)
        throw new Damage(`what was cancelled of order ${orderId} is not what its ledger makes of it`);
    }
    const count = (table: string): number =>
      this.connection
        .prepare<[number], number>(`SELECT count(*) FROM ${table} WHERE book_id = ?`)
        .pluck()
        .get(this.bookId) ?? 0;
    if (count('hold') !== this.#holdCount || count('cancellation') !== this.#cancelled.size)
      throw new Damage(`book ${this.bookId} has holds or cancellations that its ledger knows nothing of`);
  }

  #isKept(hold: StoredHold): boolean {
    const kept = this.holds.hold(hold.holdId);
    return isDeepStrictEqual(kept, hold) && this.holds.isDue(hold.holdId) === (hold.end === null);
  }
}
