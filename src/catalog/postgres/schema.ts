import pg from 'pg';
import { DataSource } from 'typeorm';
import { type PostgresDatabase } from '../../config/index.js';
import { StartError } from '../../runtime/start-error.js';
import { Shop1764900000000 } from './migrations/1764900000000-shop.js';
import { clientConfig, hopeless, SCHEMA_IN_PARTS, type Server } from './server.js';

/** Catalogs that start at once bring the schema up to date one after the other. */
const MIGRATIONS_LOCK = '-4611686018427387903';

/** What a catalog does to the tables, which may be another user's. */
export const NEEDED: Readonly<Record<string, readonly string[]>> = {
  book: ['SELECT', 'INSERT', 'UPDATE'],
  catalogue: ['SELECT', 'UPDATE'],
  word: ['SELECT', 'INSERT'],
  unique_key: ['SELECT', 'INSERT', 'UPDATE'],
  entry: ['SELECT', 'INSERT'],
  operation: ['SELECT', 'INSERT'],
  sale: ['SELECT', 'INSERT'],
  order_reference: ['SELECT', 'INSERT'],
  cancellation: ['SELECT', 'INSERT', 'UPDATE'],
  hold: ['SELECT', 'INSERT', 'UPDATE'],
  membership: ['SELECT', 'UPDATE'],
  member: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
  beat: ['SELECT', 'INSERT', 'UPDATE', 'DELETE'],
  webhook: ['SELECT', 'UPDATE'],
  change_number: ['SELECT', 'USAGE'],
};

/** Brings the database's schema up to date; all of it in one transaction. Throws `StartError` for what will not mend by itself. */
export async function migrate(server: Server, database: PostgresDatabase): Promise<void> {
  const config = clientConfig(server.host, database);
  const dataSource = new DataSource({
    type: 'postgres',
    driver: pg,
    host: server.host.host,
    port: server.host.port,
    username: database.user,
    database: database.database,
    ...(database.password !== null && { password: database.password }),
    ssl: config.ssl,
    migrations: [Shop1764900000000],
    installExtensions: false,
    poolSize: 1,
    // What fails is told once, by whoever called.
    logger: 'debug',
  });
  await server.beats.query(`SELECT pg_advisory_lock(${MIGRATIONS_LOCK})`);
  try {
    await dataSource.initialize();
    await refuseNewer(dataSource, database);
    if (await dataSource.showMigrations()) await dataSource.runMigrations({ transaction: 'all' });
    await requireWhole(dataSource, database);
  } catch (error) {
    throw hopeless(error, database) ?? error;
  } finally {
    if (dataSource.isInitialized) await dataSource.destroy();
    await server.beats.query(`SELECT pg_advisory_unlock(${MIGRATIONS_LOCK})`).catch(() => undefined);
  }
}

/** What a newer release has made of it this one may misread. */
async function refuseNewer(dataSource: DataSource, { shown }: PostgresDatabase): Promise<void> {
  const [table] = await dataSource.query<{ name: string | null }[]>(
    "SELECT to_regclass('migrations')::text AS name",
  );
  if (table?.name == null) return;
  const known = new Set(dataSource.migrations.map(({ name }) => name));
  const done = await dataSource.query<{ name: string }[]>('SELECT name FROM migrations ORDER BY timestamp');
  const unknown = done.find(({ name }) => !known.has(name));
  if (unknown === undefined) return;
  throw new StartError(
    `${shown} has a schema that this release does not know (${unknown.name}): it was brought up to date by a newer release, or is not a shop's. Start that release, or name another database`,
  );
}

/** What a restore or a hand left out would else be noticed by the first buyer. */
async function requireWhole(dataSource: DataSource, { shown }: PostgresDatabase): Promise<void> {
  const needed = Object.entries(NEEDED).flatMap(([name, rights]) => rights.map((right) => ({ name, right })));
  const [lacking] = await dataSource.query<{ name: string; right: string }[]>(
    `SELECT name, "right" FROM unnest($1::text[], $2::text[]) AS needed (name, "right")
     WHERE NOT CASE "right" WHEN 'USAGE' THEN has_sequence_privilege(name, 'USAGE, UPDATE') ELSE has_table_privilege(name, "right") END`,
    [needed.map(({ name }) => name), needed.map(({ right }) => right)],
  );
  if (lacking !== undefined)
    throw new StartError(
      `${shown}: the user of DATABASE_URL lacks ${lacking.right} on ${lacking.name}: it has to own the tables, or to be granted it`,
    );
  const rows = await dataSource.query<unknown[]>('SELECT 1 FROM catalogue, membership, webhook');
  if (rows.length === 0) throw new StartError(`${shown}: ${SCHEMA_IN_PARTS}`);
}
