import { Controller, Get, Query, Res } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { type LowStockBook, PageQuery } from '../../contract/catalog.js';
import { ShopError, unread } from '../shop/shop.error.js';
import { CatalogClient, queryOf } from '../upstream/catalog.client.js';
import { Guarded } from '../../http/route-rules.js';
import * as docs from './administration.docs.js';
import { AdminTokenGuard } from './admin-token.guard.js';

@docs.Administration()
@Guarded(AdminTokenGuard)
@Controller()
export class LowStockController {
  constructor(private readonly catalogs: CatalogClient) {}

  @docs.ListLowStock()
  @Get('books/low-stock')
  async lowStock(
    @Query() { limit, cursor }: PageQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<readonly LowStockBook[]> {
    const reached = await this.catalogs.lowStock(limit, cursor ?? null);
    if (reached.kind !== 'done') throw unread('catalog unreachable', reached);
    if (reached.value === null) throw new ShopError('cursor unknown', { fields: ['cursor'] });
    const { items, next } = reached.value;
    if (next !== null)
      void reply.header('link', `</books/low-stock${queryOf({ limit, cursor: next })}>; rel="next"`);
    return items;
  }
}
