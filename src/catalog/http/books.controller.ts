import { Controller, Get, Inject, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiUnprocessableEntityResponse } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { priceOf } from '../../contract/book-limits.js';
import { DumpedBook, LowStockBook, PageQuery, TopicCount, TopicsQuery } from '../../contract/catalog.js';
import { ReplicaHost } from '../replica/replica.host.js';
import { CATALOGUE_INDEX, type CatalogueIndex } from '../store/catalogue-index.js';
import { linkNext } from './answers.js';
import { pageAfterId, pageAfterStock, pageAfterTopic, stockCursor, topicCursor } from './cursors.js';
import { Internal } from '../../http/internal.decorator.js';

/** What this replica holds, as it stands: for browsing and administration, where an answer may be a moment old. */
@Internal('operations')
@Controller()
export class BooksController {
  constructor(
    private readonly host: ReplicaHost,
    @Inject(CATALOGUE_INDEX) private readonly index: CatalogueIndex,
  ) {}

  @ApiOperation({ summary: 'The books of this replica, in id order' })
  @ApiOkResponse({ type: [DumpedBook] })
  @ApiUnprocessableEntityResponse({ description: 'limit or cursor are wrong' })
  @Get('dump')
  dump(@Query() { limit, cursor }: PageQuery, @Res({ passthrough: true }) reply: FastifyReply): DumpedBook[] {
    const rows = this.index.books(pageAfterId(cursor), limit + 1);
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    if (rows.length > limit && last !== undefined) linkNext(reply, '/dump', { limit, cursor: last.id });
    return page.map(({ id, sequenceNumber, quantity, title, topic, priceCents }) => ({
      id,
      sequenceNumber,
      quantity,
      title,
      topic,
      price: priceOf(priceCents),
      valid: this.host.recordStatus(id)?.marked ?? false,
    }));
  }

  @ApiOperation({ summary: 'Topics with how many books each has, the fullest first' })
  @ApiOkResponse({ type: [TopicCount] })
  @Get('topics')
  topics(
    @Query() { limit, cursor }: TopicsQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): TopicCount[] {
    const rows = this.index.topics(limit + 1, pageAfterTopic(cursor));
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    if (rows.length > limit && last !== undefined) {
      linkNext(reply, '/topics', { limit, cursor: topicCursor(last) });
    }
    return page;
  }

  @ApiOperation({ summary: 'Books of which few copies are left, the fewest first' })
  @ApiOkResponse({ type: [LowStockBook] })
  @Get('books/low-stock')
  lowStock(
    @Query() { limit, cursor }: PageQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): LowStockBook[] {
    const rows = this.index.lowStock(limit + 1, pageAfterStock(cursor));
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    if (rows.length > limit && last !== undefined) {
      linkNext(reply, '/books/low-stock', { limit, cursor: stockCursor(last) });
    }
    return page.map(({ id, title, topic, quantity, priceCents }) => ({
      id,
      title,
      topic,
      quantity,
      price: priceOf(priceCents),
    }));
  }
}
