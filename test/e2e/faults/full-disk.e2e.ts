import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { submitCall } from '../../../src/contract/rpc.js';
import { History } from '../../simulation/history.js';
import { Clients } from '../../support/history-clients.js';
import { CLUSTER_SECRET } from '../../support/layout.js';
import { askOnLine } from '../../support/line.js';
import { BookstoreOfProcesses, buildDist, type RoleInOwnProcess } from '../../support/processes.js';
import { ask as askAt } from '../../support/requests.js';
import { until } from '../../support/until.js';
import { faultsFound } from './judgement.js';
import { type SmallDisk, smallDisk } from './small-disk.js';

const SOME = 120;

describe('full disks, under buyers and readers', () => {
  let bookstore: BookstoreOfProcesses;
  const folder = mkdtempSync(join(tmpdir(), 'bazar-disks-'));
  let disks: SmallDisk[] = [];
  let history: History;
  let clients: Clients;

  beforeAll(async () => {
    buildDist();
    disks = [1, 2, 3].map((index) => smallDisk(join(folder, `disk-${index}`)));
    bookstore = await BookstoreOfProcesses.start({
      catalogs: 3,
      orders: 2,
      frontEnds: 2,
      adjust: (placed) => {
        const disk = /^catalog (\d)$/.exec(placed.name)?.[1];
        const database = `sqlite:${folder}/disk-${disk}/catalog.sqlite`;
        return disk === undefined ? placed : { ...placed, env: { ...placed.env, DATABASE_URL: database } };
      },
    });
  }, 300_000);
  afterAll(async () => {
    await bookstore?.end();
    disks.forEach((disk) => disk.remove());
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  beforeEach(async () => {
    history = new History();
    const frontEnds = bookstore.frontEnds.map(({ address }) => address);
    clients = new Clients({ frontEnds, buyers: 6, readers: 4, books: 3, seed: 11 }, history);
    await clients.start();
    await clients.more(SOME);
  });
  afterEach(() => clients.close());

  const hasFailed = async (catalog: RoleInOwnProcess): Promise<boolean> => {
    const answer = await fetch(`${catalog.address}/health/ready`).catch(() => null);
    return answer?.status === 503 && (await answer.text()).includes('the store failed');
  };
  const ask = async (catalog: RoleInOwnProcess, method: string, path: string, body?: object) => {
    const headers = { authorization: `Bearer ${CLUSTER_SECRET}` };
    const answer = await askAt(method, `${catalog.address}${path}`, body, headers);
    return { status: answer.status, ...answer.body };
  };

  async function expectAllWell(): Promise<void> {
    await bookstore.ready();
    await clients.more(SOME);
    await clients.stop();
    expect(await faultsFound(bookstore, clients, history)).toEqual([]);
  }

  it('one full disk: that catalog says so, the others sell on, and it comes back when there is room', async () => {
    const [disk] = disks as [SmallDisk];
    const [catalog] = bookstore.catalogs as [RoleInOwnProcess];
    disk.fill(catalog);
    await until('catalog 1 has met its full disk', () => hasFailed(catalog));
    await clients.more(SOME);

    const [bookId] = clients.books as [number];
    expect(await ask(catalog, 'PUT', `/update/${bookId}`, { price: 1 })).toMatchObject({ status: 503 });
    expect(await ask(catalog, 'GET', `/query/item/${bookId}`)).toMatchObject({ status: 503 });
    const operation = {
      kind: 'sale',
      operationId: 'buy:while-full',
      copies: 1,
      expectedPriceCents: null,
    } as const;
    const operations = [{ bookId, operation }];
    expect(await askOnLine(catalog.address, CLUSTER_SECRET, submitCall, { operations })).toMatchObject({
      results: [{ kind: 'not started', reason: 'not ready' }],
    });

    // It starts on a full disk as well, and waits for room.
    await catalog.kill();
    catalog.start();
    disk.fill(catalog);
    await until('catalog 1 has met its full disk', () => hasFailed(catalog));
    await clients.more(SOME);

    disk.clear(catalog);
    await expectAllWell();
  }, 300_000);

  it('all disks full: buys are refused or unknown, and everything goes on when there is room', async () => {
    const each = (action: (disk: SmallDisk, catalog: RoleInOwnProcess) => void): void =>
      bookstore.catalogs.forEach((catalog, index) => action(disks[index] as SmallDisk, catalog));
    each((disk, catalog) => disk.fill(catalog));
    // When two have, the third is asked to write no more.
    await until('two have met their full disks', async () => {
      const failed = await Promise.all(bookstore.catalogs.map(hasFailed));
      return failed.filter(Boolean).length >= 2;
    });
    const acknowledged = () => history.items.filter(({ answer }) => answer?.kind === 'written').length;
    const before = acknowledged();
    await clients.moreFailures(SOME / 4);
    // What was on its way when the disks were full may still have been told.
    expect(acknowledged() - before).toBeLessThan(6);

    each((disk, catalog) => disk.clear(catalog));
    await expectAllWell();
  }, 300_000);
});
