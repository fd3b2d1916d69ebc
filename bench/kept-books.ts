import type BetterSqlite3 from 'better-sqlite3';
import { constants, copyFileSync, existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BookMaker, createBooks } from './books.js';
import { Bookstore } from './bookstore.js';
import { shownCount } from './figures.js';
import { type Run } from './run.js';
import { sqliteDriver } from '../src/runtime/sqlite-driver.js';

const Database = sqliteDriver() as typeof BetterSqlite3;

const MIGRATIONS = 'dist/catalog/store/migrations';
const FOLDER = join(tmpdir(), 'bazar-bench-books');

/**
 * The file of a catalog with so many books, created as an import does: that may take minutes, so it is kept in the temporary folder
 * between runs. Answers what lays it into a bookstore's folder for each of its catalogs.
 */
export async function keptBooks(
  run: Run,
  make: BookMaker,
  books: number,
  replicas = 1,
): Promise<(folder: string) => void> {
  const kept = join(FOLDER, `${make.name}-${books}-${schema()}.sqlite`);
  if (!existsSync(kept)) {
    const store = await Bookstore.start({ catalogs: 1, orders: 0, frontEnds: 0 });
    try {
      const catalog = store.catalog();
      await createBooks(catalog.address, books, make, (done) =>
        run.progress(`${shownCount(done)} of ${shownCount(books)} books created`),
      );
      await catalog.end();
      mkdirSync(FOLDER, { recursive: true });
      // Under its name only when it is whole.
      copyFileSync(join(store.folder, 'catalog-1.sqlite'), `${kept}.partial`);
      renameSync(`${kept}.partial`, kept);
    } finally {
      await store.end();
    }
  }
  return (folder) => {
    const files = Array.from({ length: replicas }, (_, index) => join(folder, `catalog-${index + 1}.sqlite`));
    for (const file of files) copyFileSync(kept, file, constants.COPYFILE_FICLONE);
    if (replicas > 1) makeReplicas(files);
  };
}

/**
 * Copies of one catalog as replicas that have committed the same in the same order and know it of each other: each with an
 * identity of its own, and cursors at the end of the others.
 */
function makeReplicas(files: readonly string[]): void {
  const idOf = (file: string): string => `copy-${files.indexOf(file) + 1}`;
  for (const file of files) {
    const database = new Database(file);
    database.prepare('UPDATE replica SET replica_id = ?').run(idOf(file));
    const point = database.prepare(
      'INSERT INTO cursor (peer, change) SELECT ?, coalesce(max(change), 0) FROM entry',
    );
    for (const other of files) if (other !== file) point.run(idOf(other));
    database.close();
  }
}

/** Files of an older schema would be brought up to date at each start. */
function schema(): string {
  return /^\d+/.exec(readdirSync(MIGRATIONS).sort().at(-1) ?? '')?.[0] ?? '0';
}
