import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Book, CATALOGUE, type Entry } from '../../core/replication/types.js';
import { Damage, isDamage } from './damage.js';
import { type Database } from './database.js';
import { Scrub } from './scrub.js';
import { SqliteStore } from './sqlite-store.js';

const origin = { round: 1, replicaId: 'replica-a', startNumber: 1 };
const book: Book = { title: 'A', topic: 'T', priceCents: 100, quantity: 1_000, isbn: null, author: null };
const BOOKS = 40;
/** More than one slice's. */
const LONG = 150;

describe('looking ledgers through', () => {
  let folder: string;
  let store: SqliteStore;
  let heard: Error[];
  const exec = (sql: string): unknown =>
    (store as unknown as { database: Database }).database.connection.unsafeMode().exec(sql);
  const restock = (bookId: number, sequenceNumber: number, copies: number): void => {
    const before = store.record(bookId)?.book ?? book;
    const entry: Entry = {
      sequenceNumber,
      origin,
      decided: [
        {
          operation: { kind: 'restock', operationId: `${bookId}:${sequenceNumber}`, copies },
          outcome: { kind: 'restocked' },
        },
      ],
    };
    store.commit(bookId, entry, { ...before, quantity: before.quantity + copies });
  };
  const all = (): number => {
    const scrub = new Scrub(store);
    let books = 0;
    for (let done = scrub.slice(); done !== null; done = scrub.slice()) books += done;
    return books;
  };

  beforeEach(async () => {
    heard = [];
    folder = mkdtempSync(join(tmpdir(), 'bazar-scrub-'));
    store = await SqliteStore.open({
      path: join(folder, 'a.sqlite'),
      onFailure: (error) => heard.push(error),
    });
    for (let id = 1; id <= BOOKS; id += 1) {
      const title = `Book ${id}`;
      const created: Entry = {
        sequenceNumber: 0,
        origin,
        decided: [
          {
            operation: { kind: 'create', operationId: `create:${id}`, book: { ...book, title } },
            outcome: { kind: 'created', bookId: id },
          },
        ],
      };
      store.create(id, created, { ...book, title });
      store.commit(CATALOGUE, { ...created, sequenceNumber: id }, null);
      restock(id, 1, 5);
    }
    for (let number = 2; number <= LONG; number += 1) restock(7, number, 1);
    // Promised, and not heard of otherwise.
    store.savePromised(BOOKS + 1, origin);
  });
  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });

  it('finds all well, the catalogue too, and goes on while books change', () => {
    expect(all()).toBe(BOOKS + 2);
    const scrub = new Scrub(store);
    let number = LONG;
    while (scrub.slice() !== null) restock(7, (number += 1), 1);
  });

  it('gives books of an older file their checksums, after which they count', () => {
    exec('UPDATE book SET checksum = NULL');
    all();
    exec('UPDATE book SET quantity = quantity + 1 WHERE id = 3');
    expect(() => store.record(3)).toThrow(new Damage('the checksum of book 3 does not fit'));
  });

  it.each([
    ['a book', 'UPDATE book SET quantity = 8 WHERE id = 3', 'the checksum of book 3 does not fit'],
    ['its topic', `UPDATE topic SET name = 'U'`, 'the checksum of book 1 does not fit'],
    [
      'a book of an older file',
      'UPDATE book SET quantity = 8, checksum = NULL WHERE id = 3',
      'book 3 is not what its ledger makes of it',
    ],
    ['its version', 'UPDATE book SET version = 9 WHERE id = 3', 'book 3 is not what its ledger makes of it'],
    [
      'what was promised',
      `UPDATE book SET promised_round = 8 WHERE id = ${BOOKS + 1}`,
      'the checksum of the promise for book 41 does not fit',
    ],
    [
      'an entry',
      `UPDATE entry SET entry = replace(entry, ':5', ':6') WHERE book_id = 3`,
      'the checksum of an entry',
    ],
    [
      'an entry of an older file',
      `UPDATE entry SET entry = replace(entry, '"copies":5', '"copies":6'), checksum = NULL WHERE book_id = 3`,
      'book 3 is not',
    ],
    [
      'a beginning',
      `UPDATE genesis SET entry = replace(entry, 'Book', 'Book!') WHERE book_id = 3`,
      'the checksum of an entry',
    ],
    [
      'a ledger that lacks its end',
      `DELETE FROM entry WHERE book_id = 7 AND sequence_number = ${LONG}`,
      `entry ${LONG} of book 7 is missing`,
    ],
    [
      'a ledger with a gap',
      'DELETE FROM entry WHERE book_id = 7 AND sequence_number = 100',
      'entry 100 of book 7 is missing',
    ],
    [
      "the catalogue's ledger",
      'DELETE FROM entry WHERE book_id = 0 AND sequence_number = 2',
      'entry 2 of the catalogue is missing',
    ],
  ])('finds damage to %s', (_, spoil, words) => {
    exec(spoil);
    let found: unknown;
    try {
      all();
    } catch (error) {
      found = error;
    }
    expect(isDamage(found)).toBe(true);
    expect((found as Error).message).toContain(words);
  });

  it('is told of damage that a list comes upon', () => {
    exec(`UPDATE entry SET sales = 1, entry = 'x' WHERE book_id = 3 AND sequence_number = 1`);
    expect(() => store.index.orders({ bookId: 3, reference: null, after: null, limit: 5 })).toThrow(Damage);
    expect(heard.map(isDamage)).toEqual([true]);
  });
});
