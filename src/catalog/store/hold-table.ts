import { type HoldChange, type HoldEnd, holdChanges } from '../../core/replication/holds.js';
import { type SoldCopies } from '../../core/replication/ledger.js';
import {
  type BookId,
  type Decided,
  type Entry,
  type HoldId,
  type Operation,
  type StoredHold,
  type WallClockMs,
} from '../../core/replication/types.js';
import { type Checksum, checksumOfCancellation, checksumOfHold, expectFit } from './checksums.js';
import { type Connection } from './database.js';
import { entryOf, type EntryText } from './rows.js';

interface HoldRow {
  readonly hold_id: string;
  readonly book_id: number;
  readonly copies: number;
  readonly price_cents: number;
  readonly until: number;
  readonly decided_by: string | null;
  /** JSON of their ids. */
  readonly other_books: string | null;
  readonly reference: string | null;
  readonly ended: HoldEnd['kind'] | null;
  readonly order_id: string | null;
  readonly checksum: Checksum;
}

const COLUMNS =
  'hold_id, book_id, copies, price_cents, until, decided_by, other_books, reference, ended, order_id, checksum';
/** Of a hold that follows one that has ended: it is due at once. */
const AT_ONCE = 0;

/**
 * What is held, what was made of it, and what of orders was cancelled: folds of the ledgers, a row for each, so that a restart need not read
 * these. `due` of a hold that is open: when it runs out, or `AT_ONCE`; null once it has ended.
 */
export class HoldTable {
  readonly #statements;

  constructor(connection: Connection) {
    this.#statements = prepare(connection);
  }

  hold(holdId: HoldId): StoredHold | undefined {
    const row = this.#statements.hold.get(holdId);
    return row && holdOf(row);
  }

  due(bookId: BookId | null, time: WallClockMs, limit: number): StoredHold[] {
    const rows =
      bookId === null
        ? this.#statements.due.all(time, limit)
        : this.#statements.dueOfBook.all(bookId, time, limit);
    return rows.map(holdOf);
  }

  /** How many are open, and how many of them should have been ended by then. */
  counts(time: WallClockMs): { readonly open: number; readonly overdue: number } {
    return { open: this.#statements.countOpen.get() ?? 0, overdue: this.#statements.countDue.get(time) ?? 0 };
  }

  sold(bookId: BookId, orderId: string): SoldCopies | undefined {
    const copies = this.#statements.copiesHeldFor.get(orderId, bookId) ?? this.#copiesSold(bookId, orderId);
    if (copies === undefined) return undefined;
    return { copies, cancelled: this.cancelled(bookId, orderId) };
  }

  cancelled(bookId: BookId, orderId: string): number {
    const row = this.#statements.cancelled.get(orderId, bookId);
    if (row === undefined) return 0;
    const found = checksumOfCancellation(bookId, orderId, row.copies);
    expectFit(found, row.checksum, () => `what was cancelled of order ${orderId}`);
    return row.copies;
  }

  follow(bookId: BookId, entry: Entry): void {
    for (const change of holdChanges(bookId, entry)) this.#make(bookId, change);
    for (const decided of entry.decided) this.#refer(decided);
  }

  /** The entry is no longer in the ledger (`reachable`). */
  takeBack(bookId: BookId, entry: Entry): void {
    for (const change of holdChanges(bookId, entry).reverse()) this.#undo(bookId, change);
    for (const { outcome } of entry.decided) {
      if (outcome.kind === 'sold') this.#statements.removeReference.run(outcome.orderId);
    }
  }

  /** Holds that the entry ends, and that are open since one that ended them again was taken back. */
  endAsBefore(bookId: BookId, entry: Entry): void {
    for (const change of holdChanges(bookId, entry)) {
      if (change.kind === 'ended' && this.hold(change.holdId)?.end === null) this.#make(bookId, change);
    }
  }

  #make(bookId: BookId, change: HoldChange): void {
    switch (change.kind) {
      case 'opened':
        return this.#open(change.hold);
      case 'ended': {
        const { holdId, end } = change;
        const hold = this.hold(holdId);
        if (hold === undefined) return;
        const checksum = checksumOfHold({ ...hold, end });
        this.#statements.end.run(end.kind, end.kind === 'sold' ? end.orderId : null, checksum, holdId);
        this.#statements.followersAt.run(AT_ONCE, holdId);
        return;
      }
      case 'cancelled':
        return this.#cancel(bookId, change.orderId, change.copies);
      default:
        change satisfies never;
    }
  }

