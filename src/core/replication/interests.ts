import { type BookId } from './types.js';

/** Most books that are remembered of one session; a front-end that has been given more is told of every write. */
const MAX_BOOKS = 100_000;

/** F5: the books of which one front-end may hold an answer that this replica gave it since its session began. */
export class Interests {
  /** With the number of the last invalidation that had been made when the newest answer was. */
  readonly #books = new Map<BookId, number>();
  /** Until the session has lapsed and begins anew. */
  #tooMany = false;

  /** An answer is made that may be cached; `invalidation` is the number of the last one made. */
  answered(bookId: BookId, invalidation: number): void {
    if (this.#tooMany) return;
    this.#books.set(bookId, invalidation);
    if (this.#books.size <= MAX_BOOKS) return;
    this.#tooMany = true;
    this.#books.clear();
  }

  get size(): number {
    return this.#books.size;
  }

  has(bookId: BookId): boolean {
    return this.#tooMany || this.#books.has(bookId);
  }

  /** The front-end acknowledged that invalidation. `newerToo`: only to show that this is wrong. */
  forgotten(bookId: BookId, invalidation: number, newerToo: boolean): void {
    const answered = this.#books.get(bookId);
    // What was answered after that invalidation had been made counts anew.
    if (answered !== undefined && (answered < invalidation || newerToo)) this.#books.delete(bookId);
  }
}
