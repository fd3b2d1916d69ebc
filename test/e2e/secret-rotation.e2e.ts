import { BookstoreInProcess, type RoleInProcess } from '../support/in-process.js';
import { CLUSTER_SECRET as OLD } from '../support/layout.js';
import { until } from '../support/until.js';

const NEW = 'another-cluster-secret-of-32-chars';
const PEERS = 'what-catalogs-alone-show-each-other';
/** What each process is told, one after the other. Front-ends and order servers are never told what catalogs have. */
const STEPS = [
  { all: { CLUSTER_SECRET: `${OLD},${NEW}` }, catalogs: { PEER_SECRET: `derived,${PEERS}` } },
  { all: { CLUSTER_SECRET: `${NEW},${OLD}` }, catalogs: { PEER_SECRET: `${PEERS},derived` } },
  { all: { CLUSTER_SECRET: NEW }, catalogs: { PEER_SECRET: PEERS } },
];

/** Buyers who look up and buy, through one front-end or another, until they are told to stop. */
class Buyers {
  readonly wrong: string[] = [];
  bought = 0;
  private stopped = false;
  private readonly all: Promise<unknown>;

  constructor(private readonly frontEnds: readonly string[]) {
    this.all = Promise.all([4, 5, 6].map((bookId) => this.buyAgainAndAgain(bookId)));
  }

  stop(): Promise<unknown> {
    this.stopped = true;
    return this.all;
  }

  private async buyAgainAndAgain(bookId: number): Promise<void> {
    for (let count = 0; !this.stopped; count++) {
      const key = `rotation-${bookId}-${String(count).padStart(8, '0')}`;
      await this.ask(`/lookup/${bookId}`, { method: 'GET' });
      await this.ask(`/buy/${bookId}`, { method: 'PUT', headers: { 'idempotency-key': key } });
      this.bought++;
    }
  }

  /** As a good client does: passes over a front-end that takes no connection, and asks again what may be asked again. */
  private async ask(path: string, init: RequestInit): Promise<void> {
    await until(`${path} is answered`, async () => {
      for (const frontEnd of this.frontEnds) {
        const answer = await fetch(frontEnd + path, init).catch(() => null);
        const text = (await answer?.text().catch(() => null)) ?? null;
        if (answer === null || text === null || answer.status === 503 || answer.status === 504) continue;
        if (answer.status !== 200) this.wrong.push(`${path}: ${answer.status} ${text}`);
        return true;
      }
      return false;
    });
  }
}

describe('changing the secrets of a bookstore that sells', () => {
  let bookstore: BookstoreInProcess;
  beforeAll(async () => {
    bookstore = await BookstoreInProcess.start({ catalogs: 3, orders: 1, frontEnds: 2 });
  }, 120_000);
  afterAll(() => bookstore.stop());

  it('has every buyer served, role by role, and leaves the old one of no use', async () => {
    const buyers = new Buyers(bookstore.frontEnds.map(({ address }) => address));
    const goesOn = async (): Promise<void> => {
      const before = buyers.bought;
      await until('more is bought', () => buyers.bought >= before + 3);
    };
    const change = async (role: RoleInProcess, settings: Record<string, string>): Promise<void> => {
      await role.stop();
      await role.start(settings);
      // All of them: a replica that has to catch up must not be the second to go.
      await bookstore.ready();
      await goesOn();
    };
    for (const { all, catalogs } of STEPS) {
      for (const catalog of bookstore.catalogs) await change(catalog, { ...all, ...catalogs });
      for (const role of [...bookstore.orders, ...bookstore.frontEnds]) await change(role, all);
    }
    await buyers.stop();
    expect(buyers.wrong).toEqual([]);

    const dump = (secret: string) =>
      Promise.all(
        [...bookstore.catalogs, ...bookstore.frontEnds].map(async ({ address }) => {
          const answer = await fetch(`${address}/dump`, { headers: { authorization: `Bearer ${secret}` } });
          return answer.status;
        }),
      );
    expect(new Set(await dump(OLD))).toEqual(new Set([401]));
    expect(new Set(await dump(PEERS))).toEqual(new Set([401]));
    expect(new Set(await dump(NEW))).toEqual(new Set([200]));
  }, 300_000);
});
