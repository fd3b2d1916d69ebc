import { Injectable, type OnModuleInit } from '@nestjs/common';
import { sellCall } from '../contract/rpc.js';
import { RpcHandlers } from '../rpc/handlers.js';
import { PurchaseService } from './purchase.service.js';

/** What an order server answers on the line. */
@Injectable()
export class OrderCalls implements OnModuleInit {
  constructor(
    private readonly handlers: RpcHandlers,
    private readonly purchases: PurchaseService,
  ) {}

  onModuleInit(): void {
    this.handlers.handle(sellCall, (sale, { leftMs }) => this.purchases.sell(sale, leftMs));
  }
}
