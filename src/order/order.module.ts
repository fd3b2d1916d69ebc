import { type DynamicModule, Module } from '@nestjs/common';
import { type OrderConfig } from '../config/index.js';
import { SystemClock } from '../runtime/clock.js';
import { Rpc } from '../rpc/rpc.js';
import { Readiness } from '../observability/readiness.js';
import { TraceRecorder } from '../observability/tracing/trace-recorder.js';
import { Steering } from '../core/balancing/steering.js';
import { Upstreams } from '../rpc/upstream/upstreams.js';
import { BasketService } from './basket.service.js';
import { BuyController } from './original/buy.controller.js';
import { OrderCalls } from './order.calls.js';
import { PurchaseService } from './purchase.service.js';
import { type HearSales, SalesBatcher } from './sales-batcher.js';
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
          provide: Steering,
          inject: [Rpc],
          useFactory: (rpc: Rpc) =>
            new Steering(config.catalogAddresses, (endpoint) => rpc.to(endpoint).other?.address ?? null),
        },
        {
          provide: BasketService,
          inject: [Rpc, Steering, SystemClock, Upstreams],
          useFactory: (rpc: Rpc, steering: Steering, clock: SystemClock, upstreams: Upstreams) =>
            new BasketService(upstreams.to('catalog', config.catalogAddresses), rpc, steering, clock, config),
        },
        {
          provide: PurchaseService,
          inject: [Rpc, Steering, SystemClock, Readiness, Upstreams, TraceRecorder],
          useFactory: (
            rpc: Rpc,
            steering: Steering,
            clock: SystemClock,
            readiness: Readiness,
            upstreams: Upstreams,
            traces: TraceRecorder,
          ) => {
            const catalogs = upstreams.to('catalog', config.catalogAddresses);
            readiness.add('catalog', () => catalogs.readiness());
            const batchers = config.catalogAddresses.map((address) => {
              const heard: HearSales = (sales, answer) => steering.heard(sales, address, answer);
              return [address, new SalesBatcher(rpc.to(address), clock, heard, traces)] as const;
            });
            return new PurchaseService(catalogs, new Map(batchers), steering, config);
          },
        },
      ],
    };
  }
}
