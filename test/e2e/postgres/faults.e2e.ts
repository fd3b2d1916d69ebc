import { setTimeout as wait } from 'node:timers/promises';
import { type ChangesPage } from '../../../src/contract/public-changes.js';
import { type CatalogStatus } from '../../../src/contract/ops.js';
import { changesIn } from '../../../src/core/feed/told-changes.js';
import { CATALOGUE } from '../../../src/core/replication/types.js';
import { History } from '../../simulation/history.js';
import { Clients } from '../../support/history-clients.js';
import { statusOf } from '../../support/history-ledger.js';
import { ADMIN_TOKEN } from '../../support/layout.js';
import { TestPostgres } from '../../support/postgres.js';
import { type Committed, entriesOf, postgresLedgers } from '../../support/postgres-ledger.js';
import { BookstoreOfProcesses, buildDist, type RoleInOwnProcess } from '../../support/processes.js';
import { until } from '../../support/until.js';
import { Faults, untilEqual } from '../faults/faults.js';
import { judge } from '../faults/judgement.js';

const SOME = 120;
const LEASE_MS = 500;
/** As docs/operation/postgres.md asks of whoever promotes. */
const READ_LEASES = 4;

/** How often a primary is killed, and its standby promoted: BAZAR_TEST_TAKEOVERS=20 for more than CI has time for. */
const TAKEOVERS = Number(process.env['BAZAR_TEST_TAKEOVERS'] ?? 1);

/** What the ledgers have to tell. */
function toldBy(entries: readonly Committed[]): string[] {
  const changes = entries
    .filter(({ bookId, entry }) => bookId === CATALOGUE || entry.sequenceNumber > 0)
    .flatMap(({ bookId, entry }) => changesIn(bookId, entry, () => undefined));
  return changes.map(({ bookId, number }) => `${bookId}/${number}`);
}

/** Follows the feed of changes, page after page, as a consumer that keeps its cursor. */
class Consumer {
  readonly told: string[] = [];
  /** Not above the last one of its book. */
  readonly backwards: string[] = [];
  private readonly last = new Map<number, number>();
  private since: string | null = null;
  private over = false;
  private readonly following: Promise<void>;

  constructor(private readonly frontEnd: string) {
    this.following = this.follow();
  }

  /** When it has been told all that there is. */
  async end(): Promise<void> {
    this.over = true;
    await this.following;
    await until('all is told', async () => (await this.page()) === 'all');
  }

  private async follow(): Promise<void> {
    while (!this.over) if ((await this.page()) !== 'more') await wait(20);
  }

  private async page(): Promise<'all' | 'more' | 'refused'> {
    const since = this.since === null ? '' : `?since=${this.since}`;
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
    const answer = await fetch(`${this.frontEnd}/changes${since}`, { headers }).catch(() => null);
    if (answer?.status !== 200) return 'refused';
    const { changes, next, more } = (await answer.json()) as ChangesPage;
    for (const { bookId, number } of changes) {
      if (number <= (this.last.get(bookId) ?? -1)) this.backwards.push(`${bookId}/${number}`);
      this.last.set(bookId, number);
      this.told.push(`${bookId}/${number}`);
    }
    this.since = next;
    return more || changes.length > 0 ? 'more' : 'all';
  }
}

