import { type Provider } from '@nestjs/common';
import { type CatalogConfig, type PostgresDatabase } from '../../config/index.js';
import { Metrics } from '../../observability/metrics.js';
import { Rpc } from '../../rpc/rpc.js';
import { SystemClock } from '../../runtime/clock.js';
import { giveUp } from '../../runtime/start-error.js';
import { CatalogEngine } from '../engine.js';
import { postInvalidations } from '../peers/invalidation-post.js';
import { PeerSpans } from '../peers/peer-spans.js';
import { PeerTracing } from '../peers/peer-tracing.js';
import { TraceRecorder } from '../../observability/tracing/trace-recorder.js';
import { cryptoRandom } from '../replica/random.js';
import { DeliveryTurn } from '../webhook/delivery-turn.js';
import { EldestTurn } from './eldest-turn.js';
import { FollowedStatements } from './followed-statements.js';
import { PostgresEngine } from './postgres.engine.js';

/** A catalog on a PostgreSQL that it shares with others. */
export function postgresProviders(config: CatalogConfig, database: PostgresDatabase): Provider[] {
  const { advertisedAddress: address, position, leaseMs, connectTimeoutMs, requestTimeoutMs } = config;
  return [
    {
      provide: CatalogEngine,
      inject: [Rpc, SystemClock, Metrics, PeerTracing, PeerSpans, TraceRecorder],
      useFactory: (
        rpc: Rpc,
        clock: SystemClock,
        metrics: Metrics,
        tracing: PeerTracing,
        spans: PeerSpans,
        recorder: TraceRecorder,
      ) => {
        const timeoutMs = Math.min(requestTimeoutMs, Math.max(leaseMs / 2, 50));
        const postTo = postInvalidations(rpc, timeoutMs, tracing, spans);
        const delivers = config.webhook !== null;
        const times = { leaseMs, connectTimeoutMs, requestTimeoutMs };
        const options = { database, address, position, delivers, ...times, giveUp };
        const statements = new FollowedStatements(recorder, spans);
        const engine = new PostgresEngine(options, clock, cryptoRandom, postTo, spans, statements);
        exportGauges(metrics, engine);
        return engine;
      },
    },
    {
      provide: DeliveryTurn,
      inject: [CatalogEngine],
      useFactory: (engine: PostgresEngine) => new EldestTurn(engine.connected),
    },
  ];
}

function exportGauges(metrics: Metrics, engine: PostgresEngine): void {
  metrics.gauge('bazar_replica_ready', '1 when connected, a member and well', () =>
    Number(engine.state().ready),
  );
  metrics.gauge('bazar_catalog_open_calls', 'Reads and writes under way', () => engine.openCallCount());
  metrics.gauge('bazar_postgres_connected', "1 when a server takes this catalog's writes", () =>
    Number(engine.connected.server() !== null),
  );
  metrics.gauges('bazar_postgres_members', 'Catalogs that share the database', ['state'], () => {
    const rows = engine.connected.member()?.rows ?? [];
    const fenced = rows.filter((row) => row.fenced).length;
    return [
      { labels: { state: 'well' }, value: rows.length - fenced },
      { labels: { state: 'fenced' }, value: fenced },
    ];
  });
  metrics.gauges(
    'bazar_postgres_standby_behind_bytes',
    'Log of the server that a standby has not replayed yet',
    ['standby', 'synchronous'],
    () =>
      (engine.standbys.list() ?? []).map(({ name, synchronous, behindBytes }) => ({
        labels: { standby: name, synchronous: String(synchronous) },
        value: behindBytes ?? 0,
      })),
  );
}
