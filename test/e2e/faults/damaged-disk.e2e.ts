import { randomUUID } from 'node:crypto';
import {
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { type CatalogStatus } from '../../../src/contract/ops.js';
import { type BuyAnswer } from '../../../src/contract/public-order.js';
import { callInternal } from '../../support/layout.js';
import { BookstoreOfProcesses, buildDist, type RoleInOwnProcess } from '../../support/processes.js';
import { until } from '../../support/until.js';
import { untilEqual } from './faults.js';

const PAGE = 4096;

/** Over all pages of a file but the first two: its schema lies there, without which it is not opened at all. */
const overPages = (path: string, byte: number): void => {
  const file = openSync(path, 'r+');
  const { size } = statSync(path);
  for (let at = 8 * PAGE; at < size; at += PAGE) writeSync(file, Buffer.alloc(PAGE, byte), 0, PAGE, at);
  closeSync(file);
};

/** One digit in the newest text of an entry of a file: no page, no index and no text is any the worse for it. */
const flipOneBit = (path: string): void => {
  const bytes = readFileSync(path);
  const at = bytes.lastIndexOf('"copies":1');
  if (at < 0) throw new Error('there is no sale in the file');
  bytes[at + '"copies":'.length] = '3'.charCodeAt(0);
  writeFileSync(path, bytes);
};

describe('a catalog whose disk is damaged', () => {
  let bookstore: BookstoreOfProcesses;
  beforeAll(async () => {
    buildDist();
    bookstore = await BookstoreOfProcesses.start({
      catalogs: 3,
      orders: 1,
      frontEnds: 1,
      settings: { LOG_LEVEL: 'warn' },
    });
  }, 300_000);
  afterAll(() => bookstore?.end(), 120_000);

  const fileOf = ({ placed }: RoleInOwnProcess): string =>
    (placed.env['DATABASE_URL'] ?? '').slice('sqlite:'.length);
  const lost = (): RoleInOwnProcess => bookstore.catalogs[2] as RoleInOwnProcess;
  const statusOf = async ({ address }: RoleInOwnProcess): Promise<CatalogStatus> =>
    (await (await callInternal(address, '/status')).json()) as CatalogStatus;
  const kept = (): string[] =>
    readdirSync(bookstore.folder).filter((name) => /\.damaged-\d{8}T\d{6}Z$/.test(name));
  const said = ({ lines }: RoleInOwnProcess, words: RegExp): boolean =>
    lines.some((line) => words.test(line));
  const buy = async (): Promise<BuyAnswer> => {
    const headers = { 'idempotency-key': randomUUID() };
    const [shop] = bookstore.frontEnds as [RoleInOwnProcess];
    return (await (await fetch(`${shop.address}/buy/4`, { method: 'PUT', headers })).json()) as BuyAnswer;
  };
  const isNew = async (before: string): Promise<boolean> => {
    const now = await statusOf(lost()).catch(() => null);
    return now !== null && now.joined && now.replicaId !== before;
  };

  it.each<[string, (path: string) => void]>([
    ['is no database', (path) => writeFileSync(path, 'no database '.repeat(1_000))],
    [
      'has lost its second half',
      (path) => truncateSync(path, Math.floor(statSync(path).size / 2 / PAGE) * PAGE),
    ],
    ['has pages of zeros', (path) => overPages(path, 0)],
    ['has pages of noise', (path) => overPages(path, 0xa5)],
    ['has one bit flipped in an entry', flipOneBit],
  ])(
    'whose file %s sets it aside and learns all from the others',
    async (_, spoil) => {
      for (let sale = 0; sale < 3; sale += 1) expect((await buy()).success).toBe(true);
      await untilEqual(bookstore.catalogs);
      const { replicaId } = await statusOf(lost());
      await lost().stop();
      const before = kept().length;
      lost().lines.length = 0;
      spoil(fileOf(lost()));
      expect((await buy()).success).toBe(true);
      lost().start();
      await until('it is there as a new one', () => isNew(replicaId));
      await lost().ready();
      expect((await buy()).success).toBe(true);
      await untilEqual(bookstore.catalogs);
      expect(kept()).toHaveLength(before + 1);
      expect(
        said(
          lost(),
          /catalog-3\.sqlite was damaged \(.*\): it is kept as .*, and this catalog learns all from the others/,
        ),
      ).toBe(true);
    },
    60_000,
  );

  it('ends with one line where too few of the others are well', async () => {
    const [, second] = bookstore.catalogs as [RoleInOwnProcess, RoleInOwnProcess];
    await second.stop();
    await lost().stop();
    rmSync(join(bookstore.folder, 'catalog-3.sqlite-wal'), { force: true });
    writeFileSync(fileOf(lost()), 'no database '.repeat(1_000));
    lost().lines.length = 0;
    const before = kept().length;
    lost().start();
    await until('it has ended', () =>
      said(
        lost(),
        /catalog-3\.sqlite is damaged \(.*\), and 0 of the other catalogs are well where it takes 2/,
      ),
    );
    expect(kept()).toHaveLength(before);
    // As soon as they are well, another start is all it takes.
    second.start();
    await second.ready();
    await lost().end();
    lost().start();
    await lost().ready();
    expect(kept()).toHaveLength(before + 1);
  }, 90_000);
});
