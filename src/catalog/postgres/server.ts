import { Socket } from 'node:net';
import pg from 'pg';
import { type PostgresDatabase, type PostgresHost } from '../../config/index.js';
import { codeOf, reasonOf, StartError } from '../../runtime/start-error.js';

const OLDEST_VERSION = 14;
/** Connections of one catalog: writes may wait for front-ends (P5), and reads shall not wait for them. */
export const WRITERS = 12;
const READERS = 8;
/** Longest wait for a lock of another transaction, in statements that write. */
const LOCK_TIMEOUT_MS = 2_000;
/** Longest statement that only reads. */
const READ_TIMEOUT_MS = 5_000;
/** The bigint of all advisory locks here: 0 is the catalogue's (P7), above it books' (P5, P6), below it members' (P2), and this one. */
const PROBED_LOCK = '-4611686018427387904';

/** A connection is a process of the server's, and the proof of a password takes its time. */
const SHORTEST_CONNECT_MS = 1_000;

/** What brings a catalog up: another one may be bringing the schema up to date. */
const LONGEST_LOOK_MS = 30_000;

const INT8 = 20;
const FLOAT8 = 701;
/** Numbers here stay below 2^53. */
const types: pg.CustomTypesConfig = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === INT8 || oid === FLOAT8
      ? Number
      : (pg.types.getTypeParser as (oid: number, format?: string) => (value: string) => unknown)(oid, format),
};

export type Client = Pick<pg.ClientBase, 'query'>;

export interface ServerTimes {
  readonly connectTimeoutMs: number;
  readonly leaseMs: number;
}

/** Nobody there, or nobody who takes writes now: it may be otherwise in a while. */
export class NoServer extends Error {}

/**
 * One server that takes writes, and all connections of this catalog to it. They are dropped together: a connection to a server that has been
 * superseded must not outlive the beats that would show it (P8).
 */
export class Server {
  readonly writers: pg.Pool;
  readonly readers: pg.Pool;

  private constructor(
    readonly host: PostgresHost,
    readonly version: string,
    /** The beats' own: nothing else waits on it. */
    readonly beats: pg.Client,
    config: pg.PoolConfig,
    private readonly sockets: ReadonlySet<Socket>,
    { leaseMs }: ServerTimes,
  ) {
    // A transaction whose catalog says nothing any more is ended: others wait for its locks.
    const idleMs = Math.round(4 * leaseMs + 1_000);
    this.writers = new pg.Pool({
      ...config,
      max: WRITERS,
      // A write's statements leave together where one does not need another's answer.
      pipeline: true,
      lock_timeout: LOCK_TIMEOUT_MS,
      idle_in_transaction_session_timeout: idleMs,
    });
    this.readers = new pg.Pool({
      ...config,
      max: READERS,
      statement_timeout: READ_TIMEOUT_MS,
      idle_in_transaction_session_timeout: idleMs,
    });
    // Whoever uses a connection hears of its end; that of an idle one concerns nobody.
    for (const pool of [this.writers, this.readers]) {
      pool.on('error', () => undefined);
      // One that is held, and waits for front-ends while no statement runs on it (P5), would end the process.
      pool.on('connect', (client) => client.on('error', () => undefined));
    }
  }

  /** The first host that takes writes, `last` after all others. Throws `NoServer`, or `StartError` for what will not mend by itself; neither bears a password. */
  static async connect(
    database: PostgresDatabase,
    times: ServerTimes,
    last: PostgresHost | null = null,
  ): Promise<Server> {
    const reasons: string[] = [];
    const others = database.hosts.filter((host) => host !== last);
    for (const host of last === null ? others : [...others, last]) {
      try {
        return await Server.at(host, database, times);
      } catch (error) {
        if (error instanceof StartError) throw error;
        reasons.push(`${host.host}:${host.port}: ${reasonFor(error)}`);
      }
    }
    throw new NoServer(`${database.shown} cannot be used now (${reasons.join('; ')})`);
  }

  get shown(): string {
    return `${this.host.host}:${this.host.port}`;
  }

  /** At once: a server that hangs answers no farewell, and whoever waits on it hears that the connection is lost. */
  async drop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await Promise.allSettled([this.beats.end(), this.writers.end(), this.readers.end()]);
  }

  private static async at(
    host: PostgresHost,
    database: PostgresDatabase,
    times: ServerTimes,
  ): Promise<Server> {
    const sockets = new Set<Socket>();
    const config = {
      ...clientConfig(host, database),
      types,
      stream: () => socketIn(sockets),
      connectionTimeoutMillis: Math.max(times.connectTimeoutMs, SHORTEST_CONNECT_MS),
      keepAlive: true,
    };
    const beats = new pg.Client({ ...config, query_timeout: LONGEST_LOOK_MS });
    beats.on('error', () => undefined);
    try {
      await beats.connect();
      const version = await inspect(beats, database, host);
      const other = new pg.Client(config);
      other.on('error', () => undefined);
      try {
        await other.connect();
        await requireLocks(beats, other, database);
      } finally {
        await other.end();
      }
      return new Server(host, version, beats, config, sockets, times);
    } catch (error) {
      for (const socket of sockets) socket.destroy();
      throw hopeless(error, database) ?? error;
    }
  }
}

