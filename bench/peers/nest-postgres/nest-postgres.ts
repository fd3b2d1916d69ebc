import { fileURLToPath } from 'node:url';
import { freePorts } from '../../../test/support/ports.js';
import { Running } from '../../processes.js';
import { Postgres } from '../postgres.js';

const SERVER = fileURLToPath(new URL('server.js', import.meta.url));
const PROCESSES = 2;

/** NestJS on Fastify in two processes, over PostgreSQL with a synchronous standby. */
export class NestPostgres {
  private constructor(
    private readonly postgres: Postgres,
    private readonly apps: readonly Running[],
    readonly addresses: readonly string[],
  ) {}

  /** Books 1 to `books`, and one more that is sold out. */
  static async start(programs: string, folder: string, books: number): Promise<NestPostgres> {
    const postgres = await Postgres.start(programs, folder, books);
    const apps: Running[] = [];
    const ports = await freePorts(PROCESSES);
    const started = new NestPostgres(
      postgres,
      apps,
      ports.map((port) => `http://127.0.0.1:${port}`),
    );
    try {
      await postgres.query(
        `ALTER TABLE book ADD title text, ADD topic text, ADD price_cents int NOT NULL DEFAULT 1000;
         UPDATE book SET title = 'Book ' || id, topic = 'Bench';
         INSERT INTO book (id, quantity, title, topic) VALUES (${books + 1}, 0, 'Sold out', 'Bench');
         CREATE TABLE book_order (
           id bigserial PRIMARY KEY, key text NOT NULL UNIQUE, book_id int NOT NULL,
           copies int NOT NULL, price_cents int NOT NULL, at timestamptz NOT NULL DEFAULT now()
         )`,
      );
      await postgres.query('VACUUM ANALYZE book');
      for (const [index, port] of ports.entries()) {
        const running = new Running({
          command: process.execPath,
          args: [SERVER],
          env: {
            PORT: String(port),
            DATABASE: JSON.stringify(postgres.connection),
            NODE_ENV: 'production',
          },
          folder,
          name: `nest-postgres-${index + 1}`,
        });
        apps.push(running);
        const own = `http://127.0.0.1:${port}/health/ready`;
        await running.ready(async () => (await fetch(own)).status === 200);
      }
      return started;
    } catch (error) {
      await started.end();
      throw error;
    }
  }

  get pids(): number[] {
    return [...this.postgres.pids, ...this.apps.map(({ pid }) => pid)];
  }

  async end(): Promise<void> {
    for (const app of this.apps) await app.end();
    await this.postgres.end();
  }
}
