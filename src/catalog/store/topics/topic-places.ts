import { type BookId } from '../../../core/replication/types.js';

/**
 * The full-text index of topics has a row for each topic and each block of book ids that holds a book of it. Its number, the
 * block before the topic, lets a search walk the books in id order and stop when its page is full; and a topic of many books
 * has few rows.
 */
export const BOOKS_PER_BLOCK = 512;
/** Topic ids stay below; a number stays below 2 ** 53 for 2 ** 31 books. */
export const TOPICS = 2 ** 31;

/** The number of the row for a topic and the block of a book. */
export function placeOf(topicId: number, bookId: BookId): number {
  return Math.floor(bookId / BOOKS_PER_BLOCK) * TOPICS + topicId;
}

/** The first and the last id of the block of a book. */
export function blockOf(bookId: BookId): readonly [first: BookId, last: BookId] {
  const first = Math.floor(bookId / BOOKS_PER_BLOCK) * BOOKS_PER_BLOCK;
  return [first, first + BOOKS_PER_BLOCK - 1];
}
