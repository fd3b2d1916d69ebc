import {
  type BookSum,
  BOOKS_PER_RANGE,
  type RangeAnswer,
  type RangesAnswer,
  type RangeSum,
} from '../../contract/observation.js';
import { type Connection } from './database.js';

/** A millisecond's work. */
const RANGES_AT_A_TIME = 4;

/** What a comparison of replicas reads: sums of checksums, so that a million books are a few thousand numbers. */
export class RangeSums {
  readonly #sums;
  readonly #books;
  readonly #nextBookId;

  constructor(connection: Connection) {
    this.#sums = connection.prepare<[number, number], RangeSum>(
      `SELECT id / ${BOOKS_PER_RANGE} AS range, count(*) AS books, count(checksum) AS checked, sum(committed) AS committed,
         coalesce(sum(checksum), 0) AS checksum, sum(max(0, -coalesce(quantity, 0))) AS oversold
       FROM book WHERE id > 0 AND id >= ? AND id < ? AND committed >= 0 GROUP BY 1 ORDER BY 1`,
    );
    this.#books = connection.prepare<[number, number], BookSum>(
      'SELECT id, committed, checksum FROM book WHERE id > 0 AND id >= ? AND id < ? AND committed >= 0 ORDER BY id',
    );
    this.#nextBookId = connection.prepare<[], number>('SELECT next_book_id FROM catalogue').pluck();
  }

  sums(from: number): RangesAnswer {
    const end = from + RANGES_AT_A_TIME;
    const ranges = this.#sums.all(from * BOOKS_PER_RANGE, end * BOOKS_PER_RANGE);
    const nextBookId = this.#nextBookId.get() ?? 1;
    return { ranges, next: end * BOOKS_PER_RANGE < nextBookId ? end : null, nextBookId };
  }

  books(range: number): RangeAnswer {
    return { books: this.#books.all(range * BOOKS_PER_RANGE, (range + 1) * BOOKS_PER_RANGE) };
  }
}
