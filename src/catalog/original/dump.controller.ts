import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiUnprocessableEntityResponse } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { priceOf } from '../../contract/book-limits.js';
import { DumpedBook, PageQuery } from '../../contract/catalog.js';
import { ClusterOnly } from '../../http/cluster-secret.guard.js';
import { CatalogEngine } from '../engine.js';
import { linkNext, pageAfterId } from './pages.js';

/** What a client of the original catalog, or an operator, looks at. No role of this release does. */
@ClusterOnly('original')
@Controller('dump')
export class DumpController {
  constructor(private readonly engine: CatalogEngine) {}

  @ApiOperation({ summary: 'The books of this replica as they stand, in id order' })
  @ApiOkResponse({ type: [DumpedBook] })
  @ApiUnprocessableEntityResponse({ description: 'limit or cursor are wrong' })
  @Get()
  async dump(
    @Query() { limit, cursor }: PageQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DumpedBook[]> {
    const rows = await this.engine.books(pageAfterId(cursor), limit + 1);
    const page = rows.slice(0, limit);
    const last = page.at(-1);
    if (rows.length > limit && last !== undefined) linkNext(reply, '/dump', { limit, cursor: last.id });
    return page.map(({ id, sequenceNumber, quantity, title, topic, priceCents, valid }) => ({
      id,
      sequenceNumber,
      quantity,
      title,
      topic,
      price: priceOf(priceCents),
      valid,
    }));
  }
}
