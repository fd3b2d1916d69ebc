import { type StandbyStatus } from '../../contract/ops.js';
import { type Clock } from '../../core/replication/ports.js';
import { type MonotonicMs } from '../../core/replication/types.js';
import { type Server } from './server.js';

const LOOK_EVERY_MS = 2_000;

interface Row {
  readonly name: string;
  /** Null: the user may not read it (`pg_monitor`). */
  readonly state: string | null;
  readonly sync_state: string | null;
  readonly behind: number | null;
  readonly lag_ms: number | null;
}

/** What the server says of those that follow it: for people, so nothing waits for it. */
export class Standbys {
  private server: Server | null = null;
  private lookedAt: MonotonicMs | null = null;
  private seen: readonly StandbyStatus[] | null = null;

  constructor(private readonly clock: Clock) {}

  /** Null: not known yet, or the user may not read it. */
  list(): readonly StandbyStatus[] | null {
    return this.seen;
  }

  /** With the beats: looks when it has not for a while. */
  look(server: Server | null): void {
    const now = this.clock.monotonicMs();
    if (server !== this.server) {
      this.seen = null;
      this.lookedAt = null;
    }
    this.server = server;
    if (server === null || (this.lookedAt !== null && now - this.lookedAt < LOOK_EVERY_MS)) return;
    this.lookedAt = now;
    read(server).then(
      (seen) => {
        if (server === this.server) this.seen = seen;
      },
      () => undefined,
    );
  }
}

async function read(server: Server): Promise<readonly StandbyStatus[] | null> {
  const { rows } = await server.readers.query<Row>(
    `SELECT application_name AS name, state, sync_state,
       greatest(pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn), 0)::float8 AS behind,
       extract(epoch FROM replay_lag)::float8 * 1000 AS lag_ms
     FROM pg_stat_replication ORDER BY application_name`,
  );
  if (rows.some(({ state }) => state === null)) return null;
  return rows.map(({ name, state, sync_state: kind, behind, lag_ms: lagMs }) => ({
    name,
    state: state ?? '',
    synchronous: kind === 'sync' || kind === 'quorum',
    behindBytes: behind,
    lagMs,
  }));
}
