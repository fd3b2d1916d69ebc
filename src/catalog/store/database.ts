import type BetterSqlite3 from 'better-sqlite3';
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DataSource } from 'typeorm';
import { BetterSqlite3Driver } from 'typeorm/driver/better-sqlite3/BetterSqlite3Driver.js';
import { sqliteDriver } from '../../runtime/sqlite-driver.js';
import { codeOf, reasonOf, StartError } from '../../runtime/start-error.js';
import { DamagedFile, isDamage } from './damage.js';
import { Catalogue1763800000000 } from './migrations/1763800000000-catalogue.js';
import { TopicPlaces1763900000000 } from './migrations/1763900000000-topic-places.js';
import { OrdersById1764000000000 } from './migrations/1764000000000-orders-by-id.js';
import { OneFold1764300000000 } from './migrations/1764300000000-one-fold.js';
import { BookTexts1764400000000 } from './migrations/1764400000000-book-texts.js';
import { Versions1764500000000 } from './migrations/1764500000000-versions.js';
import { TopicsInOrder1764600000000 } from './migrations/1764600000000-topics-in-order.js';
import { TopicsByFold1764610000000 } from './migrations/1764610000000-topics-by-fold.js';
import { Checksums1764630000000 } from './migrations/1764630000000-checksums.js';
import { Holds1764640000000 } from './migrations/1764640000000-holds.js';
import { Administration1764650000000 } from './migrations/1764650000000-administration.js';
import { ReapplicationsInOrder1764660000000 } from './migrations/1764660000000-reapplications-in-order.js';
import { Past1764670000000 } from './migrations/1764670000000-past.js';
import { TABLES } from './tables.js';
import { OWNER_ONLY, OWNER_ONLY_FOLDER } from '../../runtime/stored-files.js';

export type Connection = BetterSqlite3.Database;

export interface Database {
  readonly dataSource: DataSource;
  /** TypeORM's own connection, for prepared statements and transactions (its `transaction()` is not safe for concurrent callers). */
  readonly connection: Connection;
}

/** How many pages the log holds before it is brought into the file. */
export const CHECKPOINT_PAGES = 2_000;

/** How long to wait for another process that still has the file open to end. */
const LOCK_TIMEOUT_MS = 2_000;

/** Opens the file, creates it if there is none, and brings its schema up to date. Throws `StartError`, which names the file and the cure. */
export async function openDatabase(path: string): Promise<Database> {
  try {
    keepToOwner(path);
    return await open(path);
  } catch (error) {
    if (error instanceof StartError) throw error;
    if (isDamage(error)) throw new DamagedFile(path, reasonOf(error));
    throw new StartError(cannotOpen(path, error));
  }
}

async function open(path: string): Promise<Database> {
  const dataSource = new DataSource({
    type: 'better-sqlite3',
    driver: sqliteDriver(),
    database: path,
    timeout: LOCK_TIMEOUT_MS,
    // What fails is told once, by whoever called.
    logger: 'debug',
    prepareDatabase: configure,
    entities: TABLES,
    migrations: [
      Catalogue1763800000000,
      TopicPlaces1763900000000,
      OrdersById1764000000000,
      OneFold1764300000000,
      BookTexts1764400000000,
      Versions1764500000000,
      TopicsInOrder1764600000000,
      TopicsByFold1764610000000,
      Checksums1764630000000,
      Holds1764640000000,
      Administration1764650000000,
      ReapplicationsInOrder1764660000000,
      Past1764670000000,
    ],
  });
  await dataSource.initialize();
  try {
    await refuseNewer(dataSource, path);
    // All of them in one transaction: a file that cannot be brought up to date stays as it was, for the release before.
    const pending = await dataSource.showMigrations();
    if (pending) await dataSource.runMigrations();
    const { driver } = dataSource;
    if (!(driver instanceof BetterSqlite3Driver)) throw new Error('TypeORM did not use better-sqlite3');
    const connection = driver.databaseConnection as Connection;
    // TypeORM turns them on; the store declares none, and a check would cost a seek per write.
    connection.pragma('foreign_keys = OFF');
    return { dataSource, connection };
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
}

/** What a newer release has made of a file this one may misread. */
async function refuseNewer(dataSource: DataSource, path: string): Promise<void> {
  const [table] = await dataSource.query<unknown[]>("SELECT 1 FROM sqlite_schema WHERE name = 'migrations'");
  if (table === undefined) return;
  const known = new Set(dataSource.migrations.map(({ name }) => name));
  const done = await dataSource.query<{ name: string }[]>('SELECT name FROM migrations ORDER BY timestamp');
  const unknown = done.find(({ name }) => !known.has(name));
  if (unknown === undefined) return;
  throw new StartError(
    `${path} was brought up to date by a newer release (${unknown.name}): start that one, or restore a backup that was made before (docs/operation/backup.md)`,
  );
}

/** Made before SQLite makes it, whose log and shared memory get the rights of the file. */
function keepToOwner(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: OWNER_ONLY_FOLDER });
  if (existsSync(path) && statSync(path).isDirectory()) throw new Error('a folder stands there');
  closeSync(openSync(path, 'a', OWNER_ONLY));
  for (const file of [path, `${path}-wal`, `${path}-shm`]) {
    if (existsSync(file) && (statSync(file).mode & 0o077) !== 0) chmodSync(file, OWNER_ONLY);
  }
}

/** Why the file is of no use, and what to do. */
function cannotOpen(path: string, error: unknown): string {
  const reason = reasonOf(error);
  const code = codeOf(error);
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) {
    return `${path} is open in another process, perhaps this very catalog started twice: stop that one, or name another file in DATABASE_URL`;
  }
  return `${path} cannot be used as the database of this catalog (${reason}): DATABASE_URL takes sqlite:PATH of a file of a catalog, or of a new one in a folder that can be written`;
}

function configure(connection: Connection): void {
  // Two processes on one file would be two replicas with one identity: the second must not start.
  connection.pragma('locking_mode = EXCLUSIVE');
  connection.pragma('journal_mode = WAL');
  connection.pragma('synchronous = FULL');
  connection.pragma('cache_size = -65536');
  connection.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  connection.pragma('temp_store = MEMORY');
}
