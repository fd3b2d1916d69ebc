import { MAX_OPERATIONS_PER_ENTRY } from '../../core/replication/batch.js';
import { type Clock } from '../../core/replication/ports.js';
import { type SubmitResult } from '../../core/replication/results.js';
import { type BookId, type Operation } from '../../core/replication/types.js';

/** Operations under way at once; beyond that, callers are told that this catalog is busy. */
const MAX_OPEN = 20_000;
const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 200;

/** What became of a batch. */
export type BatchEnd =
  | { readonly kind: 'results'; readonly results: readonly SubmitResult[] }
  /** Nothing of it happened; `again`: it may go well another time. */
  | { readonly kind: 'undone'; readonly again: boolean }
  | { readonly kind: 'unknown' };

interface Waiting {
  readonly operation: Operation;
  answered: boolean;
  /** It may have been written by an attempt whose end nobody heard of. */
  mayHaveHappened: boolean;
  answer(result: SubmitResult): void;
}

interface Book {
  waiting: Waiting[];
  /** Somebody looks for holds that have run out, or follow one that has ended. */
  swept: boolean;
}

/**
 * What waits for each book: all of it goes into one transaction, and what comes meanwhile into the next. An attempt that failed, or of whose
 * end nobody heard, is made again until the caller's deadline, for the ledger has an operation's id once (W8).
 */
export class WriteQueue {
  private readonly books = new Map<BookId, Book>();
  private open = 0;
  private readonly drained: (() => void)[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly random: () => number,
    private readonly write: (bookId: BookId, operations: readonly Operation[]) => Promise<BatchEnd>,
  ) {}

  submit(bookId: BookId, operation: Operation, timeoutMs: number): Promise<SubmitResult> {
    if (this.open >= MAX_OPEN) return Promise.resolve({ kind: 'not started', reason: 'busy' });
    this.open += 1;
    return new Promise((resolve) => {
      const waiting: Waiting = {
        operation,
        answered: false,
        mayHaveHappened: false,
        answer: (result) => {
          if (waiting.answered) return;
          waiting.answered = true;
          cancel();
          this.open -= 1;
          if (this.open === 0) this.drained.splice(0).forEach((tell) => tell());
          resolve(result);
        },
      };
      const cancel = this.clock.after(timeoutMs, () => waiting.answer(tooLate(waiting)));
      this.wake(bookId, (book) => book.waiting.push(waiting));
    });
  }

  /** Has the book looked at, though nobody asks anything of it. */
  sweep(bookId: BookId): void {
    if (this.books.size >= MAX_OPEN) return;
    this.wake(bookId, (book) => (book.swept = true));
  }

  openCount(): number {
    return this.open;
  }

  whenDrained(): Promise<void> {
    if (this.open === 0) return Promise.resolve();
    return new Promise((resolve) => this.drained.push(resolve));
  }

  private wake(bookId: BookId, add: (book: Book) => void): void {
    const known = this.books.get(bookId);
    const book = known ?? { waiting: [], swept: false };
    add(book);
    if (known !== undefined) return;
    this.books.set(bookId, book);
    // What else arrives in this turn goes along.
    setImmediate(() => void this.run(bookId, book));
  }

  private async run(bookId: BookId, book: Book): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS;
    for (;;) {
      book.waiting = book.waiting.filter(({ answered }) => !answered);
      const batch = book.waiting.splice(0, MAX_OPERATIONS_PER_ENTRY);
      if (batch.length === 0 && !book.swept) break;
      book.swept = false;
      // From when it is handed over on, only its end tells what became of it.
      const before = batch.map(({ mayHaveHappened }) => mayHaveHappened);
      for (const each of batch) each.mayHaveHappened = true;
      const end = await this.write(
        bookId,
        batch.map(({ operation }) => operation),
      );
      if (end.kind === 'results') {
        batch.forEach((each, index) => each.answer(end.results[index] ?? { kind: 'unknown' }));
        pauseMs = FIRST_PAUSE_MS;
        continue;
      }
      if (end.kind === 'undone')
        batch.forEach((each, index) => (each.mayHaveHappened = before[index] ?? false));
      if (end.kind === 'undone' && !end.again) {
        for (const each of batch)
          each.answer(
            each.mayHaveHappened ? { kind: 'unknown' } : { kind: 'not started', reason: 'not ready' },
          );
        continue;
      }
      book.waiting.unshift(...batch);
      await this.pause(pauseMs * (0.5 + this.random()));
      pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
    }
    this.books.delete(bookId);
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.clock.after(ms, resolve));
  }
}

function tooLate({ mayHaveHappened }: Waiting): SubmitResult {
  return mayHaveHappened ? { kind: 'unknown' } : { kind: 'not started', reason: 'deadline' };
}
