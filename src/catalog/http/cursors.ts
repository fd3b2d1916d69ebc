import { UnprocessableEntityException } from '@nestjs/common';
import { type BookId } from '../../core/replication/types.js';
import { type StockPosition } from '../store/catalogue-index.js';

/** The book after which a page in id order begins; 0 for the first page. */
export function pageAfterId(cursor: string | undefined): BookId {
  if (cursor === undefined) return 0;
  if (!/^\d{1,15}$/.test(cursor)) throw wrongCursor();
  return Number(cursor);
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

export function wrongCursor(): UnprocessableEntityException {
  return new UnprocessableEntityException({
    message: 'cursor is not one of this server',
    fields: ['cursor'],
  });
}
