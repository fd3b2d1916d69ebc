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
import { cryptoRandom } from '../replica/random.js';
import { PostgresEngine } from './postgres.engine.js';

/** A catalog on a PostgreSQL that it shares with others. */
export function postgresProviders(config: CatalogConfig, database: PostgresDatabase): Provider[] {
  const { advertisedAddress: address, position, leaseMs, connectTimeoutMs, requestTimeoutMs } = config;
  return [
    {
      provide: CatalogEngine,
      inject: [Rpc, SystemClock, Metrics, PeerTracing, PeerSpans],
      useFactory: (
        rpc: Rpc,
        clock: SystemClock,
        metrics: Metrics,
        tracing: PeerTracing,
        spans: PeerSpans,
      ) => {
        const timeoutMs = Math.min(requestTimeoutMs, Math.max(leaseMs / 2, 50));
        const postTo = postInvalidations(rpc, timeoutMs, tracing, spans);
        const options = { database, address, position, leaseMs, connectTimeoutMs, requestTimeoutMs, giveUp };
        const engine = new PostgresEngine(options, clock, cryptoRandom, postTo, spans);
        metrics.gauge('bazar_replica_ready', '1 when connected, a member and well', () =>
          Number(engine.state().ready),
        );
        metrics.gauge('bazar_catalog_open_calls', 'Reads and writes under way', () => engine.openCallCount());
        return engine;
      },
    },
  ];
}
