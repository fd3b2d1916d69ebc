import { UnprocessableEntityException } from '@nestjs/common';
import { type BookId } from '../../core/replication/types.js';
import { type StockPosition, type TopicCount } from '../store/catalogue-index.js';

/** The book after which a page in id order begins; 0 for the first page. */
export function pageAfterId(cursor: string | undefined): BookId {
  const after = readIdCursor(cursor ?? null);
  if (after === null) throw wrongCursor();
  return after;
}

/** The same; null: it is no cursor of this server. */
export function readIdCursor(cursor: string | null): BookId | null {
  if (cursor === null) return 0;
  return /^\d{1,15}$/.test(cursor) ? Number(cursor) : null;
}

/** `<quantity>.<id>` of the last book shown. */
export function pageAfterStock(cursor: string | undefined): StockPosition | null {
  if (cursor === undefined) return null;
  const [, quantity, id] = /^(\d{1,15})\.(\d{1,15})$/.exec(cursor) ?? [];
  if (quantity === undefined || id === undefined) throw wrongCursor();
  return { quantity: Number(quantity), id: Number(id) };
}

export function stockCursor({ quantity, id }: StockPosition): string {
  return `${quantity}.${id}`;
}

/** `<books>.<topic in base64url>` of the last topic shown. */
export function pageAfterTopic(cursor: string | undefined): TopicCount | null {
  if (cursor === undefined) return null;
  const [, books, name] = /^(\d{1,15})\.([\w-]+)$/.exec(cursor) ?? [];
  if (books === undefined || name === undefined) throw wrongCursor();
  const bytes = Buffer.from(name, 'base64url');
  const after = { books: Number(books), topic: bytes.toString() };
  if (topicCursor(after) !== cursor) throw wrongCursor();
  return after;
}

export function topicCursor({ books, topic }: TopicCount): string {
  return `${books}.${Buffer.from(topic).toString('base64url')}`;
}

export function wrongCursor(): UnprocessableEntityException {
  return new UnprocessableEntityException({
    message: 'cursor is not one of this server',
    fields: ['cursor'],
  });
}
