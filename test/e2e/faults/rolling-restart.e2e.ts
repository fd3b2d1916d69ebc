import { History } from '../../simulation/history.js';
import { Clients } from '../../support/history-clients.js';
import { BookstoreOfProcesses, buildDist } from '../../support/processes.js';
import { faultsFound } from './judgement.js';

/** Requests that are answered between one restart and the next. */
const SOME = 60;
/** No client gives up before the front-end does. */
const ATTEMPT_MS = 20_000;

describe('a bookstore of processes, restarted one by one', () => {
  let bookstore: BookstoreOfProcesses;
  let clients: Clients | undefined;
  beforeAll(async () => {
    buildDist();
    const settings = { DRAIN_MS: '500' };
    bookstore = await BookstoreOfProcesses.start({ catalogs: 3, orders: 2, frontEnds: 2, settings });
  }, 300_000);
  afterAll(async () => {
    await clients?.close();
    await bookstore?.end();
  }, 120_000);

  it('loses no request of clients that go where they are sent', async () => {
    const history = new History();
    const frontEnds = bookstore.frontEnds.map(({ address }) => address);
    clients = new Clients(
      { frontEnds, buyers: 3, readers: 2, books: 3, seed: 1, attemptMs: ATTEMPT_MS },
      history,
    );
    await clients.start();
    await clients.more(SOME);
    for (const role of bookstore.roles) {
      const stopped = { name: role.placed.name, ...(await role.stop()), lines: role.lines };
      expect(stopped).toMatchObject({ code: 0, lines: [] });
      role.start();
      await role.ready();
      clients.returned(role.address);
      await clients.more(SOME);
    }
    await clients.stop();
    expect(clients.failures).toEqual([]);
    expect(await faultsFound(bookstore, clients, history)).toEqual([]);
  }, 300_000);
});
