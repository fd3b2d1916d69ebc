import { setTimeout as wait } from 'node:timers/promises';
import { readCursor } from '../../core/feed/feed-cursor.js';
import { DeliveryTurn } from '../webhook/delivery-turn.js';
import { see } from './book-reader.js';
import { type Connected } from './connected.js';
import { type Client } from './server.js';

const LOOK_EVERY_MS = 1_000;

interface Position {
  readonly since: string | null;
  readonly newest: number;
}

/**
 * Of catalogs that share a database: the eldest member that has a WEBHOOK_URL delivers, for a member that hangs is fenced (P2), and then another is
 * the eldest. How far the receiver has got stands in the database, so whoever goes on tells little again.
 */
export class EldestTurn extends DeliveryTurn {
  private readonly stopping = new AbortController();
  private position: string | null = null;
  /** The last change that was committed, as it was seen last. */
  private newest = 0;
  private looking: Promise<void> = Promise.resolve();

  constructor(private readonly connected: Pick<Connected, 'server' | 'member'>) {
    super();
  }

  start(): void {
    this.looking = this.keepLooking();
  }

  stop(): Promise<void> {
    this.stopping.abort();
    return this.looking;
  }

  isOurs(): boolean {
    const member = this.connected.member();
    if (member === null || this.connected.server() === null || !member.mayRead()) return false;
    const eldest = member.rows.find(({ fenced, delivers }) => delivers && !fenced);
    return eldest?.number === member.number;
  }

  async take(): Promise<boolean> {
    const found = await this.look();
    if (found !== null) this.position = found.since;
    return found !== null;
  }

  since(): string | null {
    return this.position;
  }

  async takenUpTo(cursor: string): Promise<void> {
    if (cursor === this.position) return;
    this.position = cursor;
    const server = this.connected.server();
    const told = toldBy(cursor);
    this.newest = Math.max(this.newest, told);
    await server?.writers.query(KEEP, [cursor, told]).catch(() => undefined);
  }

  undelivered(): number {
    return Math.max(0, this.newest - toldBy(this.position));
  }

  private async keepLooking(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      const found = await this.look();
      if (found !== null) {
        this.newest = found.newest;
        if (!this.isOurs()) this.position = found.since;
      }
      await wait(LOOK_EVERY_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  private async look(): Promise<Position | null> {
    const server = this.connected.server();
    return server === null ? null : see(server, read).catch(() => null);
  }
}

/** It is not waited for until it is on any disk: what is lost of it is told again. Never back: one that was fenced may be late with its own. */
const KEEP = `WITH relaxed AS (SELECT set_config('synchronous_commit', 'off', true))
  UPDATE webhook SET since = $1, told = $2 FROM relaxed WHERE told <= $2`;

async function read(client: Client): Promise<Position> {
  const { rows } = await client.query<{ since: string | null; newest: number | null }>(
    'SELECT since, (SELECT max(change) FROM entry) AS newest FROM webhook',
  );
  return { since: rows[0]?.since ?? null, newest: rows[0]?.newest ?? 0 };
}

/** There is one teller: the database. */
function toldBy(text: string | null): number {
  const cursor = text === null ? null : readCursor(text);
  return cursor?.told.get(cursor.maker) ?? 0;
}
