import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ADMIN_TOKEN } from '../../support/layout.js';
import { BookstoreOfProcesses, buildDist, type RoleInOwnProcess } from '../../support/processes.js';
import { until } from '../../support/until.js';

const ENDS_WITHIN_MS = 30_000;

/** Files of catalogs that somebody copies or removes. */
describe('the files of a bookstore of processes', () => {
  let bookstore: BookstoreOfProcesses;
  beforeAll(buildDist, 300_000);
  beforeEach(async () => {
    const apart = { catalogs: 3, orders: 1, frontEnds: 1, adjust: inAFolderOfItsOwn };
    bookstore = await BookstoreOfProcesses.start(apart);
  }, 120_000);
  afterEach(() => bookstore?.end());

  const file = (catalog: RoleInOwnProcess): string =>
    (catalog.placed.env['DATABASE_URL'] ?? '').slice('sqlite:'.length);
  const remove = (catalog: RoleInOwnProcess): void => {
    for (const end of ['', '-wal', '-shm']) rmSync(`${file(catalog)}${end}`, { force: true });
  };
  const buy = async (): Promise<unknown> => {
    const [shop] = bookstore.frontEnds;
    const answer = await fetch(`${shop?.address}/buy/4`, { method: 'PUT' });
    return answer.json();
  };
  /** An administrator's word that a catalog with a new disk is to join through those that are there. */
  const admit = async ({ address }: RoleInOwnProcess): Promise<number> => {
    const [shop] = bookstore.frontEnds;
    const answer = await fetch(`${shop?.address}/ops/members`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ADMIN_TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify({ catalog: address, without: [], mayLoseSales: true }),
    });
    return answer.status;
  };
  /** What the process of a role wrote since, once it has ended of itself. */
  const lastWords = (role: RoleInOwnProcess, since = 0): Promise<string[]> =>
    until(`${role.placed.name} ends`, () => (role.ended ? role.lines.slice(since) : null), ENDS_WITHIN_MS);

  it('of one catalog at all of them: each says in a line who has the same, and ends; with one, and a word, they start again', async () => {
    const [first, ...others] = bookstore.catalogs as [RoleInOwnProcess, ...RoleInOwnProcess[]];
    expect(await buy()).toMatchObject({ success: true });
    await Promise.all(bookstore.catalogs.map((catalog) => catalog.stop()));
    for (const other of others) {
      remove(other);
      copyFileSync(file(first), file(other));
    }
    bookstore.catalogs.forEach((catalog) => catalog.start());
    // Whoever ends first is heard of no more: the last one may stand alone.
    const ended = await until('they end', () => {
      const all = bookstore.catalogs.filter((catalog) => catalog.ended);
      return all.length >= 2 ? all : null;
    });
    for (const catalog of ended) {
      expect(catalog.lines).toEqual([expect.stringContaining('have the same disk')]);
      const named = bookstore.catalogs.filter(({ address }) => catalog.lines[0]?.includes(address));
      expect(named).toContain(catalog);
      expect(named).toHaveLength(2);
    }
    await Promise.all(bookstore.catalogs.map((catalog) => catalog.end()));
    others.forEach(remove);
    bookstore.catalogs.forEach((catalog) => catalog.start());
    // Two of three disks are new: what only they knew has to be given up by somebody.
    const [second] = others as [RoleInOwnProcess];
    await until('one of them may join', async () => (await admit(second)) === 202, ENDS_WITHIN_MS);
    await bookstore.ready();
    expect(await buy()).toMatchObject({ success: true });
  }, 180_000);

  it('gone under one that runs: it ends with one line, the others sell, and it comes back', async () => {
    const [first] = bookstore.catalogs as [RoleInOwnProcess];
    rmSync(join(file(first), '..'), { recursive: true });
    const lines = await lastWords(first);
    expect(lines).toEqual([
      expect.stringContaining('was moved, removed or replaced while this catalog had it open'),
    ]);
    expect(await buy()).toMatchObject({ success: true });
    first.start();
    await first.ready();
    expect(await buy()).toMatchObject({ success: true });
  }, 180_000);
});

function inAFolderOfItsOwn<Placed extends { name: string; env: Readonly<Record<string, string>> }>(
  placed: Placed,
): Placed {
  const database = placed.env['DATABASE_URL'];
  if (database === undefined) return placed;
  const folder = database.replace(/^sqlite:/, '').replace(/\.sqlite$/, '');
  mkdirSync(folder, { recursive: true });
  return { ...placed, env: { ...placed.env, DATABASE_URL: `sqlite:${folder}/books.sqlite` } };
}
