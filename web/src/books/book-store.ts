import { type Fetched, fetchBook } from '../api/shop.js';
import { type Book } from '../api/types.js';

const MOST_BOOKS = 500;

interface Seen {
  readonly book: Book;
  readonly etag: string | null;
}

/** What this page has seen of each book, so that a second look shows something at once and asks only whether it changed. */
class BookStore {
  private readonly seen = new Map<number, Seen>();

  last(id: number): Book | undefined {
    return this.seen.get(id)?.book;
  }

  async load(id: string, signal?: AbortSignal): Promise<Fetched<Book>> {
    const before = this.seen.get(Number(id));
    const fetched = await fetchBook(id, before?.etag ?? null, signal);
    if (fetched.kind !== 'found') return fetched;
    if (fetched.value === 'unchanged') {
      return before
        ? { kind: 'found', value: before.book }
        : { kind: 'failed', message: 'The shop did not send the book.' };
    }
    this.keep(fetched.value.book, fetched.value.etag);
    return { kind: 'found', value: fetched.value.book };
  }

  private keep(book: Book, etag: string | null): void {
    this.seen.delete(book.id);
    this.seen.set(book.id, { book, etag });
    const oldest = this.seen.keys().next().value;
    if (this.seen.size > MOST_BOOKS && oldest !== undefined) this.seen.delete(oldest);
  }
}

export const bookStore = new BookStore();
