import { LONG_AGO } from '../clocks.js';
import { type Context } from './context.js';
import { invariant } from './invariant.js';
import { type HeldLeases } from './leases.js';
import { type RecordState, type Records } from './records.js';
import { compareBallots, type Ballot, type BookId, type MonotonicMs } from './types.js';

/** Another replica holds entry `number` pending. */
interface Bar {
  number: number;
  /** The highest under which it was said to be pending. */
  ballot: Ballot;
  readonly titles: boolean;
  readonly since: MonotonicMs;
  /** This replica's front-ends have forgotten the book since. */
  forgotten: boolean;
}

/**
 * Which records this replica has validated, and when (memory only; R1, R4, C1).
 * Invariant: a record that another replica was said to hold pending at number m carries no mark until m is seen committed here.
 */
export class Marks {
  /** The time for which a catch-up validated every record not named in `#own`. */
  #base = LONG_AGO;
  readonly #own = new Map<BookId, MonotonicMs>();
  /** Also some that have been seen committed since: see `#bar`. */
  readonly #barred = new Map<BookId, Bar>();

  constructor(
    private readonly context: Context,
    private readonly records: Records,
    private readonly leases: HeldLeases,
  ) {}

  get base(): MonotonicMs {
    return this.#base;
  }

  /** Validated by something sent at `sentAt`. */
  mark(record: RecordState, sentAt: MonotonicMs): void {
    if (this.isBarred(record.bookId)) return;
    const time = this.context.rules['R1 validation counts from sending'] ? sentAt : this.context.now();
    if (time > this.validatedAt(record.bookId)) this.#own.set(record.bookId, time);
  }

  drop(bookId: BookId): void {
    this.#own.set(bookId, LONG_AGO);
  }

  /** A catch-up asked at `askedAt` has ended (C1): one time for all records, but for those still pending here or elsewhere. */
  rebase(askedAt: MonotonicMs): void {
    this.#base = askedAt;
    for (const [bookId, time] of this.#own) {
      if (time < askedAt) this.#own.delete(bookId);
    }
    for (const [bookId] of this.barred()) this.drop(bookId);
    for (const bookId of this.records.pendingSince.keys()) this.drop(bookId);
  }

  /** Another replica holds entry `number` pending (R4). Returns whether that is news. */
  bar(
    record: RecordState,
    { number, ballot, titles }: { number: number; ballot: Ballot; titles: boolean },
  ): boolean {
    if (!this.context.rules['R4 bar'] || record.committed >= number) return false;
    const known = this.#bar(record.bookId);
    if (known !== undefined && compareBallots(ballot, known.ballot) > 0) known.ballot = ballot;
    if (known !== undefined && known.number >= number) return false;
    this.#barred.set(record.bookId, {
      number,
      ballot,
      // What it was barred for before has not been seen committed yet.
      titles: titles || known?.titles === true,
      since: known?.since ?? this.context.now(),
      forgotten: false,
    });
    this.drop(record.bookId);
    return true;
  }

  /** A bar ends as soon as its number is committed here. */
  #bar(bookId: BookId): Bar | undefined {
    const bar = this.#barred.get(bookId);
    if (bar === undefined || this.records.get(bookId).committed < bar.number) return bar;
    this.#barred.delete(bookId);
    return undefined;
  }

  /** Of a new identity, which answers nothing yet: those that it asks name what is pending now. */
  forgetBars(): void {
    this.#barred.clear();
  }

  isBarred(bookId: BookId): boolean {
    return this.#bar(bookId) !== undefined;
  }

  /** The front-ends have forgotten what they had of that book when entry `number` was said to be pending. */
  forgotten(bookId: BookId, number: number): void {
    const barred = this.#bar(bookId);
    if (barred?.number === number) barred.forgotten = true;
  }

  /** Whether somebody was said to hold an entry pending under a higher ballot than that. */
  barredAbove(bookId: BookId, ballot: Ballot): boolean {
    const barred = this.#bar(bookId);
    return barred !== undefined && compareBallots(barred.ballot, ballot) > 0;
  }

  *barred(): IterableIterator<[BookId, Bar]> {
    for (const bookId of this.#barred.keys()) {
      const bar = this.#bar(bookId);
      if (bar !== undefined) yield [bookId, bar];
    }
  }

  /** R1: a majority of leases runs, all begun by the time at which this record was validated, and nothing is pending. */
  answersLocally(record: RecordState): boolean {
    if (record.pending !== null && this.context.rules['R1 pending']) return false;
    const validatedAt = this.validatedAt(record.bookId);
    invariant(
      validatedAt === LONG_AGO || !this.isBarred(record.bookId),
      () => `barred book ${record.bookId} carries no mark`,
    );
    return this.leases.majoritySince(validatedAt);
  }

  /** Caught up since leases of a majority began, and they still run. */
  ready(): boolean {
    return this.context.identity.joined && this.#base !== LONG_AGO && this.leases.majoritySince(this.#base);
  }

  /** When the record was validated; `LONG_AGO` if it is not. */
  validatedAt(bookId: BookId): MonotonicMs {
    return this.#own.get(bookId) ?? this.#base;
  }
}
