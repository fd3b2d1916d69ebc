import { setTimeout as wait } from 'node:timers/promises';
import { type BookNow, type ChangesAnswer, type ChangesRequest } from '../../contract/changes.js';
import { type FeedCursor, readCursor, tagOf, writeCursor } from '../../core/feed/feed-cursor.js';
import { Feed, type FeedStore, type Teller } from '../../core/feed/feed.js';
import {
  type BookId,
  CATALOGUE,
  type Change,
  type Entry,
  type HoldId,
  type StoredHold,
} from '../../core/replication/types.js';
import { booksNamed, holdsNamed } from './book-statements.js';
import { entryOf } from './rows.js';
import { type Client, type Server } from './server.js';

/** Entries that are read for one page. */
const READ_AT_ONCE = 256;
const MOST_LOOKS = 64;
/** What is being written just now is waited for a moment, and told with a later page if that takes longer. */
const MOST_LOOKS_OF_ONE_PAGE = 4;
const LOOK_AGAIN_MS = 5;

interface Look {
  /** The last number that had been given out. */
  readonly given: number;
  /** Whoever had one of these was a transaction before this one. */
  readonly before: number;
}

interface Rows<T> {
  readonly rows: readonly T[];
}

export interface FeedOptions {
  /** Who tells: the same for all catalogs of one database. */
  readonly engineId: string;
  /** A hint of which catalog to ask next. */
  readonly position: number;
}

/**
 * The feed of changes (docs/adr/0047), told from the shared ledger in the order of the numbers that entries took under their rows' locks. They are
 * taken before the commit, so a lower one may be committed after a higher one: told are those before which nothing is under way any more.
 */
export class ChangeFeed {
  private server: Server | null = null;
  /** The newest last. */
  private looks: Look[] = [];
  /** All up to this number are committed, or never will be. */
  private settled = 0;
  private first: Entry | null = null;

  /** On a connection to `server` that nobody else uses meanwhile, outside a transaction. */
  async page(
    client: Client,
    server: Server,
    request: ChangesRequest,
    options: FeedOptions,
  ): Promise<ChangesAnswer> {
    const { since, limit } = request;
    const from = since === null || since === 'now' ? since : readCursor(since);
    if (from === null && since !== null) return { kind: 'cursor unknown' };
    await this.settle(client, server);
    const { engineId, position } = options;
    const teller = {
      replicaId: engineId,
      startNumber: 1,
      position,
      peerIds: [],
      upTo: await this.newestSettled(client),
    };
    const store = await this.read(client, from, teller);
    // There is but one ledger, so nobody else could go on better.
    const answer = new Feed(store).page(from, limit, true, teller);
    switch (answer.kind) {
      case 'page': {
        const { items, next, more } = answer.page;
        const now = await booksNow(client, new Set(items.map(({ change }) => change.bookId)));
        const changes = items.map(({ change, cursor }) => ({
          ...change,
          cursor: writeCursor(cursor),
          now: now.get(change.bookId) ?? { quantity: 0, priceCents: 0, number: 0 },
        }));
        return { kind: 'page', changes, next: writeCursor(next), more };
      }
      case 'empty':
        return { kind: 'unavailable' };
      case 'cursor unknown':
      case 'elsewhere':
        return answer;
      default:
        return answer satisfies never;
    }
  }

