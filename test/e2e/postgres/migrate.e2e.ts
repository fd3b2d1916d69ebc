import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate } from '../../../src/backup/migrate.js';
import { restore } from '../../../src/backup/restore.js';
import { type HoldAnswer } from '../../../src/contract/public-hold.js';
import { type OrderAnswer } from '../../../src/contract/public-order.js';
import { BookstoreInProcess } from '../../support/in-process.js';
import { ADMIN_TOKEN } from '../../support/layout.js';
import { TestPostgres } from '../../support/postgres.js';

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

  const run = (from: string, to: string): Promise<number> => {
    lines = [];
    const tell = (line: string): void => void lines.push(line);
    return migrate(['--from', from, '--to', to], { env: {}, print: tell, complain: tell });
  };
  const ask = async <Body>(
    shop: BookstoreInProcess,
    method: string,
    path: string,
    body?: object,
    key: string = randomUUID(),
  ): Promise<Body> => {
    const answer = await fetch(`${shop.frontEnds[0]?.address}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${ADMIN_TOKEN}`,
        'idempotency-key': key,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return (await answer.json()) as Body;
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
});
