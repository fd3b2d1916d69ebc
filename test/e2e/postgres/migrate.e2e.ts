import { randomUUID } from 'node:crypto';
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import SqliteConnection from 'better-sqlite3';
import pg from 'pg';
import { migrate } from '../../../src/backup/migrate.js';
import { restore } from '../../../src/backup/restore.js';
import { migrate as bringUpToDate } from '../../../src/catalog/postgres/schema.js';
import { Server } from '../../../src/catalog/postgres/server.js';
import { SqliteStore } from '../../../src/catalog/store/sqlite-store.js';
import { parsePostgresUrl } from '../../../src/config/postgres-url.js';
import { type HoldAnswer } from '../../../src/contract/public-hold.js';
import { type OrderAnswer } from '../../../src/contract/public-order.js';
import { BookstoreInProcess } from '../../support/in-process.js';
import { ADMIN_TOKEN } from '../../support/layout.js';
import { TestPostgres } from '../../support/postgres.js';
import { ask as askAt } from '../../support/requests.js';

describe('npm run migrate', () => {
  let postgres: TestPostgres;
  let database: string;
  let folder: string;
  let bookstore: BookstoreInProcess;
  let lines: string[] = [];
  beforeAll(async () => {
    postgres = await TestPostgres.start();
    database = await postgres.freshDatabase();
    folder = mkdtempSync(join(tmpdir(), 'bazar-migrate-'));
    bookstore = await BookstoreInProcess.start({
      catalogs: 1,
      orders: 1,
      frontEnds: 1,
      settings: { DATABASE_URL: `sqlite:${join(folder, 'catalog.sqlite')}` },
    });
  }, 120_000);
  afterAll(async () => {
    await bookstore.stop();
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  const runOf = (from: readonly string[], to: string): Promise<number> => {
    lines = [];
    const tell = (line: string): void => void lines.push(line);
    const options = from.flatMap((each) => ['--from', each]);
    return migrate([...options, '--to', to], { env: {}, print: tell, complain: tell });
  };
  const run = (from: string, to: string): Promise<number> => runOf([from], to);
  const ask = async <Body>(
    shop: BookstoreInProcess,
    method: string,
    path: string,
    body?: object,
    key: string = randomUUID(),
  ): Promise<Body> => {
    const headers = { authorization: `Bearer ${ADMIN_TOKEN}`, 'idempotency-key': key };
    return (await askAt<Body>(method, `${shop.frontEnds[0]?.address}${path}`, body, headers)).body;
  };
  const stopAll = async (): Promise<void> => {
    for (const role of [...bookstore.roles].reverse()) await role.stop();
  };
  const file = (name = 'catalog'): string => `sqlite:${join(folder, `${name}.sqlite`)}`;
  const everything = async (shop: BookstoreInProcess): Promise<unknown[]> =>
    Promise.all(
      ['/books?q=hobbit', '/lookup/1', '/lookup/2', '/lookup/8', '/orders?limit=50', '/books/8/history'].map(
        (path) => ask(shop, 'GET', path),
      ),
    );

  it('takes a bookstore to PostgreSQL, goes on where it was, and takes it back', async () => {
    const key = randomUUID();
    const basket = [2, 3].map((bookId) => ({ bookId, quantity: 2 }));
    const order = await ask<OrderAnswer>(
      bookstore,
      'POST',
      '/orders',
      { items: basket, reference: 'r 1' },
      key,
    );
    const hold = await ask<HoldAnswer>(bookstore, 'POST', '/holds', { items: basket, ttlSeconds: 3_600 });
    await stopAll();
    expect([await run(file(), database), lines]).toEqual([
      0,
      [expect.stringContaining('agree: 7 books'), expect.any(String)],
    ]);
    for (const role of bookstore.roles) await role.start();
    await bookstore.ready();
    const book = { title: 'The Hobit', author: 'J. R. R. Tolkien', topic: 'Fantasy', price: 9, quantity: 4 };
    await ask(bookstore, 'POST', '/books', book);
    await ask(bookstore, 'PATCH', '/books/8', { title: 'The Hobbit', price: 10 });
    await ask(bookstore, 'PUT', '/buy/1');
    await ask(bookstore, 'POST', `/orders/${order.orderId}/cancel`, {});
    const before = await everything(bookstore);
    await stopAll();
    expect([await run(file(), database), lines[0]]).toEqual([0, expect.stringContaining('agree: 8 books')]);

    const onPostgres = await BookstoreInProcess.start({
      catalogs: 2,
      orders: 1,
      frontEnds: 1,
      settings: { DATABASE_URL: database },
    });
    try {
      expect(await everything(onPostgres)).toEqual(before);
      const repeated = await ask<OrderAnswer>(
        onPostgres,
        'POST',
        '/orders',
        { items: basket, reference: 'r 1' },
        key,
      );
      expect(repeated.orderId).toBe(order.orderId);
      expect(await ask(onPostgres, 'POST', `/holds/${hold.holdId}/confirm`)).toMatchObject({ state: 'sold' });
    } finally {
      await onPostgres.stop();
    }
    // Of the same bookstore, but older.
    expect([await run(file(), database), lines[0]]).toEqual([1, expect.stringContaining('is not the same')]);

    expect([await run(database, file('back')), lines[0]]).toEqual([
      0,
      expect.stringContaining('agree: 8 books'),
    ]);
    const surroundings = {
      env: {},
      print: () => undefined,
      complain: (line: string) => void lines.push(line),
    };
    const back = ['--from', join(folder, 'back.sqlite'), '--to', join(folder, 'catalog.sqlite')];
    expect(await restore(back, surroundings)).toBe(0);
    for (const role of bookstore.roles) await role.start();
    await bookstore.ready();
    expect(await ask(bookstore, 'GET', `/holds/${hold.holdId}`)).toMatchObject({ state: 'confirmed' });
  }, 120_000);

  it('says what is wrong, and leaves all as it was', async () => {
    const other = await postgres.freshDatabase();
    await run(database, file('third'));
    const wrong: [string, string, RegExp][] = [
      [file(), database, /open in another process/],
      [file('none'), other, /is not there/],
      [database, file('third'), /is there already/],
      [file('third'), file('fourth'), /one of them takes/],
      ['postgres://shop:secret@db', file('fourth'), /--from: got "postgres:\/\/…@db", takes/],
      [file('third'), database.replace(/:[^:@]*@/, ':wrong-secret@'), /refuses the password/],
    ];
    for (const [from, to, says] of wrong) {
      expect([await run(from, to), lines.join('\n')]).toEqual([1, expect.stringMatching(says)]);
      expect(lines.join('\n')).not.toMatch(/secret/);
    }
    expect(existsSync(join(folder, 'fourth.sqlite'))).toBe(false);
  }, 60_000);

  it('takes what the files of several catalogs agree on, and nothing when they do not', async () => {
    const [agreed, other] = [await postgres.freshDatabase(), await postgres.freshDatabase()];
    const files = ['third', 'twin', 'triplet'];
    for (const name of files.slice(1))
      copyFileSync(join(folder, 'third.sqlite'), join(folder, `${name}.sqlite`));
    expect([await runOf(files.map(file), agreed), lines[0]]).toEqual([
      0,
      expect.stringContaining('agree: 8 books'),
    ]);
    await restockIn(join(folder, 'twin.sqlite'), 2);
    expect([await runOf(files.map(file), other), lines[0]]).toEqual([
      1,
      expect.stringMatching(/book 2 is not the same in .*twin/),
    ]);
    const damaged = new SqliteConnection(join(folder, 'triplet.sqlite'));
    damaged.exec('UPDATE book SET quantity = quantity + 1 WHERE id = 2');
    damaged.close();
    expect([await runOf(files.map(file), other), lines[0]]).toEqual([
      1,
      expect.stringMatching(/triplet.sqlite: .*book 2/),
    ]);
  }, 60_000);

  it('goes on where a transaction of it failed, of which nothing stayed', async () => {
    const url = await postgres.freshDatabase();
    const target = parsePostgresUrl(url);
    if (target === null) throw new Error(`no URL: ${url}`);
    const server = await Server.connect(target, { connectTimeoutMs: 5_000, leaseMs: 5_000 });
    await bringUpToDate(server, target);
    await server.drop();
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      await client.query(
        `CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'the disk is full'; END $$`,
      );
      await client.query(
        'CREATE TRIGGER full_disk BEFORE INSERT ON entry FOR EACH ROW WHEN (NEW.book_id = 8 AND NEW.sequence_number > 0) EXECUTE FUNCTION fail()',
      );
      expect([await run(file('third'), url), lines.join()]).toEqual([
        1,
        expect.stringMatching(/the disk is full/),
      ]);
      const entries = (books: string) =>
        client.query(`SELECT 1 FROM entry WHERE sequence_number > 0 AND book_id ${books}`);
      expect((await entries('= 0')).rowCount).toBeGreaterThan(0);
      expect((await entries('> 0')).rowCount).toBe(0);
      await client.query('DROP TRIGGER full_disk ON entry');
      expect([await run(file('third'), url), lines[0]]).toEqual([
        0,
        expect.stringContaining('agree: 8 books'),
      ]);
    } finally {
      await client.end();
    }
  }, 60_000);
});

/** What another catalog may have heard of, and the rest not. */
async function restockIn(path: string, bookId: number): Promise<void> {
  const fail = (error: Error): never => {
    throw error;
  };
  const store = await SqliteStore.open({ path, onFailure: fail });
  const { committed = 0, book } = store.record(bookId) ?? {};
  if (!book) throw new Error(`no book ${bookId}`);
  const operation = { kind: 'restock', operationId: randomUUID(), copies: 1 } as const;
  const entry = {
    sequenceNumber: committed + 1,
    origin: { round: 1, replicaId: 'other', startNumber: 1 },
    decided: [{ operation, outcome: { kind: 'restocked' } as const }],
  };
  store.commit(bookId, entry, { ...book, quantity: book.quantity + 1 });
  await store.close();
}
