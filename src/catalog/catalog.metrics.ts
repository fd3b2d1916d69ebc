import { Injectable } from '@nestjs/common';
import { type Counter } from 'prom-client';
import { type ReplicaStatus } from '../core/replication/api.js';
import { type SubmitResult } from '../core/replication/results.js';
import { Metrics } from '../observability/metrics.js';
import { PeerNetwork } from './peers/peer-network.js';
import { ReplicaHost } from './replica/replica.host.js';

@Injectable()
export class CatalogMetrics {
  private readonly operations: Counter<'result'>;
  /** Looking a label up costs more than counting. The kinds of outcomes bound their number. */
  private readonly bound = new Map<string, Counter.Internal>();

  constructor(metrics: Metrics, host: ReplicaHost, network: PeerNetwork) {
    this.operations = metrics.counter(
      'bazar_catalog_operations_total',
      'Operations handed to this replica, by what became of them',
      ['result'],
    );
    const gauge = (name: string, help: string, of: (status: ReplicaStatus) => number): void =>
      metrics.gauge(name, help, () => {
        const status = host.status();
        return status === null ? 0 : of(status);
      });
    metrics.gauge('bazar_replica_ready', '1 when caught up, leased and well', () => Number(host.ready()));
    gauge('bazar_replica_last_change', 'Number of the last commit', ({ lastChange }) => lastChange);
    gauge('bazar_replica_sessions', 'Front-ends whose session runs', ({ sessions }) => sessions.length);
    gauge(
      'bazar_replica_pending_records',
      'Entries accepted and not yet committed',
      ({ pending }) => pending.length,
    );
    gauge(
      'bazar_replica_barred_records',
      'Books this replica may not answer for alone',
      ({ barred }) => barred.length,
    );
    gauge(
      'bazar_replica_waiting_operations',
      'Operations that wait for their entry',
      ({ waiting }) => waiting,
    );
    gauge(
      'bazar_replica_healthy_peers',
      'Peers that this replica sees well',
      ({ peers }) => peers.filter(({ healthy }) => healthy).length,
    );
    gauge(
      'bazar_replica_rounds',
      'Updates that this replica sent as coordinator since its start',
      ({ rounds }) => rounds,
    );
    gauge(
      'bazar_replica_conflicts',
      'Rounds lost to a higher ballot since its start',
      ({ conflicts }) => conflicts,
    );
    metrics.gauge(
      'bazar_replica_oversold_copies',
      'Copies sold since start that were not there: two sides of a split sold them',
      () => host.oversoldCopies(),
    );
    metrics.gauge('bazar_catalog_open_calls', 'Reads and writes under way', () => host.openCallCount());
    metrics.gauge('bazar_peer_messages_dropped', 'Messages dropped since start: too many waited', () =>
      network.droppedMessages(),
    );
  }

  count(result: SubmitResult): void {
    const label = result.kind === 'decided' ? result.outcome.kind : result.kind;
    let counter = this.bound.get(label);
    if (counter === undefined) {
      counter = this.operations.labels(label);
      this.bound.set(label, counter);
    }
    counter.inc();
  }
}
