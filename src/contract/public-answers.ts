import { type Book, type BookId } from '../core/replication/types.js';
import { priceOf } from './book-limits.js';
import { type BookAnswer } from './catalog.js';

/** A book as it crosses the wire. */
export function bookAnswerOf(bookId: BookId, book: Book, sequenceNumber: number): BookAnswer {
  const { title, topic, quantity, priceCents, isbn, author, hidden } = book;
  return {
    id: bookId,
    title,
    topic,
    quantity,
    price: priceOf(priceCents),
    sequenceNumber,
    ...(isbn !== null && { isbn }),
    ...(author !== null && { author }),
    ...(hidden !== undefined && { hidden }),
  };
}
