import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { type BookQuery } from '../catalogue-index.js';
import { sqliteDriver } from '../../../runtime/sqlite-driver.js';
import { SqliteStore } from '../sqlite-store.js';
import { type Book } from '../../../core/replication/types.js';
import { BookTexts1764400000000 } from './1764400000000-book-texts.js';

const genesis = {
  sequenceNumber: 0,
  origin: { round: 1, replicaId: 'a', startNumber: 1 },
  decided: [],
};
const ALL: BookQuery = { text: 'volume', topic: null, order: 'relevance', after: null, limit: 1_000 };
const BOOKS = 300;

const volume = (id: number): Book => ({
  title: `Volume ${id}`,
  topic: 'Topic',
  priceCents: 1,
  quantity: 1,
  isbn: null,
  author: null,
});

/** Of all pages: the first shows the books that were judged, the next ones the others. */
function foundOn(store: SqliteStore): number[] {
  const ids: number[] = [];
  let after: string | null = null;
  do {
    const page = store.index.findBooks({ ...ALL, after });
    if (page.kind !== 'found') throw new Error(page.kind);
    expect(page.near).toBe(false);
    ids.push(...page.ids);
    after = page.next;
  } while (after !== null);
  return ids;
}

describe('the migration to an index of the books', () => {
  let folder: string;
  const open = (): Promise<SqliteStore> =>
    SqliteStore.open({
      path: join(folder, 'catalog.sqlite'),
      onFailure: (error) => {
        throw error;
      },
    });

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bazar-migration-'));
    const store = await open();
    for (let id = 1; id <= BOOKS; id += 1) store.create(id, genesis, volume(id));
    await store.close();
    // As a release before this one left it.
    const before = await new DataSource({
      type: 'better-sqlite3',
      driver: sqliteDriver(),
      database: join(folder, 'catalog.sqlite'),
      migrations: [BookTexts1764400000000],
    }).initialize();
    await new BookTexts1764400000000().down(before.createQueryRunner());
    await before.query(`DELETE FROM migrations WHERE name = 'BookTexts1764400000000'`);
    await before.destroy();
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('fills it in slices, and finds nothing before all books are in it', async () => {
    let store = await open();
    expect(store.index.findBooks(ALL)).toEqual({ kind: 'not filled' });
    expect(store.fillIndex()).toBe(true);
    // Books on both sides of where it is, and one that is new.
    const edit = (id: number): void =>
      store.commit(
        id,
        {
          ...genesis,
          sequenceNumber: 1,
          decided: [
            {
              operation: {
                kind: 'edit',
                operationId: `edit ${id}`,
                changes: { title: `Other ${id}` },
                expectedSequenceNumber: null,
              },
              outcome: { kind: 'edited' },
            },
          ],
        },
        { ...volume(id), title: `Other ${id}` },
      );
    edit(1);
    edit(BOOKS);
    store.create(BOOKS + 1, genesis, volume(BOOKS + 1));
    await store.close();
    // It goes on where it was.
    store = await open();
    expect(store.index.findBooks(ALL)).toEqual({ kind: 'not filled' });
    while (store.fillIndex());
    expect(foundOn(store).length).toBe(BOOKS - 1);
    expect(store.index.findBooks({ ...ALL, text: 'other' })).toMatchObject({ ids: [1, BOOKS] });
    await store.close();
  });

  it('has nothing to fill up in an empty file', async () => {
    rmSync(join(folder, 'catalog.sqlite'));
    const store = await open();
    expect(store.fillIndex()).toBe(false);
    expect(store.index.findBooks(ALL)).toMatchObject({ kind: 'found', ids: [] });
    await store.close();
  });
});
