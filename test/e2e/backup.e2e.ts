import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { backUp } from '../../src/backup/back-up.js';
import { type Manifest } from '../../src/catalog/backup/backup-files.js';
import { restore } from '../../src/backup/restore.js';
import { type Surroundings } from '../../src/backup/mistake.js';
import { type CatalogStatus } from '../../src/contract/ops.js';
import { MAX_PAGE } from '../../src/contract/catalog.js';
import { type BuyAnswer } from '../../src/contract/public-order.js';
import { ordersCall } from '../../src/contract/rpc.js';
import { ordersOf } from '../support/history-orders.js';
import { BookstoreInProcess, type RoleInProcess } from '../support/in-process.js';
import { callInternal, CLUSTER_SECRET } from '../support/layout.js';
import { askOnLine } from '../support/line.js';
import { until } from '../support/until.js';

/** Copies of book 4 at first. */
const COPIES = 25;
const SOLD_BEFORE = 6;

const fileOf = (catalog: RoleInProcess): string =>
  (catalog.placed.env['DATABASE_URL'] ?? '').slice('sqlite:'.length);

const statusOf = async (catalog: RoleInProcess): Promise<CatalogStatus> =>
  (await (await callInternal(catalog.address, '/status')).json()) as CatalogStatus;

describe('a backup of a bookstore that sells', () => {
  let bookstore: BookstoreInProcess;
  let folder: string;
  let backups: string;
  const sold: string[] = [];
  let lines: string[] = [];
  const surroundings: Surroundings = {
    env: { CLUSTER_SECRET },
    print: (line) => void lines.push(line),
    complain: (line) => void lines.push(line),
  };
  const shop = (): string => bookstore.frontEnds[0]?.address ?? '';
  const catalogAt = (index: number): RoleInProcess => bookstore.catalogs[index] as RoleInProcess;

  const buy = async (key: string = randomUUID()): Promise<BuyAnswer> => {
    const answer = await fetch(`${shop()}/buy/4`, { method: 'PUT', headers: { 'idempotency-key': key } });
    return (await answer.json()) as BuyAnswer;
  };
  const quantity = async (): Promise<number> =>
    ((await (await fetch(`${shop()}/lookup/4`)).json()) as { quantity: number }).quantity;
  const ordersAt = async (catalog: RoleInProcess): Promise<string[]> => {
    const all = { bookId: 4, reference: null, limit: MAX_PAGE, cursor: null };
    const page = await askOnLine(catalog.address, CLUSTER_SECRET, ordersCall, all);
    if (page.kind !== 'page') throw new Error(page.kind);
    return page.items.map(({ orderId }) => orderId);
  };
  const newest = (): string =>
    join(
      backups,
      readdirSync(backups)
        .filter((name) => name.endsWith('.sqlite'))
        .sort()
        .at(-1) ?? '',
    );
  const manifest = (): Manifest =>
    JSON.parse(readFileSync(newest().replace(/sqlite$/, 'json'), 'utf8')) as Manifest;
  const targets = (): string[] => bookstore.catalogs.flatMap((each) => ['--to', fileOf(each)]);
  /** Everything is stopped, the catalogs are given what `args` say, and all is started again. */
  const restoreAll = async (...args: string[]): Promise<number> => {
    for (const role of [...bookstore.roles].reverse()) await role.stop();
    const code = await restore([...args, ...targets()], surroundings);
    for (const role of bookstore.roles) await role.start();
    await bookstore.ready();
    return code;
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bazar-backup-'));
    backups = join(folder, 'backups');
    bookstore = await BookstoreInProcess.start({ catalogs: 3, orders: 1, frontEnds: 1 });
  }, 120_000);
  afterAll(async () => {
    await bookstore?.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);
  beforeEach(() => {
    lines = [];
  });

  it('holds all that the catalog had, is sound, and stops no sale', async () => {
    for (let sale = 0; sale < SOLD_BEFORE; sale += 1)
      sold.push((await buy(`a-buy-before-it-${sale}`)).orderId ?? '');
    const [catalog] = bookstore.catalogs as [RoleInProcess];
    await until(
      'this catalog has heard of all',
      async () => (await ordersAt(catalog)).length === SOLD_BEFORE,
    );
    let done = false;
    const during: BuyAnswer[] = [];
    const selling = (async () => {
      do during.push(await buy());
      while (!done && during.length < 10);
    })();
    expect({ code: await backUp(['--to', backups, '--from', catalog.address], surroundings), lines }).toEqual(
      {
        code: 0,
        lines: [expect.stringMatching(/7 books and \d+ orders of http.* are sound/)],
      },
    );
    done = true;
    await selling;
    expect(during.filter(({ success }) => !success)).toEqual([]);
    const { books, orders, bytes, catalog: of } = manifest();
    expect({ books, of }).toEqual({ books: 7, of: catalog.address });
    expect(orders).toBeGreaterThanOrEqual(SOLD_BEFORE);
    expect(statSync(newest())).toMatchObject({ size: bytes, mode: 0o100600 });
    expect(readdirSync(backups)).toHaveLength(2);
  }, 60_000);

  it('brings a whole cluster back, as new replicas, with what was sold until then and nothing twice', async () => {
    const before = await Promise.all(bookstore.catalogs.map(statusOf));
    const { orders, booksHash } = manifest();
    expect(await restoreAll('--from', backups)).toBe(0);
    expect(lines).toContainEqual(expect.stringContaining(`hash of the books ${booksHash.slice(0, 12)}`));
    // What was there is kept.
    expect(lines.filter((line) => line.startsWith('What was there is kept'))).toHaveLength(3);

    const listed = (await ordersOf(shop(), 4)).map(({ orderId }) => orderId);
    expect(listed).toHaveLength(orders);
    expect(listed).toEqual(expect.arrayContaining(sold));
    expect(await quantity()).toBe(COPIES - orders);
    expect((await buy('a-buy-before-it-0')).orderId).toBe(sold[0]);
    expect((await buy()).success).toBe(true);
    expect(await quantity()).toBe(COPIES - orders - 1);

    const after = await Promise.all(bookstore.catalogs.map(statusOf));
    const ids = [...before, ...after].map(({ replicaId }) => replicaId);
    expect(new Set(ids).size).toBe(6);
    expect(after.map(({ joined }) => joined)).toEqual([true, true, true]);
  }, 120_000);

  it('of one catalog that was lost is caught up with by the others', async () => {
    const lost = catalogAt(2);
    await lost.stop();
    rmSync(fileOf(lost));
    expect(await restore(['--from', backups, '--to', fileOf(lost)], surroundings)).toBe(0);
    expect((await buy('while-it-is-away')).success).toBe(true);
    await lost.start();
    await lost.ready();
    expect(await ordersAt(lost)).toEqual(await ordersAt(catalogAt(0)));
  }, 60_000);

  it('gives the books as they were at a moment', async () => {
    const third = (await ordersOf(shop(), 4)).find(({ orderId }) => orderId === sold[2]);
    expect(await restoreAll('--from', backups, '--until', third?.orderedAt ?? '')).toBe(0);
    expect((await ordersOf(shop(), 4)).map(({ orderId }) => orderId).sort()).toEqual(sold.slice(0, 3).sort());
    expect(await quantity()).toBe(COPIES - 3);
    expect((await buy('a-buy-before-it-5')).success).toBe(true);
    expect(await quantity()).toBe(COPIES - 4);
  }, 120_000);

  it('can be had of the one catalog that is left, for all of them', async () => {
    const kept = await ordersOf(shop(), 4);
    for (const role of [...bookstore.roles].reverse()) await role.stop();
    for (const lost of bookstore.catalogs.slice(1)) rmSync(fileOf(lost));
    expect(await restore(['--from', fileOf(catalogAt(0)), ...targets()], surroundings)).toBe(0);
    for (const role of bookstore.roles) await role.start();
    await bookstore.ready();
    expect(await ordersOf(shop(), 4)).toEqual(kept);
  }, 120_000);

  it.each<[string, () => string[], RegExp]>([
    [
      'a catalog still has its file',
      () => [...targets(), '--from', backups],
      /is open in another process: stop that first/,
    ],
    ['there is none', () => ['--from', folder, '--to', join(folder, 'x.sqlite')], /There is no backup in/],
    [
      'the time is none',
      () => ['--from', backups, '--until', 'yesterday'],
      /--until: got "yesterday", takes a time/,
    ],
    ['it says not what', () => [], /--from is missing/],
  ])('is not restored when %s', async (_, args, words) => {
    const before = bookstore.catalogs.map((each) => statSync(fileOf(each)).ino);
    expect({ code: await restore(args(), surroundings), lines }).toEqual({
      code: 1,
      lines: [expect.stringMatching(words)],
    });
    expect(bookstore.catalogs.map((each) => statSync(fileOf(each)).ino)).toEqual(before);
  });

  it('is not restored when it has changed since', async () => {
    const bytes = readFileSync(newest());
    bytes.write('x', bytes.length - 100);
    writeFileSync(newest(), bytes);
    const target = join(folder, 'new.sqlite');
    expect(await restore(['--from', newest(), '--to', target], surroundings)).toBe(1);
    expect(lines).toEqual([expect.stringMatching(/is not as it was when it was made/)]);
    expect(existsSync(target)).toBe(false);
  });

  it('keeps as many as it is told', async () => {
    const from = ['--from', catalogAt(0).address];
    for (let each = 0; each < 2; each += 1) {
      expect(await backUp(['--to', backups, '--keep', '1', ...from], surroundings)).toBe(0);
    }
    expect(readdirSync(backups)).toHaveLength(2);
  }, 60_000);

  it('is refused to who does not know the secret, and said in a line', async () => {
    const env = { CLUSTER_SECRET: 'another-secret-of-32-characters!' };
    const to = join(folder, 'other');
    expect(await backUp(['--to', to, '--from', catalogAt(0).address], { ...surroundings, env })).toBe(1);
    expect(lines).toEqual([expect.stringMatching(/^No catalog gave a copy. http.*: answered 401/)]);
    expect(readdirSync(to)).toEqual([]);
  });
});
