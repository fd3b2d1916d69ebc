import { type DynamicModule, Logger, Module, type Provider } from '@nestjs/common';
import { type CatalogConfig, type SqliteFile } from '../config/index.js';
import { Replica } from '../core/replication/replica.js';
import { SystemClock } from '../runtime/clock.js';
import { giveUp } from '../runtime/start-error.js';
import { RpcHandlers } from '../rpc/handlers.js';
import { Rpc } from '../rpc/rpc.js';
import { Tracing } from '../observability/tracing/tracing.js';
import { TraceRecorder } from '../observability/tracing/trace-recorder.js';
import { CatalogCalls } from './catalog.calls.js';
import { CatalogLifecycle } from './catalog.lifecycle.js';
import { BackupSchedule } from './backup/backup-schedule.js';
import { BackupController } from './backup/backup.controller.js';
import { CatalogEngine } from './engine.js';
import { ListCalls } from './list.calls.js';
import { OperationMetrics } from './operation.metrics.js';
import { DumpController } from './original/dump.controller.js';
import { QueryController } from './original/query.controller.js';
import { AdmissionCalls } from './replica/admission.calls.js';
import { RangeCalls } from './range.calls.js';
import { UpdateController } from './original/update.controller.js';
import { postInvalidations } from './peers/invalidation-post.js';
import { type PeerLinks, PeerNetwork } from './peers/peer-network.js';
import { PeerSpans } from './peers/peer-spans.js';
import { PeerTracing } from './peers/peer-tracing.js';
import { NoBackupController } from './postgres/no-backup.controller.js';
import { postgresProviders } from './postgres/postgres.providers.js';
import { ChangeFeed } from './replica/change-feed.js';
import { cryptoRandom } from './replica/random.js';
import { ListedTurn } from './replica/listed-turn.js';
import { Rejoin } from './replica/rejoin.js';
import { ReplicaEngine } from './replica/replica.engine.js';
import { ReplicaHost } from './replica/replica.host.js';
import { ReplicaMetrics } from './replica/replica.metrics.js';
import { StoreFailures } from './replica/store-failures.js';
import { StoreUpkeep } from './replica/store-upkeep.js';
import { SessionAddresses } from './session-addresses.js';
import { StatusCalls } from './status.calls.js';
import { StatusController } from './status.controller.js';
import { CATALOGUE_INDEX } from './store/catalogue-index.js';
import { SqliteStore } from './store/sqlite-store.js';
import { DeliveryTurn } from './webhook/delivery-turn.js';
import { Webhook } from './webhook/webhook.js';

/** The catalog: keeps the books by its engine, and answers the other roles. */
@Module({})
export class CatalogModule {
  static forRoot(config: CatalogConfig): DynamicModule {
    return {
      module: CatalogModule,
      controllers: [
        QueryController,
        UpdateController,
        DumpController,
        StatusController,
        config.database.kind === 'sqlite' ? BackupController : NoBackupController,
      ],
      providers: [
        ...engineProviders(config),
        {
          provide: PeerTracing,
          inject: [TraceRecorder],
          useFactory: (recorder: TraceRecorder) => new PeerTracing(recorder, config.addresses),
        },
        {
          provide: PeerSpans,
          inject: [Tracing],
          useFactory: (tracing: Tracing) => new PeerSpans(tracing, config.addresses),
        },
        SessionAddresses,
        Webhook,
        OperationMetrics,
        CatalogCalls,
        ListCalls,
        StatusCalls,
        CatalogLifecycle,
      ],
    };
  }
}

function engineProviders(config: CatalogConfig): Provider[] {
  const { database } = config;
  switch (database.kind) {
    case 'sqlite':
      return replicaProviders({ ...config, database });
    case 'postgres':
      return postgresProviders(config, database);
    default:
      return database satisfies never;
  }
}

/** Of a catalog whose books are on its own disk. */
interface ReplicaConfig extends CatalogConfig {
  readonly database: SqliteFile;
}

/** One replica of all books on its own disk, which agrees with its peers. */
function replicaProviders(config: ReplicaConfig): Provider[] {
  return [
    StoreFailures,
    Rejoin,
    ...storeProviders(config),
    networkProvider(config),
    hostProvider(config),
    ReplicaMetrics,
    StoreUpkeep,
    ChangeFeed,
    { provide: DeliveryTurn, useClass: ListedTurn },
    { provide: CatalogEngine, useClass: ReplicaEngine },
    BackupSchedule,
    RangeCalls,
    AdmissionCalls,
  ];
}

function storeProviders(config: ReplicaConfig): Provider[] {
  return [
    {
      provide: SqliteStore,
      inject: [StoreFailures, Rejoin],
      useFactory: (failures: StoreFailures, rejoin: Rejoin) =>
        rejoin.open(() =>
          SqliteStore.open({ path: config.database.path, onFailure: (error) => failures.report(error) }),
        ),
    },
    { provide: CATALOGUE_INDEX, inject: [SqliteStore], useFactory: (store: SqliteStore) => store.index },
  ];
}

function networkProvider({ addresses, position, requestTimeoutMs, leaseMs }: CatalogConfig): Provider {
  return {
    provide: PeerNetwork,
    inject: [Rpc, RpcHandlers, SystemClock, PeerTracing, PeerSpans],
    useFactory: (
      rpc: Rpc,
      handlers: RpcHandlers,
      clock: SystemClock,
      tracing: PeerTracing,
      spans: PeerSpans,
    ) => {
      const peers = new Map<number, PeerLinks>();
      for (const [peer, address] of addresses.entries()) {
        if (peer === position) continue;
        peers.set(peer, { calls: rpc.to(address, 'peers'), bulk: rpc.to(address, 'peers', 'bulk') });
      }
      const timeoutMs = Math.min(requestTimeoutMs, Math.max(leaseMs / 2, 50));
      const postTo = postInvalidations(rpc, timeoutMs, tracing, spans);
      return new PeerNetwork({ leaseMs, tracing, spans }, peers, handlers, postTo, clock);
    },
  };
}

function hostProvider(config: ReplicaConfig): Provider {
  const { addresses, position, leaseMs, requestTimeoutMs, writePolicy, database } = config;
  const options = { replicas: addresses.length, position, places: addresses, leaseMs, writePolicy };
  return {
    provide: ReplicaHost,
    inject: [SystemClock, SqliteStore, PeerNetwork, Rejoin],
    useFactory: (clock: SystemClock, store: SqliteStore, network: PeerNetwork, rejoin: Rejoin) =>
      new ReplicaHost(
        (ports) => new Replica(options, ports),
        { clock, random: cryptoRandom, store, network },
        {
          position,
          leaseMs,
          requestTimeoutMs,
          mayPropose: (name) => network.mayPropose(name),
          takesOver: (error) => rejoin.begin(error),
          whereabouts: { addresses, database: database.path },
          giveUp,
        },
        new Logger('Replica'),
      ),
  };
}
