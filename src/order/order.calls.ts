import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { basketCall } from '../contract/holding-calls.js';
import { type OrderStatus } from '../contract/ops.js';
import { type SaleRequest } from '../contract/internal.js';
import { type SaleAnswer, sellCall } from '../contract/rpc.js';
import { orderStatusCall } from '../contract/watching.js';
import { AnswerCounter, askedBy } from '../observability/answer-counter.js';
import { resumeRequest } from '../observability/request-context.js';
import { RpcHandlers } from '../rpc/handlers.js';
import { BasketService } from './basket.service.js';
import { Upstreams } from '../rpc/upstream/upstreams.js';
import { PurchaseService } from './purchase.service.js';

const SALES = askedBy([sellCall, basketCall], '/buy');

/** What an order server answers on the line. */
@Injectable()
export class OrderCalls implements OnModuleInit {
  private readonly log = new Logger('Sales');

  constructor(
    private readonly handlers: RpcHandlers,
    private readonly purchases: PurchaseService,
    private readonly counter: AnswerCounter,
    private readonly upstreams: Upstreams,
    private readonly baskets: BasketService,
  ) {}

  onModuleInit(): void {
    this.handlers.handle(basketCall, (basket, { leftMs }) => this.baskets.place(basket, leftMs));
    this.handlers.handle(sellCall, (sale, { leftMs }) => this.sell(sale, leftMs));
    this.handlers.handle(orderStatusCall, () => this.status());
  }

  private async sell(sale: SaleRequest, leftMs: number): Promise<SaleAnswer> {
    const resume = resumeRequest();
    const answer = await this.purchases.sell(sale, leftMs);
    const isOpen = answer.kind === 'unknown' || (answer.kind === 'unreachable' && answer.mayHaveSold);
    if (isOpen) resume(() => this.log.warn(`Not known whether a sale of book ${sale.bookId} happened`));
    return answer;
  }

  async status(): Promise<OrderStatus> {
    return { answers: await this.counter.read(SALES), upstreams: this.upstreams.views() };
  }
}
