import { History } from '../../simulation/history.js';
import { Clients } from '../../support/history-clients.js';
import { BookstoreOfProcesses, buildDist, type RoleInOwnProcess } from '../../support/processes.js';
import { ReleaseBefore } from '../../support/release-before.js';
import { faultsFound } from './judgement.js';

/** Requests that are answered between one restart and the next. */
const SOME = 60;
/** No client gives up before the front-end does. */
const ATTEMPT_MS = 20_000;

describe('a bookstore of processes, replaced one by one', () => {
  let before: ReleaseBefore;
  let bookstore: BookstoreOfProcesses;
  let clients: Clients;
  const history = new History();
  beforeAll(async () => {
    buildDist();
    before = ReleaseBefore.build();
    const layout = { catalogs: 3, orders: 2, frontEnds: 2, settings: { DRAIN_MS: '500' } };
    bookstore = await BookstoreOfProcesses.start(layout, before.entry);
    const frontEnds = bookstore.frontEnds.map(({ address }) => address);
    const some = { buyers: 3, readers: 2, books: 3, seed: 1, attemptMs: ATTEMPT_MS };
    clients = new Clients({ frontEnds, ...some }, history);
    await clients.start();
    await clients.more(SOME);
  }, 300_000);
  afterAll(async () => {
    await clients?.close();
    await bookstore?.end();
    before?.remove();
  }, 120_000);

  async function replaceEach(roles: readonly RoleInOwnProcess[]): Promise<void> {
    for (const role of roles) {
      const stopped = { name: role.placed.name, ...(await role.stop()), lines: role.lines };
      expect(stopped).toMatchObject({ code: 0, lines: [] });
      role.start();
      await role.ready();
      clients.returned(role.address);
      await clients.more(SOME);
    }
  }

  it('goes over from the release before to this one without a failed request', async () => {
    const { catalogs, orders, frontEnds } = bookstore;
    // So that each kind of role has been the new one beside old ones of all kinds, and the old one beside new ones.
    const [last, ...most] = [...catalogs].reverse();
    await replaceEach([...frontEnds.slice(1), ...most, ...orders, ...frontEnds.slice(0, 1)]);
    if (last !== undefined) await replaceEach([last]);
    expect(clients.failures).toEqual([]);
  }, 300_000);

  it('is restarted without a failed request', async () => {
    await replaceEach(bookstore.roles);
    await clients.stop();
    expect(clients.failures).toEqual([]);
    expect(await faultsFound(bookstore, clients, history)).toEqual([]);
  }, 300_000);
});
