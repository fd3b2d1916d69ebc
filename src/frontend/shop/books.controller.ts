import { Controller, Get, Headers, Query, Res } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { type BookSummary, BookSearchQuery, NEAR_HEADER } from '../../contract/book-search.js';
import { bookIn, type Lookup, ShopReader } from '../cache/shop-reader.js';
import { queryOf } from '../upstream/catalog.client.js';
import { prepare, sendPrepared } from './prepared-answer.js';
import * as docs from './shop.docs.js';
import { ShopError, unread } from './shop.error.js';

/** Books by their words. Which ones comes from a catalog; what is shown of each is its own look-up (F7). */
@docs.Shop()
@Controller()
export class BooksController {
  constructor(private readonly reader: ShopReader) {}

  @docs.FindBooks()
  @Get('books')
  async find(
    @Query() { q, sort, limit, ...query }: BookSearchQuery,
    @Headers('if-none-match') ifNoneMatch: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const topic = query.topic ?? null;
    const cursor = query.cursor ?? null;
    const found = await this.reader.find({ text: q, topic, sort, limit, cursor });
    if ('kind' in found) {
      if (found.kind === 'cursor unknown') throw new ShopError('cursor unknown', { fields: ['cursor'] });
      throw unread('search unreachable', found);
    }
    const { ids, next, near } = found;
    const lookups = await Promise.all(ids.map((id) => this.reader.lookup(id)));
    const books: BookSummary[] = [];
    for (const lookup of lookups) {
      if (lookup.kind === 'unreachable') throw unread('search unreachable', lookup);
      if (lookup.kind === 'found') books.push(summaryOf(lookup));
    }
    // Prices may have changed since the catalog put them in order.
    if (sort === 'price') books.sort((a, b) => a.price - b.price);
    if (near) void reply.header(NEAR_HEADER, '1');
    const link =
      next === null ? null : `</books${queryOf({ q, topic, sort, limit, cursor: next })}>; rel="next"`;
    sendPrepared(reply, prepare(Buffer.from(JSON.stringify(books)), link), ifNoneMatch);
  }
}

function summaryOf(lookup: Extract<Lookup, { kind: 'found' }>): BookSummary {
  const { id, title, topic, author, price, quantity } = bookIn(lookup);
  return { id, title, topic, ...(author !== undefined && { author }), price, quantity };
}
