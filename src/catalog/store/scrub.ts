import { isDeepStrictEqual } from 'node:util';
import { fold, type Folded, unfolded } from '../../core/replication/book-fold.js';
import { type BookId, CATALOGUE } from '../../core/replication/types.js';
import { Damage } from './damage.js';
import { type SqliteStore } from './sqlite-store.js';

const ENTRIES_AT_A_TIME = 64;
/** Of short ledgers, so many in one slice: half a millisecond. */
const BOOKS_PER_SLICE = 16;

/** How far one ledger has been gone through. */
interface Reading {
  readonly bookId: BookId;
  folded: Folded;
  next: number;
}

type Reads = Pick<SqliteStore, 'nextId' | 'record' | 'entries' | 'seal'>;

/**
 * Goes through all ledgers while the catalog works, a slice at a time: every checksum has to fit, and the fold of each ledger to be the book
 * that is stored. So what a disk has changed is found though nobody asks for it. A book of an older file gets its checksum then.
 */
export class Scrub {
  #last: BookId = -1;
  #reading: Reading | null = null;

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

  #begin(): Reading | null {
    const bookId = this.store.nextId(this.#last);
    if (bookId === undefined) return null;
    this.#last = bookId;
    this.#reading = { bookId, folded: unfolded(bookId), next: bookId === CATALOGUE ? 1 : 0 };
    return this.#reading;
  }

  /** False: there is more of it. */
  #read(reading: Reading): boolean {
    const { bookId } = reading;
    const entries = this.store.entries(bookId, reading.next, ENTRIES_AT_A_TIME);
    for (const entry of entries) {
      if (entry.sequenceNumber !== reading.next) throw missing(reading);
      reading.folded = fold(bookId, reading.folded, entry);
      reading.next += 1;
    }
    if (entries.length === ENTRIES_AT_A_TIME) return false;
    this.#compare(reading);
    return true;
  }

  #compare(reading: Reading): void {
    const { bookId, next } = reading;
    const stored = this.store.record(bookId);
    const committed = stored?.committed ?? -1;
    // When two sides of a split are merged, entries are taken back: then this ledger is another one.
    if (stored === undefined || committed < next - 1) return;
    if (committed >= next) throw missing(reading);
    const isBook = bookId !== CATALOGUE && committed >= 0;
    const { book, version } = reading.folded;
    if (isBook && !(isDeepStrictEqual(stored.book, book) && stored.version === version)) {
      throw new Damage(`book ${bookId} is not what its ledger makes of it`);
    }
    this.store.seal(bookId);
  }
}

function missing({ bookId, next }: Reading): Damage {
  return new Damage(
    `entry ${next} of ${bookId === CATALOGUE ? 'the catalogue' : `book ${bookId}`} is missing`,
  );
}
