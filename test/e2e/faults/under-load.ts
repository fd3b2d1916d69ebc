import { History } from '../../simulation/history.js';
import { Clients } from '../../support/history-clients.js';
import { BookstoreOfProcesses, buildDist, type RoleInOwnProcess } from '../../support/processes.js';
import { Faults } from './faults.js';
import { faultsFound } from './judgement.js';

/** Requests that are answered between one fault and the next. */
export const SOME = 120;

type Three = [RoleInOwnProcess, RoleInOwnProcess, RoleInOwnProcess];
type Two = [RoleInOwnProcess, RoleInOwnProcess];

/** What each test finds: a bookstore of processes, one for the suite, and clients at work, its own. */
export interface UnderLoad {
  readonly bookstore: BookstoreOfProcesses;
  readonly catalogs: Three;
  readonly orders: Two;
  readonly frontEnds: Two;
  readonly faults: Faults;
  readonly history: History;
  readonly clients: Clients;
}

/** To be called in a `describe`: its tests are run under buyers and readers, the first of them under those of `firstSeed`. */
export function underLoad(firstSeed: number, begin: (load: UnderLoad) => void): void {
  let bookstore: BookstoreOfProcesses;
  let faults: Faults;
  let load: UnderLoad;
  let seed = firstSeed;

  beforeAll(async () => {
    buildDist();
    bookstore = await BookstoreOfProcesses.start({ catalogs: 3, orders: 2, frontEnds: 2 });
    faults = new Faults(bookstore);
  }, 300_000);
  afterAll(() => bookstore?.end(), 120_000);

  beforeEach(async () => {
    const history = new History();
    const frontEnds = bookstore.frontEnds.map(({ address }) => address);
    const clients = new Clients({ frontEnds, buyers: 6, readers: 4, books: 3, seed }, history);
    seed += 1;
    load = {
      bookstore,
      catalogs: bookstore.catalogs as Three,
      orders: bookstore.orders as Two,
      frontEnds: bookstore.frontEnds as Two,
      faults,
      history,
      clients,
    };
    begin(load);
    await clients.start();
    await clients.more(SOME);
  });
  afterEach(async () => {
    await load.clients.close();
    await load.faults.heal();
  }, 120_000);
}

/** Nothing was lost, doubled, oversold or stale, and all replicas end equal. */
export async function expectAllWell({ bookstore, faults, clients, history }: UnderLoad): Promise<void> {
  await faults.heal();
  await clients.more(SOME);
  await clients.stop();
  expect(await faultsFound(bookstore, clients, history)).toEqual([]);
}
