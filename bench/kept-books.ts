import { constants, copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BookMaker, createBooks } from './books.js';
import { Bookstore } from './bookstore.js';
import { shownCount } from './figures.js';
import { type Run } from './run.js';

const MIGRATIONS = 'dist/catalog/store/migrations';

/**
 * Catalogs with so many books, created as an import does: that may take minutes, so their files are kept in the temporary folder
 * between runs. Answers what lays copies of them into a bookstore's folder.
 */
export async function keptBooks(
  run: Run,
  make: BookMaker,
  books: number,
  replicas: number,
): Promise<(folder: string) => void> {
  const kept = join(tmpdir(), 'bazar-bench-books', `${make.name}-${books}-on-${replicas}-${schema()}`);
  if (!existsSync(kept)) {
    const store = await Bookstore.start({ catalogs: replicas, orders: 0, frontEnds: 0 });
    try {
      await createBooks(store.catalog().address, books, make, (done) =>
        run.progress(`${shownCount(done)} of ${shownCount(books)} books on ${replicas} replicas`),
      );
      for (const catalog of store.catalogs) await catalog.end();
      // Under its name only when it is whole.
      const partial = `${kept}.partial`;
      rmSync(partial, { recursive: true, force: true });
      mkdirSync(partial, { recursive: true });
      copyFiles(store.folder, partial);
      renameSync(partial, kept);
    } finally {
      await store.end();
    }
  }
  return (folder) => copyFiles(kept, folder);
}

function copyFiles(from: string, to: string): void {
  for (const name of readdirSync(from).filter((each) => /\.sqlite/.test(each))) {
    copyFileSync(join(from, name), join(to, name), constants.COPYFILE_FICLONE);
  }
}

/** Files of an older schema would be brought up to date at each start. */
function schema(): string {
  return /^\d+/.exec(readdirSync(MIGRATIONS).sort().at(-1) ?? '')?.[0] ?? '0';
}