function socketIn(sockets: Set<Socket>): Socket {
  const socket = new Socket();
  sockets.add(socket);
  return socket.once('close', () => sockets.delete(socket));
}

export function clientConfig(
  { host, port }: PostgresHost,
  { user, password, database, tls }: PostgresDatabase,
): Omit<pg.ClientConfig, 'ssl'> & { ssl: false | { rejectUnauthorized: boolean } } {
  const ssl = tls === 'disable' ? false : { rejectUnauthorized: tls === 'verify-full' };
  return {
    host,
    port,
    user,
    database,
    ssl,
    application_name: 'bazar catalog',
    ...(password !== null && { password }),
  };
}

interface Found {
  readonly number: number;
  readonly version: string;
  readonly encoding: string;
  readonly standby: boolean;
  readonly read_only: string;
}

/** Returns its version. */
async function inspect(client: pg.Client, database: PostgresDatabase, host: PostgresHost): Promise<string> {
  const { rows } = await client.query<Found>(
    `SELECT current_setting('server_version_num')::int AS number, current_setting('server_version') AS version,
      current_setting('server_encoding') AS encoding,
      pg_is_in_recovery() AS standby, current_setting('default_transaction_read_only') AS read_only`,
  );
  const [found] = rows;
  if (found === undefined) throw new Error('it does not say what it is');
  const flaw = flawOf(found);
  if (flaw !== null) throw new StartError(`${database.shown}: ${host.host}:${host.port} ${flaw}`);
  if (found.standby || found.read_only === 'on')
    throw new Error('it takes no writes (it is a standby, or read-only)');
  return found.version;
}

/** Why a server will not do, now or later; null: it will. */
export function flawOf({ number, version, encoding }: Omit<Found, 'standby' | 'read_only'>): string | null {
  if (number < OLDEST_VERSION * 10_000)
    return `is PostgreSQL ${version}, and ${OLDEST_VERSION} is the oldest that will do`;
  if (encoding !== 'UTF8') return `keeps texts of that database in ${encoding}, and books need UTF8`;
  return null;
}

/** P5 and P6 rest on them, and what speaks PostgreSQL's protocol need not have them. */
async function requireLocks(one: pg.Client, other: pg.Client, database: PostgresDatabase): Promise<void> {
  const tries = async (client: pg.Client): Promise<boolean> => {
    const { rows } = await client.query<{ locked: boolean }>(
      `SELECT pg_try_advisory_lock(${PROBED_LOCK}) AS locked`,
    );
    return rows[0]?.locked === true;
  };
  // Another catalog may just be trying the same.
  if (!(await tries(one))) return;
  try {
    if (!(await tries(other))) return;
  } finally {
    await one.query(`SELECT pg_advisory_unlock(${PROBED_LOCK})`);
  }
  throw new StartError(
    `${database.shown} has no advisory locks that exclude anybody, and caches of front-ends would be stale without: take a PostgreSQL`,
  );
}

/** After a restore that broke off, or a change by hand. */
export const SCHEMA_IN_PARTS =
  'its schema is not whole, tables, columns or first rows are missing: restore that database, or name another one';
const NO_TLS =
  'it takes connections with TLS alone: DATABASE_URL takes ?sslmode=verify-full or ?sslmode=require for that';
const NO_PASSWORD = 'it asks for a password, and DATABASE_URL has none';
const REFUSALS: Readonly<Record<string, string>> = {
  '28P01': 'it refuses the password of DATABASE_URL, or knows no such user',
  '28000': 'it refuses the user of DATABASE_URL, or whoever connects from here (its pg_hba.conf)',
  '3D000': 'it has no such database',
  '42P07': "it has tables that are not a shop's: name a database of its own",
  '42501':
    'the user of DATABASE_URL may not do what a catalog does there: it has to own the database, or may create tables in its schema',
  '3F000':
    'the user of DATABASE_URL has no schema there to create tables in: create one, or set its search_path',
  '42P01': SCHEMA_IN_PARTS,
  '42703': SCHEMA_IN_PARTS,
};

/** What somebody has to see to; undefined: it may mend. */
export function hopeless(error: unknown, database: PostgresDatabase): StartError | undefined {
  if (error instanceof StartError) return error;
  const refusal = refusalIn(error, database);
  return refusal === undefined ? undefined : new StartError(`${database.shown}: ${refusal}`);
}

function refusalIn(error: unknown, database: PostgresDatabase): string | undefined {
  if (asksForPassword(error, database)) return NO_PASSWORD;
  const code = codeOf(error);
  if (code === '28000' && database.tls === 'disable' && reasonOf(error).endsWith('no encryption'))
    return NO_TLS;
  return REFUSALS[code];
}

function asksForPassword(error: unknown, { password }: PostgresDatabase): boolean {
  // The driver's own refusal has no code.
  const refused = codeOf(error) === '28P01' || reasonOf(error).includes('client password must be a string');
  return password === null && refused;
}

/** Messages of the server and of the driver name hosts, users and tables, and never a password. */
export function reasonFor(error: unknown): string {
  const nested = error instanceof AggregateError ? (error.errors as unknown[])[0] : undefined;
  return reasonOf(nested ?? error);
}
