import { type BookId } from '../core/replication/types.js';

/** 10^15 lies below the largest integer that a number holds exactly. */
const MOST_DIGITS = 15;
export const HIGHEST_BOOK_ID = 10 ** MOST_DIGITS - 1;

/**
 * A book id in a path: decimal digits, leading zeros ignored. `no such book` for digits that no book can have (0, which is the
 * catalogue itself, or too many of them): 404. `not a number` for anything else: 422.
 */
export function parseBookId(text: string): BookId | 'no such book' | 'not a number' {
  const digits = /^0*(\d+)$/.exec(text)?.[1];
  if (digits === undefined) return 'not a number';
  if (digits === '0' || digits.length > MOST_DIGITS) return 'no such book';
  return Number(digits);
}
