import { type BookId } from '../../../core/replication/types.js';
import { type BookOrder } from '../../../contract/book-search.js';
import { type Place } from './ranking.js';

/** Where a page of found books goes on: behind this one. */
export type BookCursor =
  | { readonly kind: 'id'; readonly id: BookId }
  | ({ readonly kind: 'place' } & Place)
  | { readonly kind: 'price'; readonly priceCents: number; readonly id: BookId }
  | { readonly kind: 'title'; readonly id: BookId };

const NUMBERS = '(\\d{1,15})';
const PATTERNS = {
  relevance: new RegExp(`^(?:i${NUMBERS}|r${NUMBERS}\\.${NUMBERS}\\.${NUMBERS})$`),
  price: new RegExp(`^p${NUMBERS}\\.${NUMBERS}$`),
  title: new RegExp(`^t${NUMBERS}$`),
} as const;

export function cursorOf(cursor: BookCursor): string {
  switch (cursor.kind) {
    case 'id':
      return `i${cursor.id}`;
    case 'place':
      return `r${cursor.grade}.${cursor.length}.${cursor.id}`;
    case 'price':
      return `p${cursor.priceCents}.${cursor.id}`;
    case 'title':
      return `t${cursor.id}`;
    default:
      return cursor satisfies never;
  }
}

/** Undefined: it is not one of a list in this order. */
export function parseBookCursor(text: string, order: BookOrder): BookCursor | undefined {
  const match = PATTERNS[order].exec(text);
  if (match === null) return undefined;
  const [first = 0, second = 0, third = 0, fourth = 0] = match.slice(1).map((digits) => Number(digits ?? 0));
  switch (order) {
    case 'relevance':
      return text.startsWith('i')
        ? { kind: 'id', id: first }
        : { kind: 'place', grade: second, length: third, id: fourth };
    case 'price':
      return { kind: 'price', priceCents: first, id: second };
    case 'title':
      return { kind: 'title', id: first };
    default:
      return order satisfies never;
  }
}
