import { Body, Controller, Get, Headers, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { type IncomingHttpHeaders } from 'node:http';
import { type HoldAnswer, HoldsQuery } from '../../contract/public-hold.js';
import { Cancellation, type OrderAnswer } from '../../contract/public-order.js';
import { keyOrOwn, tellRepeats } from '../../http/idempotency-key.js';
import { Guarded } from '../../http/route-rules.js';
import { BookIdPipe } from '../shop/book-id.pipe.js';
import { holdAnswer } from '../shop/order-answers.js';
import { ShopError } from '../shop/shop.error.js';
import { queryOf } from '../upstream/catalog.client.js';
import * as docs from './administration.docs.js';
import { givenName } from './admin-name.js';
import { AdminTokenGuard } from './admin-token.guard.js';
import { CancellationService } from './cancellation.service.js';

/** What is kept back for buyers, and what they have given back. */
@docs.Administration()
@Guarded(AdminTokenGuard)
@Controller()
export class HeldAndSoldController {
  private readonly bookIds = new BookIdPipe();

  constructor(private readonly cancellations: CancellationService) {}

  @docs.ListHolds()
  @Get('holds')
  async list(
    @Query() { limit, bookId, ...query }: HoldsQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<HoldAnswer[]> {
    const id = bookId === undefined ? null : this.bookIds.transform(bookId);
    const { cursor = null, reference = null } = query;
    const { items, next } = await this.cancellations.holds({ limit, cursor, bookId: id, reference });
    if (next !== null) {
      const query = queryOf({ limit, cursor: next, bookId: id, reference });
      void reply.header('link', `</holds${query}>; rel="next"`);
    }
    return items.map(holdAnswer);
  }

  @docs.CancelOrder()
  @HttpCode(200)
  @Post('orders/:orderId/cancel')
  cancel(
    @Param('orderId') orderId: string,
    @Body() { bookId, copies }: Cancellation,
    @Headers() headers: IncomingHttpHeaders,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OrderAnswer> {
    if (!/^[\w-]{1,64}$/.test(orderId)) throw new ShopError('no such order');
    const which = { bookId: bookId ?? null, copies: copies ?? null };
    const asked = { key: keyOrOwn(headers), by: givenName(headers), hear: tellRepeats(reply) };
    return this.cancellations.cancel(orderId, which, asked);
  }
}
