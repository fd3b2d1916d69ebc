import { type Book, type Entry, type HoldId, type StoredHold } from '../../core/replication/types.js';

export interface BookRow {
  readonly id: number;
  readonly committed: number;
  readonly version: number;
  readonly quantity: number;
  readonly price_cents: number;
  readonly title: string;
  readonly topic: string;
  readonly isbn: string | null;
  readonly author: string | null;
  readonly hidden: boolean;
  /** 0: none. */
  readonly claim: number;
}

export const BOOK_COLUMNS =
  'id, committed, version, quantity, price_cents, title, topic, isbn, author, hidden, claim';

export function bookOf(row: BookRow): Book {
  const { title, topic, price_cents: priceCents, quantity, isbn, author, hidden, claim } = row;
  return {
    title,
    topic,
    priceCents,
    quantity,
    isbn,
    author,
    ...(claim > 0 && { claim }),
    ...(hidden && { hidden }),
  };
}

export function entryOf({ entry }: { readonly entry: string }): Entry {
  return JSON.parse(entry) as Entry;
}

export interface HoldRow {
  readonly hold_id: HoldId;
  readonly book_id: number;
  readonly copies: number;
  readonly price_cents: number;
  readonly until: number;
  readonly decided_by: string | null;
  /** As the driver reads them: their parser is not that of single numbers. */
  readonly other_books: readonly (string | number)[];
  readonly reference: string | null;
  readonly ended: NonNullable<StoredHold['end']>['kind'] | null;
  readonly order_id: string | null;
}

export const HOLD_COLUMNS =
  'hold_id, book_id, copies, price_cents, until, decided_by, other_books, reference, ended, order_id';

export function holdOf(row: HoldRow): StoredHold {
  const { hold_id: holdId, book_id: bookId, copies, price_cents: priceCents, until, reference } = row;
  const otherBooks = row.other_books.map(Number);
  return {
    holdId,
    bookId,
    copies,
    priceCents,
    until,
    decidedBy: row.decided_by,
    otherBooks,
    reference,
    end: endOf(row),
  };
}

function endOf({ ended, order_id: orderId }: HoldRow): StoredHold['end'] {
  if (ended === 'sold') return { kind: 'sold', orderId: orderId ?? '' };
  return ended === null ? null : { kind: ended };
}

/** PostgreSQL's texts cannot hold the character that divides keys of titles. */
export function storedKey(key: string): string {
  return key.replaceAll('\u0000', '\u0001');
}
