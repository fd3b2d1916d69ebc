import { type BookId } from '../core/replication/types.js';
import { type StockPosition, type TopicCount } from './store/catalogue-index.js';

/** The book after which a page in id order begins; 0 for the first page. Undefined: it is no cursor of this server. */
export function readIdCursor(cursor: string | null): BookId | undefined {
  if (cursor === null) return 0;
  return /^\d{1,15}$/.test(cursor) ? Number(cursor) : undefined;
}

/** `<quantity>.<id>` of the last book shown; null for the first page, undefined as above. */
export function readStockCursor(cursor: string | null): StockPosition | null | undefined {
  if (cursor === null) return null;
  const [, quantity, id] = /^(-?\d{1,15})\.(\d{1,15})$/.exec(cursor) ?? [];
  return quantity === undefined || id === undefined
    ? undefined
    : { quantity: Number(quantity), id: Number(id) };
}

export function stockCursor({ quantity, id }: StockPosition): string {
  return `${quantity}.${id}`;
}

/** `<books>.<topic in base64url>` of the last topic shown; null and undefined as above. */
export function readTopicCursor(cursor: string | null): TopicCount | null | undefined {
  if (cursor === null) return null;
  const [, books, name] = /^(\d{1,15})\.([\w-]+)$/.exec(cursor) ?? [];
  if (books === undefined || name === undefined) return undefined;
  const after = { books: Number(books), topic: Buffer.from(name, 'base64url').toString() };
  return topicCursor(after) === cursor ? after : undefined;
}

export function topicCursor({ books, topic }: TopicCount): string {
  return `${books}.${Buffer.from(topic).toString('base64url')}`;
}
