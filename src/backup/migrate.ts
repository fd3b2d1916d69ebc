import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { migrate as bringUpToDate } from '../catalog/postgres/schema.js';
import { Server } from '../catalog/postgres/server.js';
import { SqliteStore } from '../catalog/store/sqlite-store.js';
import { DATABASE_URL_TAKES, parsePostgresUrl, withoutPassword } from '../config/postgres-url.js';
import { type PostgresDatabase } from '../config/index.js';
import { isOpenElsewhere } from '../local-cluster/folder-lock.js';
import { reasonOf } from '../runtime/start-error.js';
import { OWNER_ONLY_FOLDER } from '../runtime/stored-files.js';
import { compare, type Sums } from './compare-ledgers.js';
import { copyFile, removeFile } from './files.js';
import { Mistake, runCommand, type Surroundings } from './mistake.js';
import { seal } from './nobodys-copy.js';
import { PostgresLedgers } from './postgres-ledgers.js';
import { replayInto } from './replay.js';
import { SqliteLedgers } from './sqlite-ledgers.js';

const HELP = `Takes the books, orders, ledgers and operation ids of a bookstore that is stopped to another engine, and looks whether all is there.

npm run migrate -- --from sqlite:FILE --to postgres://USER:PASSWORD@HOST/DATABASE
npm run migrate -- --from postgres://USER:PASSWORD@HOST/DATABASE --to sqlite:FILE

  --from  sqlite:FILE is the database of a catalog, or a backup. Again for each catalog: they have to agree
  --to    an empty database, or one to which the same was begun to be taken: it goes on there. FILE must not be there yet;
          npm run restore -- --from FILE then gives it to the catalogs
  --help  this text`;

/** Of each step of a connection to PostgreSQL. */
const CONNECT_TIMEOUT_MS = 5_000;
/** How long a transaction of it may stand still. */
const LEASE_MS = 60_000;

type Place =
  | { readonly kind: 'sqlite'; readonly path: string }
  | { readonly kind: 'postgres'; readonly database: PostgresDatabase };

/** `npm run migrate`. Answers the exit code. */
export function migrate(args: readonly string[], surroundings: Surroundings): Promise<number> {
  return runCommand(surroundings, async () => {
    const { values } = parseArgs({
      args: [...args],
      options: {
        from: { type: 'string', multiple: true },
        to: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) return surroundings.print(HELP);
    const from = (values.from ?? []).map((text) => placeIn('--from', text));
    const to = placeIn('--to', values.to);
    const files = from.flatMap((place) => (place.kind === 'sqlite' ? [place.path] : []));
    const [first] = from;
    if (first === undefined) throw new Mistake(`--from: missing, takes ${DATABASE_URL_TAKES}`);
    if (to.kind === 'postgres' && files.length === from.length)
      return toPostgres(files, to.database, surroundings);
    if (to.kind === 'sqlite' && first.kind === 'postgres' && from.length === 1)
      return toSqlite(first.database, to.path, surroundings);
    throw new Mistake('--from and --to: one of them takes sqlite:FILE, the other postgres://…');
  });
}

function placeIn(option: string, text: string | undefined): Place {
  if (text?.startsWith('sqlite:') === true && text.length > 'sqlite:'.length)
    return { kind: 'sqlite', path: resolve(text.slice('sqlite:'.length)) };
  const database = text === undefined ? null : parsePostgresUrl(text);
  if (database !== null) return { kind: 'postgres', database };
  const got = text === undefined ? 'missing' : `got "${withoutPassword(text)}"`;
  throw new Mistake(`${option}: ${got}, takes ${DATABASE_URL_TAKES}`);
}

async function toPostgres(
  files: readonly string[],
  database: PostgresDatabase,
  { print }: Surroundings,
): Promise<void> {
  const copies = files.map((path) => `${path}.migrating`);
  try {
    const ledgers: SqliteLedgers[] = [];
    try {
      for (const [index, path] of files.entries()) {
        const copy = copies[index] ?? '';
        requireUnused(path);
        copyFile(path, copy);
        ledgers.push(await openLedgers(copy, path));
      }
      const [source, ...others] = ledgers;
      if (source === undefined) return;
      for (const other of others) await compare(source, other);
      await onServer(database, async (server) => {
        const target = new PostgresLedgers(server, database.shown);
        await target.takeFrom(source);
        print(shown(await compare(source, target), source.name, target.name));
        print('Start the catalogs with this DATABASE_URL now.');
      });
    } finally {
      for (const each of ledgers) await each.close();
    }
  } finally {
    for (const copy of copies) removeFile(copy);
  }
}

async function toSqlite(database: PostgresDatabase, path: string, { print }: Surroundings): Promise<void> {
  if (existsSync(path)) throw new Mistake(`${path} is there already: name a file that is not`);
  const copy = `${path}.migrating`;
  removeFile(copy);
  mkdirSync(dirname(path), { recursive: true, mode: OWNER_ONLY_FOLDER });
  try {
    const sums = await onServer(database, async (server) => {
      const source = new PostgresLedgers(server, database.shown);
      const last = await source.lastChange();
      await replayInto(source, copy);
      const target = await openLedgers(copy, path);
      try {
        const agreed = await compare(source, target);
        if ((await source.lastChange()) !== last)
          throw new Mistake(`${database.shown} was written to meanwhile: stop its catalogs, and try again`);
        return agreed;
      } finally {
        await target.close();
      }
    });
    await seal(copy);
    renameSync(copy, path);
    print(shown(sums, database.shown, path));
    print(`Give it to the catalogs now: npm run restore -- --from ${path}`);
  } finally {
    removeFile(copy);
  }
}

function requireUnused(path: string): void {
  if (!existsSync(path)) throw new Mistake(`${path} is not there`);
  if (isOpenElsewhere(path)) throw new Mistake(`${path} is open in another process: stop that first`);
}

async function openLedgers(path: string, name: string): Promise<SqliteLedgers> {
  const holdings = await seal(path).catch((error: unknown): never => {
    throw new Mistake(`${name}: ${reasonOf(error)}`);
  });
  const fail = (error: Error): never => {
    throw error;
  };
  const ledgers = new SqliteLedgers(await SqliteStore.open({ path, onFailure: fail }), name, holdings);
  if (!ledgers.hasPending()) return ledgers;
  await ledgers.close();
  throw new Mistake(
    `${name} has changes of which it is not known whether they count: start all catalogs once more, wait until they are ready, and stop them`,
  );
}

async function onServer<T>(database: PostgresDatabase, work: (server: Server) => Promise<T>): Promise<T> {
  const server = await Server.connect(database, { connectTimeoutMs: CONNECT_TIMEOUT_MS, leaseMs: LEASE_MS });
  try {
    await bringUpToDate(server, database);
    return await work(server);
  } finally {
    await server.drop();
  }
}

function shown({ books, copies, entries, operations, orders, hash }: Sums, from: string, to: string): string {
  return (
    `${from} and ${to} agree: ${books} books with ${copies} copies, ${entries} entries with ${operations} operations, ` +
    `${orders} orders, hash ${hash.slice(0, 12)}`
  );
}