describe('a bookstore of processes on PostgreSQL, under buyers and readers', () => {
  let postgres: TestPostgres;
  let standby: TestPostgres;
  let bookstore: BookstoreOfProcesses;
  let faults: Faults;
  let catalogs: [RoleInOwnProcess, RoleInOwnProcess, RoleInOwnProcess];
  let database: string;

  beforeAll(async () => {
    buildDist();
    [postgres, standby] = await TestPostgres.startPair();
    database = new URL(await postgres.freshDatabase()).pathname.slice(1);
    const DATABASE_URL = postgres.urlOf(database, standby);
    bookstore = await BookstoreOfProcesses.start({
      catalogs: 3,
      orders: 2,
      frontEnds: 2,
      settings: { DATABASE_URL, LEASE_MS: String(LEASE_MS) },
    });
    catalogs = bookstore.catalogs as typeof catalogs;
    faults = new Faults(bookstore);
  }, 300_000);
  afterAll(async () => {
    await bookstore?.end();
    await postgres?.stop();
    await standby?.stop();
  }, 120_000);

  it('sold nothing twice and lost nothing, whoever is killed, stopped or restarted, and when the standby takes over', async () => {
    const history = new History();
    const frontEnds = bookstore.frontEnds.map(({ address }) => address);
    const clients = new Clients({ frontEnds, buyers: 6, readers: 4, books: 3, seed: 1 }, history);
    const [a, b, c] = catalogs;
    const consumer = new Consumer(frontEnds[0] ?? '');
    try {
      await clients.start();
      await clients.more(SOME);
      await faults.kill(a);
      await clients.more(SOME);
      await postgres.crash();
      await clients.more(SOME);
      await faults.restart(a);
      faults.freeze(b);
      await until('the others have fenced it', async () => {
        const status = (await statusOf(c)) as CatalogStatus | null;
        return (
          status?.shared?.members.some(({ address, fenced }) => fenced && address === b.address) ?? false
        );
      });
      await clients.more(SOME);
      faults.thaw(b);
      await postgres.restart();
      await clients.more(SOME);
      await faults.kill(...catalogs);
      await faults.heal();
      await clients.more(SOME);
      // The primary hangs, and its connections with it; whoever promotes waits as long as the promise rests on (P8).
      postgres.freeze();
      await wait(READ_LEASES * LEASE_MS);
      await standby.promote();
      await clients.more(SOME);
      // Superseded, and says that it takes writes to one that begins.
      postgres.thaw();
      await faults.kill(a);
      await faults.restart(a);
      await clients.more(SOME);
      await clients.stop();
      const judged = {
        frontEnds: bookstore.frontEnds,
        untilEqual: () => untilEqual(catalogs),
        ledgers: () => postgresLedgers(standby, database),
      };
      expect(await judge(judged, clients, history)).toEqual([]);
      await consumer.end();
      const entries = await entriesOf(standby, database);
      expect({ ...consumer, told: consumer.told.sort() }).toMatchObject({
        told: toldBy(entries).sort(),
        backwards: [],
      });
      const [seeds] = await standby.query<{ first: string }>(
        database,
        `SELECT count(*) AS first FROM operation WHERE operation_id LIKE 'seed:%' AND book_id = ${CATALOGUE}`,
      );
      expect(Number(seeds?.first)).toBe(7);
    } finally {
      await clients.close();
    }
  }, 300_000);

  it(
    `loses nothing acknowledged when a primary is killed and its synchronous standby promoted, ${TAKEOVERS} times`,
    async () => {
      const history = new History();
      const frontEnds = bookstore.frontEnds.map(({ address }) => address);
      const clients = new Clients({ frontEnds, buyers: 6, readers: 4, books: 3, seed: 2 }, history);
      let [primary, other] = [standby, postgres];
      // The one that was superseded.
      await other.kill();
      await other.follow(primary);
      try {
        await clients.start();
        for (let takeover = 0; takeover < TAKEOVERS; takeover += 1) {
          await clients.more(SOME);
          await primary.kill();
          await wait(READ_LEASES * LEASE_MS);
          await other.promote();
          [primary, other] = [other, primary];
          // Nothing is acknowledged before it has a standby again.
          await other.follow(primary);
        }
        await clients.more(SOME);
        await clients.stop();
        const judged = {
          frontEnds: bookstore.frontEnds,
          untilEqual: () => untilEqual(catalogs),
          ledgers: () => postgresLedgers(primary, database),
        };
        expect(await judge(judged, clients, history)).toEqual([]);
      } finally {
        await clients.close();
      }
    },
    300_000 + TAKEOVERS * 60_000,
  );
});
