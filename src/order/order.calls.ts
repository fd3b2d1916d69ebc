import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type OrderStatus } from '../contract/operations.js';
import { sellCall } from '../contract/rpc.js';
import { orderStatusCall } from '../contract/watching.js';
import { AnswerCounter, askedBy } from '../observability/answer-counter.js';
import { RpcHandlers } from '../rpc/handlers.js';
import { Upstreams } from '../rpc/upstream/upstreams.js';
import { PurchaseService } from './purchase.service.js';

const SALES = askedBy([sellCall], '/buy');

/** What an order server answers on the line. */
@Injectable()
export class OrderCalls implements OnModuleInit {
  constructor(
    private readonly handlers: RpcHandlers,
    private readonly purchases: PurchaseService,
    private readonly counter: AnswerCounter,
    private readonly upstreams: Upstreams,
  ) {}

  onModuleInit(): void {
    this.handlers.handle(sellCall, (sale, { leftMs }) => this.purchases.sell(sale, leftMs));
    this.handlers.handle(orderStatusCall, () => this.status());
  }

  async status(): Promise<OrderStatus> {
    return { answers: await this.counter.read(SALES), upstreams: this.upstreams.views() };
  }
}
