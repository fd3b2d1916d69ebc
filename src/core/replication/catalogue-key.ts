import { foldKey } from '../text/fold.js';
import { bookNumberOf } from '../text/isbn.js';
import { type Book } from './types.js';

/**
 * The key under which the catalogue knows a book: books that share one are the same book. Its number if it has one, for
 * editions share a title and an author; else `title:<title>\0<author>`. Stores keep it: a change needs a migration.
 */
export function catalogueKey({ title, author, isbn }: Pick<Book, 'title' | 'author' | 'isbn'>): string {
  const number = bookNumberOf(isbn ?? '');
  switch (number?.kind) {
    case undefined:
      return `title:${foldKey(title)}\u0000${foldKey(author ?? '')}`;
    case 'isbn':
      return `isbn:${number.isbn13}`;
    case 'own number':
      return `number:${number.text}`;
    default:
      return number satisfies undefined;
  }
}
