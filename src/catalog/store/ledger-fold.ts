import { isDeepStrictEqual } from 'node:util';
import { fold, type Folded, unfolded } from '../../core/replication/book-fold.js';
import { type BookId, CATALOGUE, type Entry, type StoredRecord } from '../../core/replication/types.js';
import { Damage } from './damage.js';

/** The fold of one ledger that is gone through entry by entry, which has to be the book that is stored. Throws `Damage`. */
export class LedgerFold {
  #made: Folded;
  #next: number;

  constructor(readonly bookId: BookId) {
    this.#made = unfolded(bookId);
    // A book begins with its creation, the catalogue with nothing.
    this.#next = bookId === CATALOGUE ? 1 : 0;
  }

  /** What the entries up to now make. */
  get made(): Folded {
    return this.#made;
  }

  /** Number of the entry that has to come next. */
  get next(): number {
    return this.#next;
  }

  /** `place`: the number under which the file has it. */
  add(entry: Entry, place = entry.sequenceNumber): void {
    if (place !== this.#next || entry.sequenceNumber !== this.#next) throw this.#missing();
    this.#made = fold(this.bookId, this.#made, entry);
    this.#next += 1;
  }

  /** Of a ledger that has come to its end. */
  expect({ committed, book, version }: Pick<StoredRecord, 'committed' | 'book' | 'version'>): void {
    if (committed !== this.#next - 1) throw this.#missing();
    if (this.bookId === CATALOGUE || committed < 0) return;
    if (!isDeepStrictEqual(this.#made.book, book) || this.#made.version !== version)
      throw new Damage(`book ${this.bookId} is not what its ledger makes of it`);
  }

  #missing(): Damage {
    const ledger = this.bookId === CATALOGUE ? 'the catalogue' : `book ${this.bookId}`;
    return new Damage(`entry ${this.#next} of ${ledger} is missing`);
  }
}
