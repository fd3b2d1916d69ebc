import { UnprocessableEntityException } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { type BookId } from '../../core/replication/types.js';
import { readIdCursor } from '../cursors.js';

/** The book after which a page in id order begins; 0 for the first page. */
export function pageAfterId(cursor: string | undefined): BookId {
  const after = readIdCursor(cursor ?? null);
  if (after !== undefined) return after;
  throw new UnprocessableEntityException({ message: 'cursor is not one of this server', fields: ['cursor'] });
}

/** Points to the page after this one. */
export function linkNext(
  reply: FastifyReply,
  path: string,
  query: { readonly limit: number; readonly cursor: number },
): void {
  void reply.header('link', `<${path}?limit=${query.limit}&cursor=${query.cursor}>; rel="next"`);
}
