import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PostgresServer } from '../../src/local-cluster/postgres-server.js';
import { freePorts } from './ports.js';
import { until } from './until.js';

const USER = 'shop';
const PASSWORD = 'postgres-of-the-tests';
/** What a test reads within its time: machines that fail are others' matter, so nothing is synced to disk. */
const FLAGS = [
  '-c',
  'fsync=off',
  '-c',
  'wal_keep_size=256MB',
  '-c',
  'max_connections=200',
  '-c',
  'listen_addresses=127.0.0.1',
];

/** A real server, from the npm package of that name, in a folder of its own. */
export class TestPostgres {
  private databases = 0;
  private promoted: Promise<void> = Promise.resolve();

  private constructor(
    private readonly folder: string,
    readonly port: number,
    private server: PostgresServer,
    private flags: readonly string[] = [],
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
    copyServer(join(folder, 'data'), join(otherFolder, 'data'));
    const otherFlags = followingFlags(port);
    const other = serverAt(otherFolder, otherPort, otherFlags);
    await server.start();
    const standby = new TestPostgres(otherFolder, otherPort, other, otherFlags);
    // It says that it is ready for writes, for which this waits, when it has taken over.
    standby.promoted = other.start();
    standby.promoted.catch(() => undefined);
    return [new TestPostgres(folder, port, server, flags), standby];
  }

  /** All of its processes at once, as when its machine loses power. */
  async kill(): Promise<void> {
    const ended = this.server.ended();
    this.signalAll('SIGKILL');
    await ended;
  }

  /** Begins anew as a copy of another one, which acknowledges nothing from then on that this one does not have. It must not run. */
  async follow(primary: TestPostgres): Promise<void> {
    const files = join(this.folder, 'data');
    await this.server.stop();
    rmSync(files, { recursive: true, force: true });
    const client = primary.server.client('postgres');
    await client.connect();
    try {
      await client.query("SELECT pg_backup_start('standby', true)");
      copyServer(join(primary.folder, 'data'), files);
      const { rows } = await client.query<{ labelfile: string }>(
        'SELECT labelfile FROM pg_backup_stop(false)',
      );
      const label = join(files, 'backup_label');
      // As a file of the server's user.
      execFileSync('cp', ['-a', join(files, 'PG_VERSION'), label]);
      writeFileSync(label, rows[0]?.labelfile ?? '');
      this.flags = followingFlags(primary.port);
      this.server = serverAt(this.folder, this.port, this.flags);
      this.promoted = this.server.start();
      this.promoted.catch(() => undefined);
      await client.query("ALTER SYSTEM SET synchronous_standby_names = '*'");
      await client.query('SELECT pg_reload_conf()');
      await until('the standby is waited for', async () => {
        const followers = await client.query(
          "SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync' AND state = 'streaming'",
        );
        return followers.rows.length > 0;
      });
    } finally {
      await client.end();
    }
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

  private signalAll(signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): void {
    const { pid } = this.server;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
    process.kill(pid, signal);
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

/** What a server has in its folder, as a standby's that begins from there. */
function copyServer(from: string, to: string): void {
  execFileSync('cp', ['-a', from, to]);
  rmSync(join(to, 'postmaster.pid'), { force: true });
  // As an empty file of the server's user.
  execFileSync('cp', ['-a', join(from, 'PG_VERSION'), join(to, 'standby.signal')]);
}

function followingFlags(port: number): string[] {
  const primary = `host=127.0.0.1 port=${port} user=${USER} password=${PASSWORD}`;
  return ['-c', `primary_conninfo=${primary}`, '-c', 'wal_retrieve_retry_interval=100ms'];
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
