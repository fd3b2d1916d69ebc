import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { StartError } from '../runtime/start-error.js';
import { LOOPBACK } from './plan.js';
import { PostgresServer } from './postgres-server.js';

const USER = 'shop';
const DATABASE = 'bazar';
const READY = 'ready';
/** Where its server's process finds its password. */
const PASSWORD_VARIABLE = 'POSTGRES_PASSWORD';
const STOP_WITHIN_MS = 20_000;
/** What it said last, for whoever wants to know why it ended. */
const LINES_KEPT = 5;
/** Its connections: those of ten catalogs. */
const FLAGS = ['-c', `listen_addresses=${LOOPBACK}`, '-c', 'max_connections=250'];

/** A PostgreSQL on this machine, for `npm start -- --engine postgres`. */
export interface EmbeddedServerOptions {
  /** Where its files are; made at the first start. */
  readonly folder: string;
  readonly port: number;
  readonly password: string;
  /** `dist/main.js`. */
  readonly entry: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** The server below a process of its own, which ends it even when `npm start` was killed. */
export class EmbeddedServer {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  /** Throws `StartError`. */
  static async start(options: EmbeddedServerOptions): Promise<EmbeddedServer> {
    const { folder, port, password, entry, environment } = options;
    const child = spawn(process.execPath, [entry, 'postgres', folder, String(port)], {
      env: { ...environment, [PASSWORD_VARIABLE]: password },
      // A terminal's Ctrl-C is for whoever started it: the catalogs need it to the last.
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    const lines: string[] = [];
    if (child.stderr !== null) {
      createInterface({ input: child.stderr }).on('line', (line) => {
        lines.push(line);
        if (lines.length > LINES_KEPT) lines.shift();
      });
    }
    return new Promise((resolve, reject) => {
      child.once('message', () =>
        resolve(new EmbeddedServer(child, `postgres://${USER}:${password}@${LOOPBACK}:${port}/${DATABASE}`)),
      );
      child.once('error', (error) => reject(new StartError(`PostgreSQL does not start: ${error.message}`)));
      child.once('close', () =>
        reject(
          new StartError(`PostgreSQL in ${folder} does not start: ${lines.at(-1) ?? 'it says nothing'}`),
        ),
      );
    });
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    const timer = setTimeout(() => this.child.kill('SIGKILL'), STOP_WITHIN_MS);
    this.child.kill('SIGTERM');
    await ended;
    clearTimeout(timer);
  }
}

/** `dist/main.js postgres FOLDER PORT`: the server, until whoever started this process ends it or itself. Throws `StartError`. */
export async function runServer(
  [folder = '', port = '']: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const password = env[PASSWORD_VARIABLE] ?? '';
  const server = new PostgresServer({ folder, port: Number(port), user: USER, password, flags: FLAGS });
  const end = (): void => void server.stop().finally(() => process.exit());
  for (const reason of ['SIGINT', 'SIGTERM', 'SIGHUP', 'disconnect'] as const) process.once(reason, end);
  if (!server.isInitialised) await server.initialise();
  await server.start();
  const client = server.client('postgres');
  await client.connect();
  const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
  await client.end();
  if (rowCount === 0) await server.createDatabase(DATABASE);
  process.send?.(READY);
}
