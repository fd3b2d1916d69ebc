import { type BarrierResult } from './api.js';
import { type Context } from './context.js';
import { touchesTitles } from './invalidation.js';
import { type Marks } from './marks.js';
import { type Records } from './records.js';
import { type BookId } from './types.js';

/** Most answers that may wait at one time. */
const MAX_BARRIERS = 10_000;

interface Barrier {
  /** Records with the number that has to be committed first. */
  readonly awaited: Map<BookId, number>;
  readonly pass: () => void;
}

/** F4: answers that span books wait until what is pending when they are asked has come to an end. */
export class Barriers {
  readonly #barriers = new Set<Barrier>();

  constructor(
    private readonly context: Context,
    private readonly records: Records,
    private readonly marks: Marks,
  ) {}

  wait(wanted: 'titles' | 'everything', timeoutMs: number, done: (result: BarrierResult) => void): void {
    if (!this.marks.ready() || this.#barriers.size >= MAX_BARRIERS) return done({ kind: 'unavailable' });
    const awaited = this.context.rules['F4 barrier'] ? this.#pending(wanted) : new Map<BookId, number>();
    const pass = (): void => {
      cancel();
      this.#barriers.delete(barrier);
      done({ kind: 'passed', cacheable: this.marks.ready() && this.#pending(wanted).size === 0 });
    };
    const barrier: Barrier = { awaited, pass };
    let cancel = (): void => undefined;
    if (awaited.size === 0) return pass();
    this.#barriers.add(barrier);
    cancel = this.context.after(timeoutMs, () => {
      this.#barriers.delete(barrier);
      done({ kind: 'unavailable' });
    });
  }

  changed(bookId: BookId): void {
    for (const { awaited, pass } of [...this.#barriers]) {
      const number = awaited.get(bookId);
      if (number === undefined || this.records.get(bookId).committed < number) continue;
      awaited.delete(bookId);
      if (awaited.size === 0) pass();
    }
  }

  #pending(wanted: 'titles' | 'everything'): Map<BookId, number> {
    const pending = new Map<BookId, number>();
    for (const bookId of this.records.pendingSince.keys()) {
      const entry = this.records.get(bookId).pending?.entry;
      if (entry === undefined) continue;
      if (wanted === 'everything' || touchesTitles(bookId, entry)) pending.set(bookId, entry.sequenceNumber);
    }
    for (const [bookId, { number, titles }] of this.marks.barred()) {
      if (wanted === 'everything' || titles) pending.set(bookId, Math.max(number, pending.get(bookId) ?? 0));
    }
    return pending;
  }
}
