import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { request } from 'undici';
import { type Network } from './namespaces.js';

export const NODES = 3;
/** Each node has ports of its own, for all may stand at one address. */
const FIRST_PORT = 15_200;
const PORTS_OF_A_NODE = 10;
/** Debian's: packages `patroni`, `etcd-server` and `postgresql`, none of which has to be running. */
const PROGRAMS = ['patroni', 'etcd', 'setpriv'];
const USER = 'postgres';
const PASSWORD = 'patroni-of-the-bench';
const DATABASE = 'bazar';
const SETTLED_WITHIN_MS = 120_000;
const POLL_MS = 200;
const ASK_MS = 1_000;

/** The least that Patroni allows: `ttl` is at least 20 s, and `loop_wait` + 2 × `retry_timeout` has to be below it. */
const TIMES = { ttl: 20, loop_wait: 5, retry_timeout: 5 };

/**
 * A PostgreSQL on three nodes, kept by Patroni over etcd with a synchronous standby: each node in a place of its own of the network, with one etcd,
 * one Patroni and one PostgreSQL. Needs root, to run them as another user.
 */
export class PatroniNodes {
  private readonly folder = mkdtempSync(join(tmpdir(), 'bazar-patroni-'));
  private readonly nodes: readonly Node[];

  constructor(network: Network, firstPlace: number) {
    const missing = PROGRAMS.filter((program) => !isThere(program));
    if (missing.length > 0)
      throw new Error(`${missing.join(', ')}: apt install patroni etcd-server postgresql`);
    execFileSync('chmod', ['755', this.folder]);
    const hosts = Array.from({ length: NODES }, (_, index) => network.address(firstPlace + index));
    this.nodes = hosts.map((_, index) => new Node(index, hosts, firstPlace + index, network, this.folder));
  }

  /** For catalogs: all nodes, of which one takes writes. */
  get url(): string {
    const hosts = this.nodes.map(({ host, ports }) => `${host}:${ports.postgres}`);
    return `postgres://${USER}:${PASSWORD}@${hosts.join(',')}/${DATABASE}`;
  }

  async start(): Promise<void> {
    for (const node of this.nodes) node.start();
    await this.settled();
    const leader = await this.leader();
    const client = new pg.Client({
      host: leader.host,
      port: leader.ports.postgres,
      user: USER,
      password: PASSWORD,
      database: 'postgres',
    });
    await client.connect();
    await client.query(`CREATE DATABASE ${DATABASE}`);
    await client.end();
  }

  async leader(): Promise<Node> {
    const roles = await Promise.all(this.nodes.map((node) => node.says('leader')));
    const leader = this.nodes[roles.indexOf(true)];
    if (leader === undefined) throw new Error('no node leads');
    return leader;
  }

  /** All run, one leads, and another is its synchronous standby. */
  async settled(): Promise<void> {
    const deadline = performance.now() + SETTLED_WITHIN_MS;
    while (performance.now() < deadline) {
      const [leaders, standbys, well] = await Promise.all(
        ['leader', 'sync', 'health'].map(
          async (path) =>
            (await Promise.all(this.nodes.map((node) => node.says(path)))).filter(Boolean).length,
        ),
      );
      if (leaders === 1 && standbys === 1 && well === NODES) return;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    throw new Error(`the nodes are not settled after ${SETTLED_WITHIN_MS} ms: see ${this.folder}/*/*.log`);
  }

  async end(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.kill()));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

class Node {
  readonly ports: {
    readonly client: number;
    readonly peer: number;
    readonly postgres: number;
    readonly rest: number;
  };
  private readonly folder: string;
  private children: ChildProcess[] = [];

  constructor(
    readonly index: number,
    private readonly hosts: readonly string[],
    readonly place: number,
    private readonly network: Network,
    folder: string,
  ) {
    this.ports = portsOf(index);
    this.folder = join(folder, `node-${index + 1}`);
    mkdirSync(this.folder);
    writeFileSync(join(this.folder, 'patroni.json'), JSON.stringify(this.configuration(), null, 2));
    execFileSync('chown', ['-R', `${USER}:`, this.folder]);
  }

  get host(): string {
    return this.hosts[this.index] ?? '';
  }

