import {
  CATALOGUE,
  sameBallot,
  type Book,
  type BookId,
  type Entry,
  type OperationId,
  type Outcome,
} from '../../../src/core/replication/types.js';
import { type Violation, type ViolationKind } from '../history.js';
import { keyOf, playEntry, sameBook, type ModelBook } from './book-model.js';
import { copiesMissing, EMPTY_SHELF, type ModelHold, type Shelf } from './shelf-model.js';

export interface Place {
  readonly bookId: BookId;
  readonly sequenceNumber: number;
  /** Which of the entry's operations it is. */
  readonly index: number;
  readonly outcome: Outcome;
}

export interface RecordLedger {
  /** Number of `entries[0]`: 0 for books (their creation), 1 for record 0. */
  readonly first: number;
  readonly entries: Entry[];
  /** `books[i]` is the book after `entries[i]`, by the model; null for record 0. */
  readonly books: (Book | null)[];
  /** `versions[i]` is that book's version, by the model. */
  readonly versions: number[];
  /** After the last entry, by the model. */
  shelf: Shelf;
}

/**
 * Sees every commit of every replica, those that a crash undoes included, and holds the one ledger that all must agree on:
 * an entry is decided once, an operation is in it once, outcomes follow from the state before, stock is never below zero.
 */
export class LedgerOracle {
  readonly ledgers = new Map<BookId, RecordLedger>();
  readonly places = new Map<OperationId, Place>();

  /** `merged`: two sides of a split sold, so that stock may be below zero if the sales say so. */
  constructor(
    private readonly report: (violation: Violation) => void,
    readonly merged = false,
    /** What the clock that is furthest ahead shows, with all that it may be off. */
    private readonly earliestNow: () => number = () => Infinity,
  ) {}

  /** A replica commits this entry, after which it takes the record to be `book`, if that is known. */
  commits(replica: string, bookId: BookId, entry: Entry, book?: Book | null): void {
    const ledger = this.ledgerOf(bookId);
    const at = entry.sequenceNumber - ledger.first;
    const known = ledger.entries[at];
    if (known === undefined) this.append(replica, bookId, ledger, entry);
    else if (!sameEntry(known, entry)) {
      const text = `${replica} commits ${show(entry)} where ${show(known)} was committed`;
      this.violate('decided twice', bookId, text);
      return;
    }
    const expected = ledger.books[at] ?? null;
    if (bookId !== CATALOGUE && expected !== null && book !== undefined && !sameBook(expected, book)) {
      this.violate(
        'wrong fold',
        bookId,
        `${replica} takes it to be ${JSON.stringify(book)} at ${entry.sequenceNumber}`,
      );
    }
  }

  ledgerOf(bookId: BookId): RecordLedger {
    let ledger = this.ledgers.get(bookId);
    if (ledger === undefined) {
      ledger = {
        first: bookId === CATALOGUE ? 1 : 0,
        entries: [],
        books: [],
        versions: [],
        shelf: EMPTY_SHELF,
      };
      this.ledgers.set(bookId, ledger);
    }
    return ledger;
  }

  private append(replica: string, bookId: BookId, ledger: RecordLedger, entry: Entry): void {
    const next = ledger.first + ledger.entries.length;
    if (entry.sequenceNumber !== next) {
      this.violate(
        'decided twice',
        bookId,
        `${replica} commits ${entry.sequenceNumber} when ${next} is not decided`,
      );
      return;
    }
    const book = ledger.books.at(-1) ?? null;
    const { shelf } = ledger;
    const before = book === null ? null : { book, shelf, version: ledger.versions.at(-1) ?? -1 };
    const after = bookId === CATALOGUE ? null : this.fold(bookId, before, entry);
    ledger.entries.push(entry);
    ledger.books.push(after?.book ?? null);
    ledger.versions.push(after?.version ?? -1);
    ledger.shelf = after?.shelf ?? EMPTY_SHELF;
    if (!this.merged) this.judge(bookId, entry, after);
    if (bookId === CATALOGUE || entry.sequenceNumber > 0) this.place(bookId, entry);
  }

