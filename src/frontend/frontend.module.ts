import { type DynamicModule, Module } from '@nestjs/common';
import { type FrontendConfig } from '../config/index.js';
import { Rpc } from '../rpc/rpc.js';
import { AdminTokenGuard } from './admin/admin-token.guard.js';
import { AdministrationController } from './admin/administration.controller.js';
import { AdministrationService } from './admin/administration.service.js';
import { CancellationService } from './admin/cancellation.service.js';
import { BookRecordController } from './admin/book-record.controller.js';
import { HeldAndSoldController } from './admin/held-and-sold.controller.js';
import { LowStockController } from './admin/low-stock.controller.js';
import { CacheMetrics } from './cache/cache.metrics.js';
import { SessionsService } from './cache/sessions.service.js';
import { ShopReader } from './cache/shop-reader.js';
import { ChangeStreams } from './changes/change-streams.js';
import { ChangesController } from './changes/changes.controller.js';
import { ChangesReader } from './changes/changes.reader.js';
import { FRONT_END_ID } from './front-end-id.js';
import { FrontendReadiness } from './frontend.readiness.js';
import { Importer } from './import/importer.js';
import { ImportUploads } from './import/import-upload.js';
import { InvalidationController } from './original/invalidation.controller.js';
import { BooksController } from './shop/books.controller.js';
import { DirectBuys } from './shop/direct-buys.js';
import { CachedReads } from './shop/cached-reads.js';
import { ClusterWatch } from './ops/cluster-watch.js';
import { MembersController } from './ops/members.controller.js';
import { Observer } from './observer/observer.js';
import { OpsController } from './ops/ops.controller.js';
import { OpsGuard } from './ops/ops.guard.js';
import { OwnStatus } from './ops/own-status.js';
import { Playground } from './ops/playground.js';
import { RequestFollower } from './ops/request-follower.js';
import { StatusController } from './ops/status.controller.js';
import { HoldsController } from './shop/holds.controller.js';
import { HoldsService } from './shop/holds.service.js';
import { OrdersService } from './shop/orders.service.js';
import { PagesModule } from './pages/pages.module.js';
import { RateLimit } from '../http/rate-limit.js';
import { ShopController } from './shop/shop.controller.js';
import { CatalogLease } from './upstream/catalog-lease.js';
import { CatalogClient } from './upstream/catalog.client.js';
import { OrderClient } from './upstream/order.client.js';

/**
 * The front-end role. Look-ups and searches go through the caches (`ShopReader`), which hang from sessions with the catalogs
 * (`SessionsService`); buys go to the order servers, administration straight to the catalogs.
 */
@Module({})
export class FrontendModule {
  static forRoot(_config: FrontendConfig): DynamicModule {
    return {
      module: FrontendModule,
      imports: [PagesModule],
      controllers: [
        ShopController,
        BooksController,
        AdministrationController,
        LowStockController,
        HoldsController,
        BookRecordController,
        HeldAndSoldController,
        ChangesController,
        OpsController,
        MembersController,
        StatusController,
        InvalidationController,
      ],
      providers: [
        { provide: FRONT_END_ID, inject: [Rpc], useFactory: (rpc: Rpc) => rpc.identity.self.id },
        CatalogLease,
        CatalogClient,
        OrderClient,
        CacheMetrics,
        ShopReader,
        RateLimit,
        CachedReads,
        DirectBuys,
        SessionsService,
        OrdersService,
        HoldsService,
        CancellationService,
        ChangesReader,
        ChangeStreams,
        AdministrationService,
        Importer,
        ImportUploads,
        FrontendReadiness,
        AdminTokenGuard,
        ClusterWatch,
        OpsGuard,
        Playground,
        RequestFollower,
        OwnStatus,
        Observer,
      ],
    };
  }
}
