import 'reflect-metadata';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
// Roles that start at once would each have jest link what they share, and it fails when it is asked twice at a time.
import '../../src/catalog/catalog.module.js';
import '../../src/frontend/frontend.module.js';
import '../../src/order/order.module.js';
import { createApp, type Overrides } from '../../src/bootstrap.js';
import { parseConfig } from '../../src/config/index.js';
import { shutDown } from '../../src/runtime/shutdown.js';
import { TestDatabase } from './database.js';
import { type Layout, type PlacedRole, placeRoles } from './layout.js';
import { until } from './until.js';

/** Roles that share a busy machine with other tests take their time. */
const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 30_000;
/** An order server asks its catalogs each time. */
const READY_POLL_MS = 100;

/** One role inside the test's process, on its real socket. */
export class RoleInProcess {
  private running: NestFastifyApplication | undefined;

  constructor(
    readonly placed: PlacedRole,
    private readonly overrides: Overrides = {},
  ) {}

  get address(): string {
    return this.placed.address;
  }

  get app(): NestFastifyApplication {
    if (this.running === undefined) throw new Error(`${this.placed.name} does not run`);
    return this.running;
  }

  /** `settings`: others than those it was placed with. */
  async start(settings: Readonly<Record<string, string>> = {}): Promise<void> {
    const config = parseConfig({ ...this.placed.env, ...settings });
    this.running = await createApp(config, this.overrides);
    await this.running.listen(config.port, config.host);
  }

  /** In good order, as at SIGTERM. */
  async stop(): Promise<void> {
    const app = this.running;
    this.running = undefined;
    // As a process does: what answers ahead of Fastify would keep a connection open on which requests go on coming.
    if (app !== undefined) await shutDown(app, { drainMs: 0, withinMs: STOP_WITHIN_MS });
  }

  async ready(): Promise<void> {
    let answer = 'it does not run';
    const isReady = async (): Promise<boolean> => {
      const response = await this.running?.inject({ method: 'GET', url: '/health/ready' });
      if (response !== undefined) answer = response.payload;
      return response?.statusCode === 200;
    };
    await until(`${this.placed.name} is ready`, isReady, READY_WITHIN_MS, READY_POLL_MS).catch(
      (error: unknown) => {
        throw new Error(`${String(error)}: ${answer}`, { cause: error });
      },
    );
  }
}

/** A bookstore of any size in the test's own process. */
export class BookstoreInProcess {
  private constructor(
    readonly catalogs: readonly RoleInProcess[],
    readonly orders: readonly RoleInProcess[],
    readonly frontEnds: readonly RoleInProcess[],
    private readonly folder: string,
    private readonly database: TestDatabase,
  ) {}

  /** Started, and every role ready. */
  static async start(
    layout: Layout,
    overridesOf: (placed: PlacedRole) => Overrides = () => ({}),
  ): Promise<BookstoreInProcess> {
    const folder = mkdtempSync(join(tmpdir(), 'bazar-test-'));
    const database = await TestDatabase.start(layout.settings);
    const placed = await placeRoles({ ...layout, settings: database.settings }, folder);
    const roles = (role: string) =>
      placed
        .filter(({ env }) => env['ROLE'] === role)
        .map((each) => new RoleInProcess(each, overridesOf(each)));
    const bookstore = new BookstoreInProcess(
      roles('catalog'),
      roles('order'),
      roles('frontend'),
      folder,
      database,
    );
    try {
      // One after the other: jest below Node 24 fails to link what two imports load at the same moment ("not in cache").
      for (const role of bookstore.roles) await role.start();
      await bookstore.ready();
    } catch (error) {
      await bookstore.stop();
      throw error;
    }
    return bookstore;
  }

  get roles(): readonly RoleInProcess[] {
    return [...this.catalogs, ...this.orders, ...this.frontEnds];
  }

  async ready(): Promise<void> {
    await Promise.all(this.roles.map((role) => role.ready()));
  }

  /** Whether all catalogs keep their books in one database. */
  get sharesEngine(): boolean {
    return this.database.postgres !== null;
  }

  /** Its first catalog runs on, but nobody can write any more. */
  async stopWrites(): Promise<void> {
    if (this.sharesEngine) await this.database.stop();
    else await Promise.all(this.catalogs.slice(1).map((catalog) => catalog.stop()));
  }

  async stop(): Promise<void> {
    // Those that ask first, so that nobody waits for one that is gone.
    await Promise.all(this.frontEnds.map((role) => role.stop()));
    await Promise.all(this.orders.map((role) => role.stop()));
    await Promise.all(this.catalogs.map((role) => role.stop()));
    await this.database.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
