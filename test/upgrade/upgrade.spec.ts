import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { DataSource } from 'typeorm';
import { openDatabase } from '../../src/catalog/store/database.js';
import { SqliteStore } from '../../src/catalog/store/sqlite-store.js';
import { verify } from '../../src/catalog/store/verification.js';
import { sqliteDriver } from '../../src/runtime/sqlite-driver.js';
import { StartError } from '../../src/runtime/start-error.js';
import { ordersOf } from '../support/history-orders.js';
import { BookstoreInProcess } from '../support/in-process.js';

const FIRST_RELEASE = fileURLToPath(new URL('first-release/', import.meta.url));
/** The first of six purchases of book 2. */
const FIRST_ORDER = '0mwzhqvtedselyz4cw993q6lflqkbk1a19';

describe('databases of the first release', () => {
  let folder: string;
  const path = (index: number): string => join(folder, `catalog-${index}.sqlite`);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bazar-upgrade-'));
    for (const name of readdirSync(FIRST_RELEASE).filter((each) => each.endsWith('.gz'))) {
      writeFileSync(
        join(folder, name.replace(/\.gz$/, '')),
        gunzipSync(readFileSync(join(FIRST_RELEASE, name))),
      );
    }
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('are brought up to date, each by itself, with every book, order and ledger', async () => {
    const hashes = new Set<string>();
    for (const index of [1, 2, 3]) {
      const { dataSource, connection } = await openDatabase(path(index));
      const holdings = verify(connection);
      await dataSource.destroy();
      expect(holdings).toMatchObject({ books: 9, orders: 9 });
      hashes.add(holdings.booksHash);
    }
    expect(hashes.size).toBe(1);
    const store = await SqliteStore.open({ path: path(1), onFailure: () => undefined });
    expect(store.index.order(FIRST_ORDER)).toMatchObject({
      items: [{ bookId: 2, copies: 1, priceCents: 5000, cancelled: 0 }],
    });
    expect(store.record(3)?.book).toMatchObject({ priceCents: 4100 });
    expect(store.record(8)?.book).toMatchObject({ title: 'Über Bäume', topic: 'Gärten', quantity: 3 });
    expect(store.identity()?.joined).toBe(true);
    await store.close();
  });

  it('are those of a bookstore that sells on, and knows what was bought', async () => {
    const bookstore = await BookstoreInProcess.start({
      catalogs: 3,
      orders: 1,
      frontEnds: 1,
      adjust: (placed) => ({
        ...placed,
        env: { ...placed.env, ...databaseIn(folder, placed.env['DATABASE_URL']) },
      }),
    });
    try {
      const shop = bookstore.frontEnds[0]?.address ?? '';
      const buy = async (book: number, key: string): Promise<unknown> => {
        const headers = { 'idempotency-key': key };
        return (await fetch(`${shop}/buy/${book}`, { method: 'PUT', headers })).json();
      };
      expect(await (await fetch(`${shop}/lookup/2`)).json()).toMatchObject({
        quantity: 0,
        sequenceNumber: 5,
      });
      expect(await ordersOf(shop, 2)).toHaveLength(5);
      // The same purchase, not another one.
      expect(await buy(2, 'fixture-sale-number-1')).toMatchObject({ success: true, orderId: FIRST_ORDER });
      expect(await buy(4, 'bought-after-the-upgrade')).toMatchObject({ success: true });
      expect(await (await fetch(`${shop}/lookup/4`)).json()).toMatchObject({ quantity: 20 });
    } finally {
      await bookstore.stop();
    }
  }, 120_000);

  it('stay as they are when they cannot be brought up to date: the release before still opens them', async () => {
    const raw = () =>
      new DataSource({ type: 'better-sqlite3', driver: sqliteDriver(), database: path(1) }).initialize();
    const before = await raw();
    // Something that a later migration stumbles on.
    await before.query('ALTER TABLE book ADD COLUMN checksum text');
    const names = await before.query('SELECT name FROM migrations ORDER BY name');
    const schema = await before.query('SELECT name, sql FROM sqlite_schema ORDER BY name');
    await before.destroy();
    await expect(openDatabase(path(1))).rejects.toBeInstanceOf(StartError);
    const after = await raw();
    expect(await after.query('SELECT name FROM migrations ORDER BY name')).toEqual(names);
    expect(await after.query('SELECT name, sql FROM sqlite_schema ORDER BY name')).toEqual(schema);
    await after.destroy();
  });

  it('are refused by a release that is older than they are, with a line that says so', async () => {
    const { dataSource } = await openDatabase(path(1));
    await dataSource.query(
      "INSERT INTO migrations (timestamp, name) VALUES (1900000000000, 'Later1900000000000')",
    );
    await dataSource.destroy();
    await expect(openDatabase(path(1))).rejects.toThrow(
      /catalog-1\.sqlite was brought up to date by a newer release \(Later1900000000000\): start that one/,
    );
  });
});

function databaseIn(folder: string, url: string | undefined): Record<string, string> {
  return url === undefined ? {} : { DATABASE_URL: `sqlite:${join(folder, url.split('/').at(-1) ?? '')}` };
}
