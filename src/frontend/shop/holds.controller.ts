import { Body, Controller, Delete, Get, Headers, HttpCode, Param, Post, Res } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { type IncomingHttpHeaders } from 'node:http';
import { type HoldAnswer, NewHold } from '../../contract/public-hold.js';
import { type OrderAnswer } from '../../contract/public-order.js';
import { requiredKey, tellRepeats } from '../../http/idempotency-key.js';
import { BodyLimit } from '../../http/route-rules.js';
import * as docs from './holds.docs.js';
import { HoldsService } from './holds.service.js';
import { wantedItems } from './wanted-items.js';

/** Everybody may send one. */
const BODY_LIMIT_BYTES = 16 * 1024;

/** Hold, pay, confirm: what the programs of a shop and its payment provider ask. */
@docs.Holds()
@Controller('holds')
export class HoldsController {
  constructor(private readonly holds: HoldsService) {}

  @docs.Hold()
  @HttpCode(201)
  @BodyLimit(BODY_LIMIT_BYTES)
  @Post()
  async hold(
    @Body() { items, ttlSeconds, reference }: NewHold,
    @Headers() headers: IncomingHttpHeaders,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<HoldAnswer> {
    const wish = { key: requiredKey(headers), items: wantedItems(items), reference };
    const hold = await this.holds.hold(wish, ttlSeconds, tellRepeats(reply));
    void reply.header('location', `/holds/${hold.holdId}`);
    return hold;
  }

  @docs.FindHold()
  @Get(':holdId')
  find(@Param('holdId') holdId: string): Promise<HoldAnswer> {
    return this.holds.find(holdId);
  }

  @docs.Confirm()
  @HttpCode(200)
  @BodyLimit(BODY_LIMIT_BYTES)
  @Post(':holdId/confirm')
  async confirm(
    @Param('holdId') holdId: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OrderAnswer> {
    const order = await this.holds.confirm(holdId);
    void reply.header('location', `/orders/${order.orderId}`);
    return order;
  }

  @docs.Release()
  @Delete(':holdId')
  release(@Param('holdId') holdId: string): Promise<HoldAnswer> {
    return this.holds.release(holdId);
  }
}