  /**
   * Each look reads the last number given out, and then takes a transaction id: whoever took one of those numbers has a lower one. Once all
   * lower ones have ended, the numbers are settled. (What a snapshot calls its end will not do: ids above it may be under way.)
   */
  private async settle(client: Client, server: Server): Promise<void> {
    if (server !== this.server) {
      // Transactions of another server, or of an earlier life of this one, say nothing here.
      this.looks = [];
      this.settled = 0;
      this.server = server;
    }
    for (let left = MOST_LOOKS_OF_ONE_PAGE; left > 0; left -= 1) {
      const [given, own, ended] = (await client.query(
        `SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS given FROM change_number;
         SELECT pg_current_xact_id()::text AS own;
         SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS oldest`,
      )) as unknown as [Rows<{ given: number }>, Rows<{ own: string }>, Rows<{ oldest: string }>];
      const look = { given: given.rows[0]?.given ?? 0, before: Number(own.rows[0]?.own) };
      const oldest = Number(ended.rows[0]?.oldest);
      this.looks.push(look);
      const settled = this.looks.findLastIndex(({ before }) => before <= oldest);
      this.settled = Math.max(this.settled, this.looks[settled]?.given ?? 0);
      // The oldest are kept: while one transaction takes long, a look that is replaced each time would never be settled.
      this.looks = this.looks.slice(settled + 1).slice(0, MOST_LOOKS);
      if (this.settled >= look.given) return;
      if (left > 1) await wait(LOOK_AGAIN_MS);
    }
  }

  /** What was committed, for a number that was lost with a server may be given out again by the one that takes over. */
  private async newestSettled(client: Client): Promise<number> {
    const { rows } = await client.query<{ newest: number | null }>(
      'SELECT max(change) AS newest FROM entry WHERE change <= $1',
      [this.settled],
    );
    return rows[0]?.newest ?? 0;
  }

  /** All that the pure feed may ask for, read beforehand. */
  private async read(
    client: Client,
    since: FeedCursor | null | 'now',
    { replicaId, upTo }: Teller,
  ): Promise<FeedStore> {
    this.first ??= await firstOfCatalogue(client);
    const from = since === 'now' ? upTo : toldOf(since, replicaId);
    const changes = await changesAfter(client, from, upTo);
    const newest = await client.query<{ newest: number | null }>('SELECT max(change) AS newest FROM entry');
    const holds = new Map<HoldId, StoredHold>();
    for (const hold of await holdsNamed(client, changes.flatMap(holdsIn))) holds.set(hold.holdId, hold);
    const first = this.first === null ? [] : [this.first];
    return {
      changes: (after, limit) => changes.filter(({ change }) => change > after).slice(0, limit),
      lastChange: () => newest.rows[0]?.newest ?? 0,
      cursor: () => 0,
      // A book's own entries come after its creation here, always.
      entries: (bookId) => (bookId === CATALOGUE ? first : []),
      hold: (holdId) => holds.get(holdId),
      changeOf: () => undefined,
    };
  }
}

function toldOf(since: FeedCursor | null, replicaId: string): number {
  return since?.told.get(tagOf(replicaId)) ?? 0;
}

async function firstOfCatalogue(client: Client): Promise<Entry | null> {
  const { rows } = await client.query<{ entry: string }>(
    `SELECT entry FROM entry WHERE book_id = ${CATALOGUE} AND sequence_number = 1`,
  );
  return rows[0] === undefined ? null : entryOf(rows[0]);
}

async function changesAfter(client: Client, since: number, upTo: number): Promise<Change[]> {
  const { rows } = await client.query<{ change: number; book_id: BookId; entry: string }>(
    'SELECT change, book_id, entry FROM entry WHERE change > $1 AND change <= $2 ORDER BY change LIMIT $3',
    [since, upTo, READ_AT_ONCE],
  );
  return rows.map((row) => ({ change: row.change, bookId: row.book_id, entry: entryOf(row) }));
}

function holdsIn({ entry }: Change): HoldId[] {
  return entry.decided.flatMap(({ operation, outcome }) => [
    ...('holdId' in operation ? [operation.holdId] : []),
    ...(outcome.kind === 'expired' ? outcome.holdIds : []),
  ]);
}

async function booksNow(client: Client, ids: ReadonlySet<BookId>): Promise<Map<BookId, BookNow>> {
  const rows = await booksNamed(client, [...ids]);
  return new Map(
    [...rows].map(([id, row]) => [
      id,
      { quantity: row.quantity, priceCents: row.price_cents, number: row.committed },
    ]),
  );
}
