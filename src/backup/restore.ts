import { cpSync, existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Holdings } from '../catalog/store/verification.js';
import { type CatalogConfig, parseConfig } from '../config/index.js';
import { DataFolder } from '../local-cluster/data-folder.js';
import { isOpenElsewhere } from '../local-cluster/folder-lock.js';
import { DEFAULTS, MOST_OF_A_ROLE } from '../local-cluster/options.js';
import { databaseName } from '../local-cluster/plan.js';
import { backupsIn, readManifest, sha256Of } from '../catalog/backup/backup-files.js';
import { copyFile, removeFile } from './files.js';
import { Mistake, runCommand, type Surroundings } from './mistake.js';
import { seal } from './nobodys-copy.js';
import { parseUntil, replay, type Until } from './replay.js';
import { DATABASE_PARTS, OWNER_ONLY_FOLDER, timeInName } from '../runtime/stored-files.js';

const HELP = `Gives the catalogs of a bookstore that is stopped the books and orders of a backup. What they have now is set aside.

npm run restore -- --from BACKUP [options]

  --from BACKUP   a folder of backups (the newest is taken), one of them, or the database of a catalog that is stopped
  --until WHEN    only what was done up to then: a time like 2026-11-27T20:15:00Z, or change:NUMBER
  --data FOLDER   the data folder of npm start: all its catalogs get the same (${DEFAULTS.dataFolder})
  --catalogs N    how many those are (as many as there were, or ${DEFAULTS.catalogs})
  --to FILE       a database elsewhere; again for each (in a catalog's container: its own)
  --help          this text

All catalogs of a bookstore have to be given the same backup before they are started again, all of them.`;

/** `npm run restore`. Answers the exit code. */
export function restore(args: readonly string[], surroundings: Surroundings): Promise<number> {
  return runCommand(surroundings, async () => {
    const { values } = parseArgs({
      args: [...args],
      options: {
        from: { type: 'string' },
        until: { type: 'string' },
        to: { type: 'string', multiple: true },
        data: { type: 'string', default: DEFAULTS.dataFolder },
        catalogs: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) return surroundings.print(HELP);
    if (values.from === undefined)
      throw new Mistake('--from is missing, takes a backup or a folder of backups');
    const until = values.until === undefined ? null : parseUntil(values.until);
    const source = newestIn(resolve(values.from));
    const own = surroundings.env['ROLE'] === 'catalog' ? parseConfig(surroundings.env) : undefined;
    const named = values.to ?? (own?.role === 'catalog' ? [fileOf(own)] : undefined);
    if (named !== undefined)
      return restoreInto(
        named.map((each) => resolve(each)),
        source,
        until,
        surroundings,
      );
    const folder = new DataFolder(values.data);
    try {
      const count = wantedCount(values.catalogs) ?? (folder.countCatalogs() || DEFAULTS.catalogs);
      const targets = Array.from({ length: count }, (_, index) => join(folder.path, databaseName(index)));
      await restoreInto(targets, source, until, surroundings);
    } finally {
      folder.close();
    }
  });
}

function wantedCount(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const count = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= MOST_OF_A_ROLE) return count;
  throw new Mistake(`--catalogs: got "${text}", takes a whole number from 1 to ${MOST_OF_A_ROLE}`);
}

function newestIn(path: string): string {
  if (!existsSync(path)) throw new Mistake(`${path} is not there`);
  if (!statSync(path).isDirectory()) return path;
  const newest = backupsIn(path).at(-1);
  if (newest === undefined) throw new Mistake(`There is no backup in ${path}`);
  return newest;
}

/** Nothing of what is there is touched before what takes its place stands beside it, whole and sound. */
async function restoreInto(
  targets: readonly string[],
  source: string,
  until: Until | null,
  { print }: Surroundings,
): Promise<void> {
  for (const path of [source, ...targets]) {
    if (existsSync(path) && readManifest(path) === undefined && isOpenElsewhere(path))
      throw new Mistake(`${path} is open in another process: stop that first. Nothing was changed`);
  }
  const copies = targets.map((target) => `${target}.restoring`);
  try {
    for (const copy of copies) removeFile(copy);
    const [first = '', ...others] = copies;
    mkdirSync(dirname(first), { recursive: true, mode: OWNER_ONLY_FOLDER });
    const holdings = await prepare(source, first, until);
    for (const copy of others) {
      mkdirSync(dirname(copy), { recursive: true, mode: OWNER_ONLY_FOLDER });
      cpSync(first, copy);
    }
    const time = timeInName(new Date());
    for (const target of targets) setAside(target, `${target}.before-restore-${time}`, print);
    for (const [index, target] of targets.entries()) renameSync(copies[index] ?? '', target);
    const { books, orders, booksHash, lastChange } = holdings;
    print(
      `Restored from ${source}: ${books} books and ${orders} orders, up to change ${lastChange}, hash of the books ${booksHash.slice(0, 12)}`,
    );
    for (const target of targets) print(`  ${target}`);
    print('Start all catalogs of the bookstore now: as new replicas they wait for each other.');
  } finally {
    for (const copy of copies) removeFile(copy);
  }
}

/** A file for nobody yet, in which everything fits. */
async function prepare(source: string, copy: string, until: Until | null): Promise<Holdings> {
  const manifest = readManifest(source);
  if (manifest !== undefined && (await sha256Of(source)) !== manifest.sha256)
    throw new Mistake(`${source} is not as it was when it was made: take another backup`);
  copyFile(source, copy);
  const whole = await seal(copy);
  if (until === null) return whole;
  const cut = `${copy}-until`;
  try {
    removeFile(cut);
    await replay(copy, cut, until);
    removeFile(copy);
    renameSync(cut, copy);
  } finally {
    removeFile(cut);
  }
  return seal(copy);
}

function setAside(target: string, name: string, print: (line: string) => void): void {
  if (!existsSync(target)) return;
  for (const part of DATABASE_PARTS) {
    if (existsSync(`${target}${part}`)) renameSync(`${target}${part}`, `${name}${part}`);
  }
  print(`What was there is kept as ${name}`);
}

function fileOf({ database }: CatalogConfig): string {
  if (database.kind === 'sqlite') return database.path;
  throw new Mistake('DATABASE_URL is a PostgreSQL: restore that by its own means');
}
