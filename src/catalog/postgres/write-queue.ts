import { MAX_OPERATIONS_PER_ENTRY } from '../../core/replication/batch.js';
import { type Clock } from '../../core/replication/ports.js';
import { type SubmitResult } from '../../core/replication/results.js';
import { type BookId, CATALOGUE, type Operation } from '../../core/replication/types.js';
import { EndOfTurn } from '../../runtime/end-of-turn.js';

/** Operations under way at once; beyond that, callers are told that this catalog is busy. */
const MAX_OPEN = 20_000;
const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 200;
/** Most books in one transaction: each waits for the front-ends of all (P5). */
const MOST_BOOKS = 8;

/** What one transaction writes of one record. */
export interface BookBatch {
  readonly bookId: BookId;
  readonly operations: readonly Operation[];
}

/** What became of a transaction. */
export type BatchEnd =
  /** Of each of its batches. */
  | { readonly kind: 'results'; readonly results: readonly (readonly SubmitResult[])[] }
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
  readonly bookId: BookId;
  waiting: Waiting[];
  /** Somebody looks for holds that have run out, or follow one that has ended. */
  swept: boolean;
  /** It is being written, or waits to be tried again. */
  busy: boolean;
  /** It has failed together with others: one of them may be what fails. */
  single: boolean;
  pauseMs: number;
}

interface Sent {
  readonly book: Book;
  readonly batch: readonly Waiting[];
  /** Of each, whether it may have happened before. */
  readonly before: readonly boolean[];
}

/**
 * What waits for each book: all of it goes into one transaction, and what comes meanwhile into the next. While all transactions that may run at
 * once do, books gather, and share one: a commit costs the same for all. An attempt that failed, or of whose end nobody heard, is made again
 * until the caller's deadline, for the ledger has an operation's id once (W8).
 */
export class WriteQueue {
  private readonly books = new Map<BookId, Book>();
  /** In the order in which they became so. */
  private readonly ready = new Set<Book>();
  private running = 0;
  private readonly turn = new EndOfTurn(() => {
    while (this.ready.size > 0 && this.running < this.atOnce) void this.run(this.take());
  });
  private open = 0;
  private readonly drained: (() => void)[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly random: () => number,
    /** Transactions that run at once. */
    private readonly atOnce: number,
    /** Batches come in the order of their ids, so that no two transactions wait for each other. */
    private readonly write: (batches: readonly BookBatch[]) => Promise<BatchEnd>,
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
    let book = this.books.get(bookId);
    if (book === undefined) {
      book = { bookId, waiting: [], swept: false, busy: false, single: false, pauseMs: FIRST_PAUSE_MS };
      this.books.set(bookId, book);
    }
    add(book);
    this.next(book);
  }

  private next(book: Book): void {
    if (book.busy) return;
    this.ready.add(book);
    this.turn.schedule();
  }

  /** As many as share the free transactions evenly; a creation goes alone, for it changes other books than its record. */
  private take(): Book[] {
    const most = Math.min(MOST_BOOKS, Math.ceil(this.ready.size / (this.atOnce - this.running)));
    const taken: Book[] = [];
    for (const book of this.ready) {
      const single = book.single || book.bookId === CATALOGUE;
      if (single && taken.length > 0) continue;
      this.ready.delete(book);
      taken.push(book);
      if (single || taken.length >= most) break;
    }
    return taken.sort((a, b) => a.bookId - b.bookId);
  }

  private async run(books: readonly Book[]): Promise<void> {
    const sent = books.flatMap((book) => this.begin(book) ?? []);
    if (sent.length === 0) return;
    this.running += 1;
    const batches = sent.map(({ book: { bookId }, batch }) => ({
      bookId,
      operations: batch.map(({ operation }) => operation),
    }));
    const end = await this.write(batches);
    this.running -= 1;
    for (const [index, each] of sent.entries()) this.settle(each, end, index, sent.length > 1);
    if (this.ready.size > 0) this.turn.schedule();
  }

  /** Null: nobody waits for anything of it any more. */
  private begin(book: Book): Sent | null {
    book.waiting = book.waiting.filter(({ answered }) => !answered);
    const batch = book.waiting.splice(0, MAX_OPERATIONS_PER_ENTRY);
    if (batch.length === 0 && !book.swept) {
      this.books.delete(book.bookId);
      return null;
    }
    book.swept = false;
    book.busy = true;
    // From when it is handed over on, only its end tells what became of it.
    const before = batch.map(({ mayHaveHappened }) => mayHaveHappened);
    for (const each of batch) each.mayHaveHappened = true;
    return { book, batch, before };
  }

  private settle({ book, batch, before }: Sent, end: BatchEnd, index: number, together: boolean): void {
    book.single = together && end.kind === 'undone';
    if (end.kind === 'results') {
      const results = end.results[index] ?? [];
      batch.forEach((each, at) => each.answer(results[at] ?? { kind: 'unknown' }));
      book.pauseMs = FIRST_PAUSE_MS;
      return this.free(book);
    }
    if (end.kind === 'undone') batch.forEach((each, at) => (each.mayHaveHappened = before[at] ?? false));
    if (end.kind === 'undone' && !end.again && !together) {
      for (const each of batch)
        each.answer(
          each.mayHaveHappened ? { kind: 'unknown' } : { kind: 'not started', reason: 'not ready' },
        );
      return this.free(book);
    }
    book.waiting.unshift(...batch);
    this.clock.after(book.pauseMs * (0.5 + this.random()), () => this.free(book));
    book.pauseMs = Math.min(2 * book.pauseMs, LONGEST_PAUSE_MS);
  }

  private free(book: Book): void {
    book.busy = false;
    if (book.waiting.length > 0 || book.swept) this.next(book);
    else this.books.delete(book.bookId);
  }
}

function tooLate({ mayHaveHappened }: Waiting): SubmitResult {
  return mayHaveHappened ? { kind: 'unknown' } : { kind: 'not started', reason: 'deadline' };
}