  #undo(bookId: BookId, change: HoldChange): void {
    switch (change.kind) {
      case 'opened':
        this.#statements.remove.run(change.hold.holdId);
        return;
      case 'ended': {
        const hold = this.hold(change.holdId);
        if (hold === undefined) return;
        this.#statements.reopen.run(this.#dueAt(hold), checksumOfHold({ ...hold, end: null }), hold.holdId);
        this.#statements.followersAtUntil.run(hold.holdId);
        return;
      }
      case 'cancelled':
        return this.#cancel(bookId, change.orderId, -change.copies);
      default:
        change satisfies never;
    }
  }

  #open(hold: StoredHold): void {
    const { holdId, bookId, copies, priceCents, until, decidedBy, otherBooks, reference } = hold;
    const others = otherBooks.length === 0 ? null : JSON.stringify(otherBooks);
    const due = this.#dueAt(hold);
    this.#statements.open.run(
      holdId,
      bookId,
      copies,
      priceCents,
      until,
      due,
      decidedBy,
      others,
      reference,
      checksumOfHold(hold),
    );
  }

  #cancel(bookId: BookId, orderId: string, copies: number): void {
    const cancelled = this.cancelled(bookId, orderId) + copies;
    const checksum = checksumOfCancellation(bookId, orderId, cancelled);
    this.#statements.cancel.run(orderId, bookId, cancelled, checksum);
  }

  #dueAt({ until, decidedBy }: StoredHold): WallClockMs {
    if (decidedBy === null) return until;
    return (this.hold(decidedBy)?.end ?? null) === null ? until : AT_ONCE;
  }

  /** The client's own name for the order that an operation makes: given with it, or with the hold that it confirms. */
  referenceOf(operation: Operation): string | null {
    if (operation.kind === 'sale') return operation.reference ?? null;
    return operation.kind === 'confirm' ? (this.hold(operation.holdId)?.reference ?? null) : null;
  }

  refersTo(reference: string, orderId: string): boolean {
    return this.#statements.refersTo.get(reference, orderId) !== undefined;
  }

  /** Whether it is looked at when holds run out. */
  isDue(holdId: HoldId): boolean {
    return this.#statements.isDue.get(holdId) === 1;
  }

  #refer({ operation, outcome }: Decided): void {
    if (outcome.kind !== 'sold') return;
    const reference = this.referenceOf(operation);
    if (reference !== null) this.#statements.refer.run(reference, outcome.orderId);
  }

  #copiesSold(bookId: BookId, orderId: string): number | undefined {
    const row = this.#statements.entryOf.get(orderId, bookId);
    if (row === undefined) return undefined;
    for (const { operation, outcome } of entryOf(row).decided) {
      if (operation.kind === 'sale' && outcome.kind === 'sold' && outcome.orderId === orderId)
        return operation.copies;
    }
    return undefined;
  }
}

/** Throws `Damage`. */
function holdOf(row: HoldRow): StoredHold {
  const hold = holdIn(row);
  expectFit(checksumOfHold(hold), row.checksum, () => `hold ${hold.holdId}`);
  return hold;
}

function holdIn(row: HoldRow): StoredHold {
  const { hold_id: holdId, book_id: bookId, copies, price_cents: priceCents, until, reference } = row;
  return {
    holdId,
    bookId,
    copies,
    priceCents,
    until,
    decidedBy: row.decided_by,
    otherBooks: row.other_books === null ? [] : (JSON.parse(row.other_books) as BookId[]),
    reference,
    end: endOf(row),
  };
}

function endOf({ ended, order_id: orderId }: HoldRow): StoredHold['end'] {
  if (ended === 'sold') return { kind: 'sold', orderId: orderId ?? '' };
  return ended === null ? null : { kind: ended };
}

function prepare(db: Connection) {
  return {
    hold: db.prepare<[string], HoldRow>(`SELECT ${COLUMNS} FROM hold WHERE hold_id = ?`),
    due: db.prepare<[number, number], HoldRow>(
      `SELECT ${COLUMNS} FROM hold WHERE due <= ? ORDER BY due LIMIT ?`,
    ),
    dueOfBook: db.prepare<[number, number, number], HoldRow>(
      `SELECT ${COLUMNS} FROM hold WHERE book_id = ? AND due <= ? ORDER BY due LIMIT ?`,
    ),
    // Of their index alone, whatever their number.
    countOpen: db.prepare<[], number>('SELECT count(*) FROM hold WHERE due IS NOT NULL').pluck(),
    countDue: db.prepare<[number], number>('SELECT count(*) FROM hold WHERE due <= ?').pluck(),
    copiesHeldFor: db
      .prepare<[string, number], number>('SELECT copies FROM hold WHERE order_id = ? AND book_id = ?')
      .pluck(),
    cancelled: db.prepare<[string, number], { readonly copies: number; readonly checksum: Checksum }>(
      'SELECT copies, checksum FROM cancellation WHERE order_id = ? AND book_id = ?',
    ),
    entryOf: db.prepare<[string, number], EntryText>(
      'SELECT entry, checksum FROM sale JOIN entry USING (change) WHERE order_id = ? AND book_id = ?',
    ),

    open: db.prepare<
      [string, number, number, number, number, number, string | null, string | null, string | null, number]
    >(
      `INSERT OR IGNORE INTO hold (hold_id, book_id, copies, price_cents, until, due, decided_by, other_books, reference, checksum)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    end: db.prepare<[string, string | null, number, string]>(
      'UPDATE hold SET ended = ?, order_id = ?, due = NULL, checksum = ? WHERE hold_id = ?',
    ),
    followersAt: db.prepare<[number, string]>(
      'UPDATE hold SET due = ? WHERE decided_by = ? AND due IS NOT NULL',
    ),
    cancel: db.prepare<[string, number, number, number]>(
      'INSERT OR REPLACE INTO cancellation (order_id, book_id, copies, checksum) VALUES (?, ?, ?, ?)',
    ),
    refer: db.prepare<[string, string]>(
      'INSERT OR IGNORE INTO order_reference (reference, order_id) VALUES (?, ?)',
    ),

    refersTo: db
      .prepare<[string, string], number>('SELECT 1 FROM order_reference WHERE reference = ? AND order_id = ?')
      .pluck(),
    isDue: db.prepare<[string], number>('SELECT due IS NOT NULL FROM hold WHERE hold_id = ?').pluck(),

    remove: db.prepare<[string]>('DELETE FROM hold WHERE hold_id = ?'),
    reopen: db.prepare<[number, number, string]>(
      'UPDATE hold SET ended = NULL, order_id = NULL, due = ?, checksum = ? WHERE hold_id = ?',
    ),
    followersAtUntil: db.prepare<[string]>(
      'UPDATE hold SET due = until WHERE decided_by = ? AND due IS NOT NULL',
    ),
    removeReference: db.prepare<[string]>('DELETE FROM order_reference WHERE order_id = ?'),
  };
}
