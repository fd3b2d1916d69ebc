import { History } from '../../simulation/history.js';
import { Clients } from '../../support/history-clients.js';
import { BookstoreOfProcesses, buildDist, type RoleInOwnProcess } from '../../support/processes.js';
import { Faults } from './faults.js';
import { faultsFound } from './judgement.js';

/** Requests that are answered between one fault and the next. */
const SOME = 120;

describe('a bookstore of processes, under buyers and readers', () => {
  let bookstore: BookstoreOfProcesses;
  let faults: Faults;
  let history: History;
  let clients: Clients;
  let catalogs: [RoleInOwnProcess, RoleInOwnProcess, RoleInOwnProcess];
  let orders: [RoleInOwnProcess, RoleInOwnProcess];
  let frontEnds: [RoleInOwnProcess, RoleInOwnProcess];

  beforeAll(async () => {
    buildDist();
    bookstore = await BookstoreOfProcesses.start({ catalogs: 3, orders: 2, frontEnds: 2 });
    catalogs = bookstore.catalogs as typeof catalogs;
    orders = bookstore.orders as typeof orders;
    frontEnds = bookstore.frontEnds as typeof frontEnds;
    faults = new Faults(bookstore);
  }, 300_000);
  afterAll(() => bookstore?.end(), 120_000);

  let seed = 0;
  beforeEach(async () => {
    history = new History();
    const addresses = bookstore.frontEnds.map(({ address }) => address);
    seed += 1;
    clients = new Clients({ frontEnds: addresses, buyers: 6, readers: 4, books: 3, seed }, history);
    await clients.start();
    await clients.more(SOME);
  });
  afterEach(async () => {
    await clients.close();
    await faults.heal();
  }, 120_000);

  /** Nothing was lost, doubled, oversold or stale, and all replicas end equal. */
  async function expectAllWell(): Promise<void> {
    await faults.heal();
    await clients.more(SOME);
    await clients.stop();
    expect(await faultsFound(bookstore, clients, history)).toEqual([]);
  }

  it('keeps its promise while catalogs are killed, stopped and started', async () => {
    const [a, b, c] = catalogs;
    await faults.kill(a);
    await clients.more(SOME);
    await faults.restart(a);
    await faults.freezeBeyondLease(b);
    await clients.more(SOME);
    faults.thaw(b);
    await clients.more(SOME);
    await faults.freezeBeyondLease(c);
    await faults.kill(c);
    await clients.more(SOME);
    await faults.restart(c);
    // Two at once: nothing can be acknowledged before one is back, and nothing is said that is not so.
    faults.freeze(a);
    await faults.kill(b);
    faults.start(b);
    faults.thaw(a);
    await clients.more(SOME);
    await expectAllWell();
  }, 300_000);

  it('keeps its promise while order servers and front-ends are killed, stopped and started', async () => {
    await faults.kill(orders[0]);
    await clients.more(SOME);
    faults.freeze(orders[1]);
    await faults.restart(orders[0]);
    await clients.more(SOME);
    faults.thaw(orders[1]);
    await faults.freezeBeyondLease(frontEnds[0]);
    await clients.more(SOME);
    faults.thaw(frontEnds[0]);
    await faults.kill(frontEnds[1], catalogs[0]);
    await clients.more(SOME);
    await faults.restart(frontEnds[1], catalogs[0]);
    await expectAllWell();
  }, 300_000);

  it('loses nothing acknowledged when all catalogs are killed at once', async () => {
    await faults.kill(...catalogs);
    await faults.restart(...catalogs);
    await expectAllWell();
  }, 300_000);
});
