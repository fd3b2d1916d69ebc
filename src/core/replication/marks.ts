import { type Context } from './context.js';
import { type HeldLeases } from './leases.js';
import { type RecordState, type Records } from './records.js';
import { type BookId, type MonotonicMs } from './types.js';

const NEVER = -Infinity;

/**
 * Which records this replica has validated, and when (memory only; R1, R4, C1).
 * Invariant: a record that another replica was said to hold pending at number m carries no mark until m is seen committed here.
 */
export class Marks {
  /** The time for which a catch-up validated every record not named in `#own`. */
  #base: MonotonicMs = NEVER;
  readonly #own = new Map<BookId, MonotonicMs>();
  readonly #barred = new Map<BookId, { number: number; titles: boolean; since: MonotonicMs }>();

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
    if (time > this.#at(record.bookId)) this.#own.set(record.bookId, time);
  }

  drop(bookId: BookId): void {
    this.#own.set(bookId, NEVER);
  }

  /** A catch-up asked at `askedAt` has ended (C1): one time for all records, but for those still pending here or elsewhere. */
  rebase(askedAt: MonotonicMs): void {
    this.#base = askedAt;
    for (const [bookId, time] of this.#own) {
      if (time < askedAt) this.#own.delete(bookId);
    }
    for (const bookId of [...this.#barred.keys(), ...this.records.pendingSince.keys()]) this.drop(bookId);
  }

  /** Another replica holds entry `number` pending (R4). Returns whether that is news. */
  bar(record: RecordState, number: number, titles: boolean): boolean {
    if (!this.context.rules['R4 bar'] || record.committed >= number) return false;
    const known = this.#barred.get(record.bookId);
    if (known !== undefined && known.number >= number) return false;
    this.#barred.set(record.bookId, { number, titles, since: known?.since ?? this.context.now() });
    this.drop(record.bookId);
    return true;
  }

  committed(record: RecordState): void {
    const barred = this.#barred.get(record.bookId);
    if (barred !== undefined && record.committed >= barred.number) this.#barred.delete(record.bookId);
  }

  isBarred(bookId: BookId): boolean {
    return this.#barred.has(bookId);
  }

  barred(): IterableIterator<[BookId, { number: number; titles: boolean; since: MonotonicMs }]> {
    return this.#barred.entries();
  }

  /** R1: a majority of leases runs, all begun by the time at which this record was validated, and nothing is pending. */
  alone(record: RecordState): boolean {
    if (record.pending !== null && this.context.rules['R1 pending']) return false;
    return this.leases.majoritySince(this.#at(record.bookId));
  }

  /** Caught up since leases of a majority began, and they still run. */
  ready(): boolean {
    return this.context.identity.joined && this.#base !== NEVER && this.leases.majoritySince(this.#base);
  }

  #at(bookId: BookId): MonotonicMs {
    return this.#own.get(bookId) ?? this.#base;
  }
}
