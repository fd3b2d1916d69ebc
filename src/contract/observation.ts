import { type Call } from './call.js';
import { listOf, nullable, record, type Shape, whole } from './shapes.js';

/** One range of a catalog's books, summed: replicas that agree on all of them have the same. */
export interface RangeSum {
  /** Of the books from `range * BOOKS_PER_RANGE` on. */
  readonly range: number;
  readonly books: number;
  /** How many of them have a checksum; those of an older file get theirs when they are looked through. */
  readonly checked: number;
  /** Sum of the numbers of their last entries. */
  readonly committed: number;
  readonly checksum: number;
  /** Copies that were sold and are not there. */
  readonly oversold: number;
}

export const BOOKS_PER_RANGE = 1_024;

/** A few ranges of a catalog. */
export interface RangesAnswer {
  readonly ranges: readonly RangeSum[];
  /** Null: that was the last one. */
  readonly next: number | null;
  /** Ids below it are given out. */
  readonly nextBookId: number;
}

/** The books of one range of a catalog. */
export interface RangeAnswer {
  readonly books: readonly BookSum[];
}

export interface BookSum {
  readonly id: number;
  /** Number of its last entry. */
  readonly committed: number;
  /** Null: of an older file, and not yet looked through. */
  readonly checksum: number | null;
}

const MOST = Number.MAX_SAFE_INTEGER;
const MOST_RANGES = 64;
const LAST_RANGE = 2 ** 40;
const count = whole(0, MOST);
const rangeNumber: Shape<number> = whole(0, LAST_RANGE);

/** To a catalog: the sums of a few ranges from one on. */
export const rangesCall: Call<{ readonly from: number }, RangesAnswer> = {
  name: 'ranges',
  audience: 'roles',
  vital: false,
  request: record({ from: rangeNumber }),
  answer: record<RangesAnswer>({
    ranges: listOf(
      record<RangeSum>({
        range: rangeNumber,
        books: count,
        checked: count,
        committed: count,
        checksum: count,
        oversold: count,
      }),
      MOST_RANGES,
    ),
    next: nullable(rangeNumber),
    nextBookId: count,
  }),
};

/** To a catalog. */
export const rangeCall: Call<{ readonly range: number }, RangeAnswer> = {
  name: 'range',
  audience: 'roles',
  vital: false,
  request: record({ range: rangeNumber }),
  answer: record<RangeAnswer>({
    books: listOf(
      record<BookSum>({ id: count, committed: count, checksum: nullable(count) }),
      BOOKS_PER_RANGE,
    ),
  }),
};

/** `GET /ops/observer` */
export interface Observation {
  /** False: OBSERVE_EVERY is not set for this front-end. */
  readonly on: boolean;
  /** Answers that were compared with earlier ones, from all front-ends and straight from all catalogs. */
  readonly answers: number;
  /** Of these, how many were older than one that somebody had had before they were asked for. */
  readonly stale: number;
  /** Books compared on all catalogs by ranges, and how many of them differ at the same number. */
  readonly booksCompared: number;
  readonly booksThatDiffer: number;
  /** In the last look at all ranges. */
  readonly oversoldCopies: number;
  /** Looks at all ranges. */
  readonly looks: number;
  /** How often some of it is looked at; null: never. */
  readonly everyMs: number | null;
  /** How long ago a look ended; null: none has yet. */
  readonly lookedAgoMs: number | null;
  /** The last things that were found, in words. */
  readonly findings: readonly string[];
}
