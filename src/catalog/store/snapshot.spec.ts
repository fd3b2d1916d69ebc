import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { type Book, CATALOGUE, type Decided, type Entry } from '../../core/replication/types.js';
import { applyEntry } from '../../core/replication/book-fold.js';
import { Damage } from './damage.js';
import { type Database, openDatabase } from './database.js';
import { SqliteStore } from './sqlite-store.js';
import { verify } from './verification.js';

const origin = { round: 1, replicaId: 'replica-a', startNumber: 1 };
const book = (id: number): Book => ({
  title: `Book ${id} ${'x'.repeat(2_000)}`,
  topic: 'T',
  priceCents: 100,
  quantity: 9,
  isbn: null,
  author: null,
});
const creation = (id: number): Decided => ({
  operation: { kind: 'create', operationId: `create:${id}`, book: book(id) },
  outcome: { kind: 'created', bookId: id },
});
const sale = (id: number): Decided => ({
  operation: { kind: 'sale', operationId: `sale:${id}`, copies: 2, expectedPriceCents: null },
  outcome: { kind: 'sold', orderId: `order${id}`, priceCents: 100, at: 1_000 },
});
/** Of book 10: one that is paid for and partly cancelled, one that is open. */
const HELD: readonly Decided[] = [
  {
    operation: {
      kind: 'hold',
      operationId: 'hold 1',
      copies: 2,
      expectedPriceCents: null,
      term: { kind: 'alone', ttlMs: 1_000 },
      reference: 'cart 1',
    },
    outcome: { kind: 'held', holdId: 'ha-paid', priceCents: 100, until: 2_000 },
  },
  {
    operation: { kind: 'confirm', operationId: 'confirm 1', holdId: 'ha-paid', lines: [] },
    outcome: { kind: 'sold', orderId: 'orderheld', priceCents: 100, at: 1_500, copies: 2 },
  },
  {
    operation: { kind: 'cancel', operationId: 'cancel 1', orderId: 'orderheld', copies: 1 },
    outcome: { kind: 'cancelled', copies: 1 },
  },
  {
    operation: {
      kind: 'hold',
      operationId: 'hold 2',
      copies: 1,
      expectedPriceCents: null,
      term: { kind: 'alone', ttlMs: 1_000 },
    },
    outcome: { kind: 'held', holdId: 'ha-open', priceCents: 100, until: 3_000 },
  },
];
const BOOKS = 300;