  start(): void {
    const { host, ports } = this;
    const [client, peer] = [`http://${host}:${ports.client}`, `http://${host}:${ports.peer}`];
    const cluster = this.hosts.map(
      (each, index) => `node-${index + 1}=http://${each}:${portsOf(index).peer}`,
    );
    const etcd = ['etcd', '--name', `node-${this.index + 1}`, '--data-dir', join(this.folder, 'etcd')];
    const etcdFlags = [
      ['--listen-client-urls', client],
      ['--advertise-client-urls', client],
      ['--listen-peer-urls', peer],
      ['--initial-advertise-peer-urls', peer],
      ['--initial-cluster', cluster.join(',')],
      ['--log-level', 'error'],
    ].flat();
    this.children = [
      this.run('etcd', [...etcd, ...etcdFlags]),
      this.run('patroni', ['patroni', join(this.folder, 'patroni.json')]),
    ];
  }

  /** As when its machine loses power: nothing of it says farewell. */
  async kill(): Promise<void> {
    const pidFile = join(this.folder, 'data', 'postmaster.pid');
    const postgres = existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8').split('\n')[0]) : null;
    const ended = this.children
      .filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)
      .map((child) => new Promise((resolve) => child.once('exit', resolve)));
    for (const child of this.children) child.kill('SIGKILL');
    if (postgres !== null) {
      for (const pid of [postgres, ...childrenOf(postgres)]) quietly(() => process.kill(pid, 'SIGKILL'));
    }
    await Promise.all(ended);
    this.children = [];
  }

  /** What Patroni's own health checks say. */
  async says(path: string): Promise<boolean> {
    const answer = await request(`http://${this.host}:${this.ports.rest}/${path}`, {
      signal: AbortSignal.timeout(ASK_MS),
    }).catch(() => null);
    await answer?.body.dump();
    return answer?.statusCode === 200;
  }

  private run(name: string, command: readonly string[]): ChildProcess {
    const asUser = ['setpriv', `--reuid=${USER}`, `--regid=${USER}`, '--clear-groups', ...command];
    const [program = '', ...args] = this.network.command(this.place, asUser);
    const log = join(this.folder, `${name}.log`);
    // Not ours to read while it runs: a file.
    const child = spawn('sh', ['-c', 'log=$1; shift; exec "$@" >>"$log" 2>&1', 'sh', log, program, ...args], {
      stdio: 'ignore',
      env: { PATH: process.env['PATH'], LC_ALL: 'C', HOME: this.folder },
    });
    return child;
  }

  private configuration(): object {
    const { host, ports, folder } = this;
    const user = (username: string) => ({ username, password: PASSWORD });
    return {
      scope: 'bazar',
      name: `node-${this.index + 1}`,
      restapi: { listen: `${host}:${ports.rest}`, connect_address: `${host}:${ports.rest}` },
      etcd3: { hosts: this.hosts.map((each, index) => `${each}:${portsOf(index).client}`) },
      bootstrap: {
        dcs: {
          ...TIMES,
          synchronous_mode: true,
          postgresql: { use_pg_rewind: true, parameters: { max_connections: 200 } },
        },
        initdb: [{ encoding: 'UTF8' }, { locale: 'C' }, 'data-checksums'],
      },
      postgresql: {
        listen: `${host}:${ports.postgres}`,
        connect_address: `${host}:${ports.postgres}`,
        data_dir: join(folder, 'data'),
        bin_dir: programsOfPostgres(),
        pgpass: join(folder, 'pgpass'),
        authentication: { superuser: user(USER), replication: user('replicator') },
        pg_hba: ['local all all trust', 'host all all all md5', 'host replication all all md5'],
        parameters: { unix_socket_directories: folder },
      },
    };
  }
}

function portsOf(index: number) {
  const first = FIRST_PORT + index * PORTS_OF_A_NODE;
  return { client: first, peer: first + 1, postgres: first + 2, rest: first + 3 };
}

function programsOfPostgres(): string {
  const found = execFileSync('sh', ['-c', 'ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1'], {
    encoding: 'utf8',
  });
  return found.trim();
}

function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number);
  } catch {
    return [];
  }
}

function isThere(program: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function quietly(action: () => void): void {
  try {
    action();
  } catch {
    // It has just ended.
  }
}
