import { type BookId } from '../../core/replication/types.js';
import { LedgerFold } from './ledger-fold.js';
import { type SqliteStore } from './sqlite-store.js';

const ENTRIES_AT_A_TIME = 64;
/** Of short ledgers, so many in one slice: half a millisecond. */
const BOOKS_PER_SLICE = 16;

type Reads = Pick<SqliteStore, 'nextId' | 'record' | 'entries' | 'seal'>;

/**
 * Goes through all ledgers while the catalog works, a slice at a time: every checksum has to fit, and the fold of each ledger to be the book
 * that is stored. So what a disk has changed is found though nobody asks for it. A book of an older file gets its checksum then.
 */
export class Scrub {
  #last: BookId = -1;
  #reading: LedgerFold | null = null;

  constructor(private readonly store: Reads) {}

  /** Answers how many books came to their end; null: all have been gone through. Throws `Damage`. */
  slice(): number | null {
    for (let done = 0; done < BOOKS_PER_SLICE; done += 1) {
      const reading = this.#reading ?? this.#begin();
      if (reading === null) return done === 0 ? null : done;
      if (!this.#read(reading)) return done;
      this.#reading = null;
    }
    return BOOKS_PER_SLICE;
  }

  #begin(): LedgerFold | null {
    const bookId = this.store.nextId(this.#last);
    if (bookId === undefined) return null;
    this.#last = bookId;
    this.#reading = new LedgerFold(bookId);
    return this.#reading;
  }

  /** False: there is more of it. */
  #read(reading: LedgerFold): boolean {
    const entries = this.store.entries(reading.bookId, reading.next, ENTRIES_AT_A_TIME);
    for (const entry of entries) reading.add(entry);
    if (entries.length === ENTRIES_AT_A_TIME) return false;
    this.#compare(reading);
    return true;
  }

  #compare(reading: LedgerFold): void {
    const { bookId, next } = reading;
    const stored = this.store.record(bookId);
    // When two sides of a split are merged, entries are taken back: then this ledger is another one.
    if (stored === undefined || stored.committed < next - 1) return;
    reading.expect(stored);
    this.store.seal(bookId);
  }
}