describe('a copy of a running store', () => {
  let folder: string;
  let store: SqliteStore;
  let copies = 0;
  const synced = (): Promise<void> => new Promise((resolve) => store.sync(() => resolve()));
  const open = (name: string) =>
    SqliteStore.open({
      path: join(folder, name),
      onFailure: (error) => {
        throw error;
      },
    });
  /** As replicas do it: the catalogue's entry, and a sale of each. */
  const add = (from: number, to: number): void => {
    for (let id = from; id <= to; id += 1) {
      const genesis: Entry = { sequenceNumber: 0, origin, decided: [creation(id)] };
      store.create(id, genesis, book(id));
      store.saveNextBookId(id + 1);
      store.commit(CATALOGUE, { sequenceNumber: id, origin, decided: [creation(id)] }, null);
      store.commit(id, { sequenceNumber: 1, origin, decided: [sale(id)] }, { ...book(id), quantity: 7 });
    }
  };
  const addHolds = (): void =>
    HELD.forEach((decided, place) => {
      const entry: Entry = { sequenceNumber: place + 2, origin, decided: [decided] };
      store.commit(10, entry, applyEntry(store.record(10)?.book ?? null, entry));
    });
  const takeCopy = (): Readable => {
    const snapshot = store.snapshot();
    if (snapshot === null) throw new Error('one is being taken');
    return snapshot.content;
  };
  const saved = async (content: Readable): Promise<string> => {
    const name = `copy-${++copies}.sqlite`;
    await writeFile(join(folder, name), await buffer(content));
    return name;
  };
  const inCopy = async <T>(name: string, look: (database: Database) => T): Promise<T> => {
    const database = await openDatabase(join(folder, name));
    try {
      return look(database);
    } finally {
      await database.dataSource.destroy();
    }
  };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bazar-snapshot-'));
    store = await open('catalog.sqlite');
    add(1, BOOKS);
  });
  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });

  it('has all that was written before it was taken, synced or not, and nothing after', async () => {
    const content = takeCopy();
    add(BOOKS + 1, 2 * BOOKS);
    await synced();
    const name = await saved(content);
    expect(await inCopy(name, ({ connection }) => verify(connection))).toMatchObject({
      books: BOOKS,
      orders: BOOKS,
      lastChange: 2 * BOOKS,
    });
    const later = await saved(takeCopy());
    expect(await inCopy(later, ({ connection }) => verify(connection))).toMatchObject({ books: 2 * BOOKS });
  });

  it('is sound with holds and cancellations', async () => {
    addHolds();
    const name = await saved(takeCopy());
    expect(await inCopy(name, ({ connection }) => verify(connection))).toMatchObject({ orders: BOOKS + 1 });
  });

  it('is taken one at a time, and another when the first was given up', async () => {
    const first = takeCopy();
    expect(store.snapshot()).toBeNull();
    first.destroy();
    await new Promise((resolve) => first.once('close', resolve));
    expect(store.snapshot()).not.toBeNull();
  });

  it('is cut short when the store closes, which is whole afterwards', async () => {
    const content = takeCopy();
    const failed = new Promise<Error>((resolve) => content.once('error', resolve));
    add(BOOKS + 1, 2 * BOOKS);
    await store.close();
    expect(await failed).toBeInstanceOf(Error);
    store = await open('catalog.sqlite');
    expect(store.record(2 * BOOKS)?.committed).toBe(1);
  });

  it.each<[string, string, RegExp]>([
    [
      'a book differs from its ledger',
      'UPDATE book SET quantity = 8, checksum = NULL WHERE id = 5',
      /^book 5 is not what its ledger/,
    ],
    ['an entry is missing', 'DELETE FROM entry WHERE book_id = 6', /^entry 1 of book 6 is missing/],
    [
      'an entry was changed',
      `UPDATE entry SET entry = replace(entry, '"copies":2', '"copies":1'), checksum = NULL WHERE book_id = 7`,
      /^book 7 /,
    ],
    [
      'an entry cannot be read',
      `UPDATE entry SET entry = '{', checksum = NULL WHERE book_id = 7`,
      /^an entry cannot be read/,
    ],
    ['a beginning is missing', 'DELETE FROM genesis WHERE book_id = 8', /^book 8 has no beginning/],
    [
      'an order is not listed',
      `DELETE FROM sale WHERE order_id = 'order9'`,
      /^an operation of entry 1 of book 9/,
    ],
    [
      'an operation is forgotten',
      `DELETE FROM operation WHERE operation_id = 'sale:9'`,
      /^an operation of entry 1 of book 9/,
    ],
    [
      "the catalogue's last entry is lost",
      `DELETE FROM entry WHERE book_id = 0 AND sequence_number = ${BOOKS}`,
      /^entry 300 of the catalogue/,
    ],
    [
      'ids would be given out again',
      'UPDATE catalogue SET next_book_id = 300',
      /^id 300 would be given out again/,
    ],
    [
      'an index lacks a row',
      "PRAGMA writable_schema = 1; DELETE FROM sqlite_schema WHERE name = 'book_by_topic'; PRAGMA writable_schema = 0",
      /./,
    ],
    [
      'an order that was held is not listed',
      `DELETE FROM sale WHERE order_id = 'orderheld'`,
      /^an operation of entry 3 of book 10/,
    ],
    [
      'a hold has another number of copies',
      `UPDATE hold SET copies = 3 WHERE hold_id = 'ha-paid'`,
      /^the checksum of hold ha-paid/,
    ],
    [
      'a hold of an older file has',
      `UPDATE hold SET copies = 3, checksum = NULL WHERE hold_id = 'ha-open'`,
      /^hold ha-open is not what/,
    ],
    [
      'a hold would not end',
      `UPDATE hold SET due = NULL WHERE hold_id = 'ha-open'`,
      /^hold ha-open is not what/,
    ],
    ['a hold is missing', `DELETE FROM hold WHERE hold_id = 'ha-open'`, /^hold ha-open is not what/],
    [
      'there is a hold that nobody asked for',
      `UPDATE hold SET hold_id = 'ha-else', checksum = NULL WHERE hold_id = 'ha-paid'`,
      /^hold ha-paid is not what/,
    ],
    [
      'another number of copies was cancelled',
      'UPDATE cancellation SET copies = 2, checksum = NULL',
      /^what was cancelled of order orderheld/,
    ],
    [
      'a cancellation was changed',
      'UPDATE cancellation SET copies = 2',
      /^the checksum of what was cancelled/,
    ],
    ['a reference is forgotten', 'DELETE FROM order_reference', /^order orderheld cannot be found/],
  ])('is found unsound when %s', async (_, spoil, words) => {
    addHolds();
    const name = await saved(takeCopy());
    await inCopy(name, ({ connection }) => connection.unsafeMode().exec(spoil));
    const found = await inCopy(name, ({ connection }) => {
      try {
        return verify(connection);
      } catch (error) {
        return error;
      }
    });
    expect(found).toBeInstanceOf(Damage);
    expect((found as Damage).message).toMatch(words);
  });
});
