import { Injectable } from '@nestjs/common';
import { type Counter } from 'prom-client';
import { type ReplicaFigures, type ReplicaStatus } from '../../core/replication/api.js';
import { SystemClock } from '../../runtime/clock.js';
import { Metrics } from '../../observability/metrics.js';
import { PeerNetwork } from '../peers/peer-network.js';
import { SqliteStore } from '../store/sqlite-store.js';
import { ReplicaHost } from './replica.host.js';

/** Seconds: from memory that says it is a disk to one that is about to fail. */
const SYNC_BUCKETS = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5,
];

@Injectable()
export class ReplicaMetrics {
  private readonly scrubbedRecords: Counter;

  constructor(
    private readonly metrics: Metrics,
    private readonly host: ReplicaHost,
    network: PeerNetwork,
    private readonly store: SqliteStore,
    private readonly clock: SystemClock,
  ) {
    this.scrubbedRecords = metrics.counter(
      'bazar_store_scrubbed_records_total',
      'Records whose ledgers were looked through for damage',
    );
    this.watchReplica();
    this.watchProtocol();
    this.watchLedgers();
    this.counted(
      'bazar_replica_oversold_copies_total',
      'Copies sold that were not there: two sides of a split sold them',
      () => host.oversoldCopies(),
    );
    metrics.gauge('bazar_catalog_open_calls', 'Reads and writes under way', () => host.openCallCount());
    this.counted('bazar_peer_messages_dropped_total', 'Messages dropped: too many waited', () =>
      network.droppedMessages(),
    );
    const syncs = metrics.histogram(
      'bazar_store_sync_duration_seconds',
      'How long the disk took to make the writes of a turn safe; nothing else is done meanwhile',
      SYNC_BUCKETS,
    );
    store.onSynced = (durationMs) => syncs.observe(durationMs / 1000);
  }

  scrubbed(records: number): void {
    this.scrubbedRecords.inc(records);
  }

  private watchReplica(): void {
    this.metrics.gauge('bazar_replica_ready', '1 when caught up, leased and well', () =>
      Number(this.host.ready()),
    );
    this.gauge('bazar_replica_last_change', 'Number of the last commit', ({ lastChange }) => lastChange);
    this.gauge('bazar_replica_sessions', 'Front-ends whose session runs', ({ sessions }) => sessions.length);
    this.gauge(
      'bazar_replica_pending_records',
      'Entries accepted and not yet committed',
      ({ pending }) => pending.length,
    );
    this.gauge(
      'bazar_replica_barred_records',
      'Books this replica may not answer for locally',
      ({ barred }) => barred.length,
    );
    this.gauge(
      'bazar_replica_waiting_operations',
      'Operations that wait for their entry',
      ({ waiting }) => waiting,
    );
    this.gauge(
      'bazar_replica_healthy_peers',
      'Peers that this replica sees well',
      ({ peers }) => peers.filter(({ healthy }) => healthy).length,
    );
  }

  private watchLedgers(): void {
    this.metrics.countedElsewhere(
      'bazar_replica_decisions_total',
      'What the ledgers decided, as committed on this replica, by outcome',
      ['outcome'],
      () => [...this.host.decisions()].map(([outcome, count]) => [{ outcome }, count] as const),
    );
    const figures = () => {
      try {
        return this.store.figures(this.clock.wallClockMs());
      } catch {
        // Why the store does not work is told where it stopped.
        return { bytes: 0, open: 0, overdue: 0 };
      }
    };
    this.metrics.gauge(
      'bazar_replica_open_holds',
      'Holds that are neither confirmed nor ended',
      () => figures().open,
    );
    this.metrics.gauge(
      'bazar_replica_overdue_holds',
      'Open holds that have run out, or follow one that has ended, and wait to be ended',
      () => figures().overdue,
    );
    this.metrics.gauge('bazar_store_bytes', 'The database and its log on the disk', () => figures().bytes);
  }

  private watchProtocol(): void {
    const figure = (of: (figures: ReplicaFigures) => number) => (): number => {
      const figures = this.host.figures();
      return figures === null ? 0 : of(figures);
    };
    this.counted(
      'bazar_replica_rounds_total',
      'Updates that this replica sent as coordinator',
      () => this.host.status()?.rounds ?? 0,
    );
    this.counted(
      'bazar_replica_conflicts_total',
      'Rounds lost to a higher ballot',
      () => this.host.status()?.conflicts ?? 0,
    );
    this.counted(
      'bazar_replica_takeovers_total',
      'Entries of another coordinator that this one brought to an end',
      figure(({ takeovers }) => takeovers),
    );
    this.counted(
      'bazar_replica_leases_lapsed_total',
      'Leases of other replicas that ended before they were renewed',
      figure(({ leasesLapsed }) => leasesLapsed),
    );
    this.metrics.gauge(
      'bazar_replica_interests',
      'Books that front-ends may hold an answer of this replica about, summed over front-ends',
      figure(({ interests }) => interests),
    );
    this.metrics.gauges(
      'bazar_replica_unread_changes',
      'Changes of a peer that this replica has not gone through; a few hundred are usual, as most come by commits as well',
      ['peer'],
      () =>
        (this.host.figures()?.unread ?? []).map(({ position, changes }) => ({
          labels: { peer: String(position) },
          value: changes,
        })),
    );
  }

  private gauge(name: string, help: string, of: (status: ReplicaStatus) => number): void {
    this.metrics.gauge(name, help, () => {
      const status = this.host.status();
      return status === null ? 0 : of(status);
    });
  }

  private counted(name: string, help: string, count: () => number): void {
    this.metrics.countedElsewhere(name, help, [], () => [[{}, count()]]);
  }
}