  /** Each operation has one place in all ledgers; a book's first entry only repeats its creation. */
  private place(bookId: BookId, entry: Entry): void {
    for (const [index, { operation, outcome }] of entry.decided.entries()) {
      const { operationId } = operation;
      const place = this.places.get(operationId);
      if (place !== undefined) {
        const text = `${operationId} is in ${place.bookId}/${place.sequenceNumber} and in entry ${entry.sequenceNumber}`;
        this.violate('operation applied twice', bookId, text);
      }
      this.places.set(operationId, { bookId, sequenceNumber: entry.sequenceNumber, index, outcome });
    }
  }

  private fold(bookId: BookId, before: ModelBook | null, entry: Entry): ModelBook | null {
    const after = playEntry(before, entry, this.merged);
    if (typeof after === 'number') {
      const text = `operation ${after} of ${show(entry)} cannot have its outcome on ${JSON.stringify(before?.book)}`;
      this.violate('wrong outcome', bookId, text);
      return before;
    }
    if (after.book.quantity < 0 && !this.merged)
      this.violate('stock below zero', bookId, `${after.book.quantity} copies after ${show(entry)}`);
    const missing = copiesMissing(after);
    if (missing !== 0)
      this.violate('copies lost', bookId, `${missing} copies are nowhere after ${show(entry)}`);
    return after;
  }

  /** What ends by itself ends when it may: a hold after its time, one that follows another as that one did. */
  private judgeEnds(bookId: BookId, entry: Entry): void {
    const { shelf } = this.ledgerOf(bookId);
    for (const { operation, outcome } of entry.decided) {
      if (outcome.kind === 'expired') {
        for (const holdId of outcome.holdIds)
          this.judgeTime(bookId, holdId, shelf.holds.get(holdId)?.until ?? 0);
      }
      if (operation.kind !== 'settle' || (outcome.kind !== 'sold' && outcome.kind !== 'released')) continue;
      const decidedBy = shelf.holds.get(operation.holdId)?.decidedBy ?? '';
      const { end, orderId } = this.hold(decidedBy) ?? { end: 'held', orderId: null };
      const agrees =
        outcome.kind === 'sold' ? orderId === outcome.orderId : end === 'released' || end === 'expired';
      if (!agrees)
        this.violate(
          'half a basket',
          bookId,
          `${operation.holdId} is ${outcome.kind}, what decides is ${end}`,
        );
    }
  }

  private judgeTime(bookId: BookId, holdId: string, until: number): void {
    const early = until - this.earliestNow();
    if (early > 0) this.violate('ended early', bookId, `${holdId} expires ${early} ms too early`);
  }

  private judge(bookId: BookId, entry: Entry, after: ModelBook | null): void {
    this.judgeEnds(bookId, entry);
    if (after !== null) this.judgeKey(bookId, after.book);
  }

  /** A key that was given up is given out again only when that can be seen in the ledger of who had it. */
  private judgeKey(bookId: BookId, book: Book): void {
    const key = keyOf(book);
    for (const [other, { books }] of this.ledgers) {
      const last = books.at(-1) ?? null;
      if (other !== bookId && last !== null && keyOf(last) === key)
        this.violate('one key, two books', bookId, `${key} is book ${other}'s as well`);
    }
  }

  /** A hold of any book. */
  hold(holdId: string): ModelHold | undefined {
    for (const { shelf } of this.ledgers.values()) {
      const hold = shelf.holds.get(holdId);
      if (hold !== undefined) return hold;
    }
    return undefined;
  }

  private violate(rule: ViolationKind, bookId: BookId, text: string): void {
    this.report({ rule, bookId, text: `book ${bookId}: ${text}` });
  }
}

function sameEntry(a: Entry, b: Entry): boolean {
  if (a === b) return true;
  if (!sameBallot(a.origin, b.origin)) return false;
  return a.decided === b.decided || JSON.stringify(a.decided) === JSON.stringify(b.decided);
}

function show(entry: Entry): string {
  const operations = entry.decided.map(
    ({ operation, outcome }) => `${operation.operationId} ${outcome.kind}`,
  );
  const { round, replicaId } = entry.origin;
  return `#${entry.sequenceNumber} (${round}.${replicaId}: ${operations.join(', ')})`;
}
