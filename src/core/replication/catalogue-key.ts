import { foldKey } from '../text/fold.js';
import { type Book } from './types.js';

/**
 * The keys under which the catalogue knows a book: two books that share one are the same book.
 * `isbn:<normalised>` if it has an isbn, and always `title:<title>\0<author>`, compared as `foldKey` says.
 */
export function uniqueKeys(book: Pick<Book, 'title' | 'author' | 'isbn'>): string[] {
  const keys: string[] = [];
  const isbn = normalisedIsbn(book.isbn ?? '');
  if (isbn !== '') keys.push(`isbn:${isbn}`);
  keys.push(`title:${foldKey(book.title)}\u0000${foldKey(book.author ?? '')}`);
  return keys;
}

/** Without hyphens and blanks; a ten-digit isbn becomes the thirteen-digit one that names the same book (ISO 2108). */
export function normalisedIsbn(isbn: string): string {
  const plain = isbn.replace(/[\s\u2010-\u2015-]/g, '').toUpperCase();
  if (!/^\d{9}[\dX]$/.test(plain)) return plain;
  const digits = `978${plain.slice(0, 9)}`;
  let sum = 0;
  for (let place = 0; place < digits.length; place += 1)
    sum += Number(digits[place]) * (place % 2 === 0 ? 1 : 3);
  return `${digits}${(10 - (sum % 10)) % 10}`;
}
