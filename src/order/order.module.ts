import { type DynamicModule, Module } from '@nestjs/common';
import { type OrderConfig } from '../config/index.js';
import { SystemClock } from '../runtime/clock.js';
import { Rpc } from '../rpc/rpc.js';
import { Readiness } from '../observability/readiness.js';
import { TraceRecorder } from '../observability/tracing/trace-recorder.js';
import { Leaders } from '../rpc/upstream/leaders.js';
import { Upstreams } from '../rpc/upstream/upstreams.js';
import { BasketService } from './basket.service.js';
import { BuyController } from './original/buy.controller.js';
import { OrderCalls } from './order.calls.js';
import { PurchaseService } from './purchase.service.js';
import { SalesBatcher } from './sales-batcher.js';
import { StatusController } from './status.controller.js';

/** The order role: takes sales, sends those that arrive together for one catalog in one request, and stands by each until it is decided. */
@Module({})
export class OrderModule {
  static forRoot(config: OrderConfig): DynamicModule {
    return {
      module: OrderModule,
      controllers: [BuyController, StatusController],
      providers: [
        OrderCalls,
        {
          provide: Leaders,
          inject: [Rpc],
          useFactory: (rpc: Rpc) =>
            new Leaders(config.catalogAddresses, (endpoint) => rpc.to(endpoint).other?.address ?? null),
        },
        {
          provide: BasketService,
          inject: [Rpc, Leaders, SystemClock, Upstreams],
          useFactory: (rpc: Rpc, leaders: Leaders, clock: SystemClock, upstreams: Upstreams) =>
            new BasketService(upstreams.to('catalog', config.catalogAddresses), rpc, leaders, clock, config),
        },
        {
          provide: PurchaseService,
          inject: [Rpc, Leaders, SystemClock, Readiness, Upstreams, TraceRecorder],
          useFactory: (
            rpc: Rpc,
            leaders: Leaders,
            clock: SystemClock,
            readiness: Readiness,
            upstreams: Upstreams,
            traces: TraceRecorder,
          ) => {
            const catalogs = upstreams.to('catalog', config.catalogAddresses);
            readiness.add('catalog', () => catalogs.readiness());
            const batchers = config.catalogAddresses.map(
              (address) => [address, new SalesBatcher(rpc.to(address), clock, traces)] as const,
            );
            return new PurchaseService(catalogs, new Map(batchers), leaders, config);
          },
        },
      ],
    };
  }
}
