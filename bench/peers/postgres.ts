import { execFile, execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePorts } from '../../test/support/ports.js';
import { Running } from '../processes.js';
import { type Load } from '../run.js';
import { quantile } from '../figures.js';

const run = promisify(execFile);
const VERSIONS = '/usr/lib/postgresql';
/** It does not run as root. */
const ACCOUNT = 'postgres';

/** Where Debian's package (`apt-get install postgresql`) has its programs; undefined without it. */
export function postgresPrograms(): string | undefined {
  if (!existsSync(VERSIONS)) return undefined;
  const newest = readdirSync(VERSIONS).sort((a, b) => Number(b) - Number(a))[0];
  return newest === undefined ? undefined : join(VERSIONS, newest, 'bin');
}

/** A primary with a standby that has to sync each commit, and pgbench to load it. */
export class Postgres {
  private constructor(
    private readonly programs: string,
    private readonly folder: string,
    private readonly port: number,
    private readonly servers: readonly Running[],
  ) {}

  static async start(programs: string, parent: string, rows: number): Promise<Postgres> {
    const folder = join(parent, 'postgres');
    mkdirSync(folder, { recursive: true });
    chmodSync(parent, 0o755);
    const user = { uid: idOf('-u'), gid: idOf('-g') };
    execFileSync('chown', [ACCOUNT, folder]);
    const [port = 0, standbyPort = 0] = await freePorts(2);
    const as = (command: string, args: readonly string[]): void =>
      void execFileSync(join(programs, command), args, { ...user, cwd: folder, stdio: 'ignore' });
    const [primary, standby] = [join(folder, 'primary'), join(folder, 'standby')];
    as('initdb', ['-D', primary, '-A', 'trust', '-U', ACCOUNT, '--no-sync']);
    appendFileSync(
      join(primary, 'postgresql.conf'),
      `listen_addresses = '127.0.0.1'\nunix_socket_directories = '${folder}'\nmax_connections = 200\n` +
        `synchronous_commit = on\nsynchronous_standby_names = '*'\nmax_wal_senders = 4\n`,
    );
    const start = (data: string, at: number, name: string): Running =>
      new Running({
        command: join(programs, 'postgres'),
        args: ['-D', data, '-p', String(at), '-k', folder],
        folder: parent,
        name,
        user,
      });
    const servers = [start(primary, port, 'primary')];
    const postgres = new Postgres(programs, folder, port, servers);
    await servers[0]?.ready(() => postgres.query('SELECT 1'));
    as('pg_basebackup', [
      '-D',
      standby,
      '-h',
      '127.0.0.1',
      '-p',
      String(port),
      '-U',
      ACCOUNT,
      '-R',
      '--no-sync',
      '-c',
      'fast',
    ]);
    const second = start(standby, standbyPort, 'standby');
    servers.push(second);
    await second.ready(() =>
      postgres.query("SELECT 1 / count(*) FROM pg_stat_replication WHERE sync_state = 'sync'"),
    );
    await postgres.query(
      `CREATE TABLE book (id int PRIMARY KEY, quantity int NOT NULL) WITH (fillfactor = 50);
       INSERT INTO book SELECT id, 1000000000 FROM generate_series(1, ${rows}) id`,
    );
    return postgres;
  }

  /** The primary and the standby; what serves is among what they have started. */
  get pids(): number[] {
    return this.servers.map(({ pid }) => pid);
  }

  get connection(): { host: string; port: number; user: string; database: string } {
    return { host: '127.0.0.1', port: this.port, user: ACCOUNT, database: ACCOUNT };
  }

  /** For catalogs: the URL of a database of its own on the same server. */
  async shopDatabase(): Promise<string> {
    await this.query("CREATE DATABASE shop ENCODING 'UTF8' LOCALE 'C' TEMPLATE template0");
    return `postgres://${ACCOUNT}@127.0.0.1:${this.port}/shop`;
  }

  /** `rows`: among how many of them the sales are spread. */
  async load(clients: number, rows: number, seconds: number): Promise<Load> {
    const script = join(this.folder, 'sale.sql');
    writeFileSync(
      script,
      `\\set id random(1, ${rows})\nUPDATE book SET quantity = quantity - 1 WHERE id = :id AND quantity > 0;\n`,
    );
    const prefix = join(this.folder, `log-${Date.now()}`);
    const { stdout } = await run(join(this.programs, 'pgbench'), [
      ...['-h', this.folder, '-p', String(this.port), '-U', ACCOUNT, '-n', '-M', 'prepared'],
      ...[
        '-c',
        String(clients),
        '-T',
        // It takes whole seconds only.
        String(Math.max(1, Math.round(seconds))),
        '-f',
        script,
        '-l',
        '--log-prefix',
        prefix,
        'postgres',
      ],
    ]);
    const { stdout: log } = await run('sh', ['-c', `cat ${prefix}.* && rm ${prefix}.*`], {
      maxBuffer: 2 ** 30,
    });
    // The third field of a line is the time of the transaction in microseconds.
    const latencies = log
      .split('\n')
      .flatMap((line) => (line === '' ? [] : [Number(line.split(' ')[2]) / 1_000]));
    latencies.sort((a, b) => a - b);
    return {
      perSecond: Number(/tps = ([\d.]+)/.exec(stdout)?.[1]),
      p50Ms: quantile(latencies, 0.5),
      p99Ms: quantile(latencies, 0.99),
      answers: latencies.length,
      failures: Number(/number of failed transactions: (\d+)/.exec(stdout)?.[1] ?? 0),
    };
  }

  async end(): Promise<void> {
    for (const server of [...this.servers].reverse()) await server.end('SIGQUIT');
  }

  async query(sql: string): Promise<boolean> {
    const args = [
      '-h',
      this.folder,
      '-p',
      String(this.port),
      '-U',
      ACCOUNT,
      '-v',
      'ON_ERROR_STOP=1',
      '-c',
      sql,
    ];
    await run(join(this.programs, 'psql'), [...args, 'postgres']);
    return true;
  }
}

function idOf(option: '-u' | '-g'): number {
  return Number(execFileSync('id', [option, ACCOUNT], { encoding: 'utf8' }));
}
