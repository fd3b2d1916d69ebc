import {
  Body,
  Controller,
  Get,
  Headers,
  HttpCode,
  type HttpException,
  Param,
  Post,
  Put,
  Query,
  Res,
} from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { type IncomingHttpHeaders } from 'node:http';
import { BOOK_LIMITS } from '../../contract/book-limits.js';
import { type TopicCount, TopicsQuery } from '../../contract/catalog.js';
import { type BasketItem } from '../../contract/public-basket.js';
import {
  type BuyAnswer,
  BuyQuery,
  NewOrder,
  type OrderAnswer,
  SearchQuery,
} from '../../contract/public-order.js';
import { type BookId } from '../../core/replication/types.js';
import { type Unserved } from '../../core/balancing/fail-over.js';
import { foldSearch } from '../../core/text/fold.js';
import { givenKey, type HearDecided, requiredKey, tellRepeats } from '../../http/idempotency-key.js';
import { ownKey } from '../../http/own-key.js';
import { BodyLimit } from '../../http/route-rules.js';
import { type CursorUnknown, ShopReader } from '../cache/shop-reader.js';
import { BookIdPipe } from './book-id.pipe.js';
import { sendPrepared } from './prepared-answer.js';
import { HoldsService } from './holds.service.js';
import { buyOperationId, OrdersService } from './orders.service.js';
import * as docs from './shop.docs.js';
import { wantedItems } from './wanted-items.js';
import { ShopError, unread } from './shop.error.js';
import { CatalogClient, queryOf } from '../upstream/catalog.client.js';

/** Everybody may send one. */
const BODY_LIMIT_BYTES = 16 * 1024;

/** What everybody may do. */
@docs.Shop()
@Controller()
export class ShopController {
  constructor(
    private readonly reader: ShopReader,
    private readonly catalogs: CatalogClient,
    private readonly orders: OrdersService,
    private readonly holds: HoldsService,
  ) {}

  @docs.LookUp()
  @Get('lookup/:id')
  async lookup(
    @Param('id', BookIdPipe) bookId: BookId,
    @Headers('if-none-match') ifNoneMatch: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const lookup = await this.reader.lookup(bookId);
    if (lookup.kind === 'unreachable') throw unread('search unreachable', lookup);
    if (lookup.kind === 'no such book') throw new ShopError('no such book');
    sendPrepared(reply, lookup.answer, ifNoneMatch);
  }

  @docs.Search()
  @Get('search/:topic')
  async search(
    @Param('topic') text: string,
    @Query() { limit, cursor }: SearchQuery,
    @Headers('if-none-match') ifNoneMatch: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    // Folding makes some texts longer.
    const length = Math.max(text.length, foldSearch(text).length);
    if (length > BOOK_LIMITS.searchLength) throw new ShopError('search text too long');
    const search = await this.reader.search(text, limit, cursor ?? null);
    if ('kind' in search) throw unsearched(search);
    sendPrepared(reply, search.answer, ifNoneMatch);
  }

  @docs.Topics()
  @Get('topics')
  async topics(
    @Query() { limit, cursor }: TopicsQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<readonly TopicCount[]> {
    const reached = await this.catalogs.topics(limit, cursor ?? null);
    if (reached.kind !== 'done') throw unread('search unreachable', reached);
    if (reached.value === null) throw new ShopError('cursor unknown', { fields: ['cursor'] });
    const { items, next } = reached.value;
    if (next !== null) void reply.header('link', `</topics${queryOf({ limit, cursor: next })}>; rel="next"`);
    return items;
  }

  @docs.Buy()
  @BodyLimit(BODY_LIMIT_BYTES)
  @Put('buy/:id')
  buy(
    @Param('id', BookIdPipe) bookId: BookId,
    @Query() { quantity }: BuyQuery,
    @Headers() headers: IncomingHttpHeaders,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BuyAnswer> {
    const key = givenKey(headers);
    const operationId = buyOperationId(key ?? ownKey());
    const sale = { bookId, operationId, copies: quantity, expectedPriceCents: null };
    return this.orders.buy(sale, key === undefined, tellRepeats(reply));
  }

  @docs.PlaceOrder()
  @HttpCode(201)
  @BodyLimit(BODY_LIMIT_BYTES)
  @Post('orders')
  async order(
    @Body() { items, reference, ...one }: NewOrder,
    @Headers() headers: IncomingHttpHeaders,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OrderAnswer> {
    const key = requiredKey(headers);
    const order = await this.place(key, itemsOf(one, items), reference, tellRepeats(reply));
    void reply.header('location', `/orders/${order.orderId}`);
    return order;
  }

  private place(
    key: string,
    items: readonly BasketItem[],
    reference: string | undefined,
    hear: HearDecided,
  ): Promise<OrderAnswer> {
    const wanted = wantedItems(items);
    const [first, ...others] = wanted;
    if (first === undefined || others.length > 0)
      return this.holds.order({ key, items: wanted, reference }, hear);
    const named = reference === undefined ? {} : { reference };
    return this.orders.order({ ...first, operationId: buyOperationId(key), ...named }, hear);
  }

  @docs.FindOrder()
  @Get('orders/:orderId')
  find(@Param('orderId') orderId: string): Promise<OrderAnswer> {
    if (!/^[\w-]{1,64}$/.test(orderId)) throw new ShopError('no such order');
    return this.orders.find(orderId);
  }
}

/** One form or the other, and not both. */
function itemsOf(
  one: Pick<NewOrder, 'bookId' | 'quantity' | 'price'>,
  items: readonly BasketItem[] | undefined,
): readonly BasketItem[] {
  const { bookId, quantity, price } = one;
  const given = Object.entries({ bookId, quantity, price }).flatMap(([field, value]) =>
    value === undefined ? [] : [field],
  );
  if (items !== undefined && given.length > 0) throw new ShopError('two ways to order', { fields: given });
  if (items !== undefined) return items;
  // The shape of the body has seen to these.
  if (bookId === undefined || quantity === undefined)
    throw new ShopError('two ways to order', { fields: ['items'] });
  return [{ bookId, quantity, ...(price !== undefined && { price }) }];
}

function unsearched(failure: Unserved | CursorUnknown): HttpException {
  return failure.kind === 'unreachable'
    ? unread('search unreachable', failure)
    : new ShopError('cursor unknown', { fields: ['cursor'] });
}
