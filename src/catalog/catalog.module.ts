import { type DynamicModule, Logger, Module, type Provider } from '@nestjs/common';
import { type CatalogConfig } from '../config/index.js';
import { Replica } from '../core/replication/replica.js';
import { SystemClock } from '../runtime/clock.js';
import { HttpClient } from '../rpc/http-client.js';
import { TraceRecorder } from '../observability/tracing/trace-recorder.js';
import { CatalogLifecycle } from './catalog.lifecycle.js';
import { CatalogMetrics } from './catalog.metrics.js';
import { BooksController } from './http/books.controller.js';
import { DirectQueries } from './http/direct-queries.js';
import { OperationsController } from './http/operations.controller.js';
import { OrdersController } from './http/orders.controller.js';
import { QueryController } from './http/query.controller.js';
import { SessionAddresses } from './http/session-addresses.js';
import { SessionsController } from './http/sessions.controller.js';
import { StatusController } from './http/status.controller.js';
import { UpdateController } from './http/update.controller.js';
import { HttpNetwork } from './peers/http-network.js';
import { PeerMessagesRoute } from './peers/peer-messages.route.js';
import { PeerTracing } from './peers/peer-tracing.js';
import { cryptoRandom } from './replica/random.js';
import { ReplicaHost } from './replica/replica.host.js';
import { StoreFailures } from './replica/store-failures.js';
import { CATALOGUE_INDEX } from './store/catalogue-index.js';
import { SqliteStore } from './store/sqlite-store.js';

/** The catalog: one replica of all books on its own disk, which agrees with its peers over HTTP and answers the other roles. */
@Module({})
export class CatalogModule {
  static forRoot(config: CatalogConfig): DynamicModule {
    return {
      module: CatalogModule,
      controllers: [
        QueryController,
        UpdateController,
        OperationsController,
        OrdersController,
        SessionsController,
        BooksController,
        StatusController,
      ],
      providers: [
        StoreFailures,
        ...storeProviders(config),
        {
          provide: PeerTracing,
          inject: [TraceRecorder],
          useFactory: (recorder: TraceRecorder) => new PeerTracing(recorder, config.addresses),
        },
        networkProvider(config),
        hostProvider(config),
        SessionAddresses,
        CatalogMetrics,
        PeerMessagesRoute,
        DirectQueries,
        CatalogLifecycle,
      ],
    };
  }
}

function storeProviders(config: CatalogConfig): Provider[] {
  return [
    {
      provide: SqliteStore,
      inject: [StoreFailures],
      useFactory: (failures: StoreFailures) =>
        SqliteStore.open({ path: config.database.path, onFailure: (error) => failures.report(error) }),
    },
    { provide: CATALOGUE_INDEX, inject: [SqliteStore], useFactory: (store: SqliteStore) => store.index },
  ];
}

function networkProvider(config: CatalogConfig): Provider {
  const { addresses, position, requestTimeoutMs, leaseMs } = config;
  return {
    provide: HttpNetwork,
    inject: [HttpClient, SystemClock, PeerTracing],
    useFactory: (client: HttpClient, clock: SystemClock, tracing: PeerTracing) =>
      new HttpNetwork(
        { addresses, ownPosition: position, requestTimeoutMs, leaseMs, tracing },
        client,
        clock,
      ),
  };
}

function hostProvider(config: CatalogConfig): Provider {
  const { addresses, position, leaseMs, requestTimeoutMs, writePolicy } = config;
  const options = { replicas: addresses.length, position, leaseMs, writePolicy };
  return {
    provide: ReplicaHost,
    inject: [SystemClock, SqliteStore, HttpNetwork],
    useFactory: (clock: SystemClock, store: SqliteStore, network: HttpNetwork) =>
      new ReplicaHost(
        (ports) => new Replica(options, ports),
        { clock, random: cryptoRandom, store, network },
        { position, leaseMs, requestTimeoutMs },
        new Logger('Replica'),
      ),
  };
}
