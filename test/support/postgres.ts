import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PostgresServer } from '../../src/local-cluster/postgres-server.js';
import { freePorts } from './ports.js';

const USER = 'shop';
const PASSWORD = 'postgres-of-the-tests';
/** What a test reads within its time: machines that fail are others' matter, so nothing is synced to disk. */
const FLAGS = ['-c', 'fsync=off', '-c', 'max_connections=200', '-c', 'listen_addresses=127.0.0.1'];

/** A real server, from the npm package of that name, in a folder of its own. */
export class TestPostgres {
  private databases = 0;
  private promoted: Promise<void> = Promise.resolve();

  private constructor(
    private readonly folder: string,
    readonly port: number,
    private server: PostgresServer,
    private readonly flags: readonly string[] = [],
  ) {}

  static async start(): Promise<TestPostgres> {
    const [port = 0] = await freePorts(1);
    const folder = mkdtempSync(join(tmpdir(), 'bazar-postgres-'));
    // As root the server runs as a user of its own, who has to come through.
    chmodSync(folder, 0o755);
    const server = serverAt(folder, port);
    await server.initialise();
    await server.start();
    return new TestPostgres(folder, port, server);
  }

  /** Two of them: the second follows the first, which acknowledges nothing that the second does not have. */
  static async startPair(): Promise<[TestPostgres, TestPostgres]> {
    const [port = 0, otherPort = 0] = await freePorts(2);
    const folders = [
      mkdtempSync(join(tmpdir(), 'bazar-primary-')),
      mkdtempSync(join(tmpdir(), 'bazar-standby-')),
    ];
    for (const folder of folders) chmodSync(folder, 0o755);
    const [folder = '', otherFolder = ''] = folders;
    const flags = ['-c', 'synchronous_standby_names=*'];
    const server = serverAt(folder, port, flags);
    await server.initialise();
    execFileSync('cp', ['-a', join(folder, 'data'), otherFolder]);
    // As an empty file of the server's user.
    const signal = join(otherFolder, 'data', 'standby.signal');
    execFileSync('cp', ['-a', join(folder, 'data', 'PG_VERSION'), signal]);
    const primary = `host=127.0.0.1 port=${port} user=${USER} password=${PASSWORD}`;
    const otherFlags = ['-c', `primary_conninfo=${primary}`, '-c', 'wal_retrieve_retry_interval=100ms'];
    const other = serverAt(otherFolder, otherPort, otherFlags);
    await server.start();
    const standby = new TestPostgres(otherFolder, otherPort, other, otherFlags);
    // It says that it is ready for writes, for which this waits, when it has taken over.
    standby.promoted = other.start();
    standby.promoted.catch(() => undefined);
    return [new TestPostgres(folder, port, server, flags), standby];
  }

  /** It takes writes from then on. */
  async promote(): Promise<void> {
    await this.query('postgres', 'SELECT pg_promote()');
    await this.promoted;
  }

  /** All of its processes hang, as on a machine that is cut off, and their connections stay. */
  freeze(): void {
    this.signalAll('SIGSTOP');
  }

  thaw(): void {
    this.signalAll('SIGCONT');
  }

  /** Of a database that nobody has used. */
  async freshDatabase(): Promise<string> {
    const name = `shop_${++this.databases}`;
    await this.server.createDatabase(name);
    return this.urlOf(name);
  }

  urlOf(database: string, ...others: readonly TestPostgres[]): string {
    const hosts = [this, ...others].map(({ port }) => `127.0.0.1:${port}`);
    return `postgres://${USER}:${PASSWORD}@${hosts.join(',')}/${database}`;
  }

  /** At once, as when its machine restarts: what is open is cut. */
  async restart(): Promise<void> {
    await this.server.stop();
    this.server = serverAt(this.folder, this.port, this.flags);
    await this.server.start();
  }

  /** Killed, with all that it was about; it recovers from its log. */
  async crash(): Promise<void> {
    await this.server.end('SIGQUIT');
    this.server = serverAt(this.folder, this.port, this.flags);
    await this.server.start();
  }

  async query<Row>(database: string, text: string): Promise<Row[]> {
    const client = this.server.client(database);
    await client.connect();
    try {
      return (await client.query(text)).rows as Row[];
    } finally {
      await client.end();
    }
  }

  private signalAll(signal: 'SIGSTOP' | 'SIGCONT'): void {
    const { pid } = this.server;
    process.kill(pid, signal);
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
    for (const child of children) {
      try {
        process.kill(Number(child), signal);
      } catch {
        // It has just ended.
      }
    }
  }

  async stop(): Promise<void> {
    await this.server.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function serverAt(folder: string, port: number, flags: readonly string[] = []): PostgresServer {
  return new PostgresServer({
    folder: join(folder, 'data'),
    user: USER,
    password: PASSWORD,
    port,
    initFlags: ['--no-sync'],
    flags: [...FLAGS, ...flags],
  });
}
