import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Layout, type PlacedRole, placeRoles } from '../test/support/layout.js';
import { Running } from './processes.js';

/** On which core each role runs; those that are not named run anywhere. */
export type Cores = Partial<Readonly<Record<'catalog' | 'order' | 'frontend', (index: number) => number>>>;

/** One role from dist/, with its settings as by default, its logs on; or another `program` in its place. */
export class RoleAtWork {
  private running: Running | undefined;

  constructor(
    readonly placed: PlacedRole,
    private readonly folder: string,
    private readonly core?: number,
    private readonly program = 'dist/main.js',
  ) {}

  get address(): string {
    return this.placed.address;
  }

  get secret(): string {
    return this.placed.env['CLUSTER_SECRET'] ?? '';
  }

  get pid(): number {
    if (this.running === undefined) throw new Error(`${this.placed.name} does not run`);
    return this.running.pid;
  }

  start(nodeOptions: readonly string[] = []): void {
    this.running = new Running({
      command: process.execPath,
      args: [...nodeOptions, this.program],
      env: { ...this.placed.env, LOG_LEVEL: 'info' },
      ...(this.core !== undefined && { core: this.core }),
      folder: this.folder,
      name: this.placed.name.replace(' ', '-'),
    });
  }

  ready(): Promise<void> {
    return this.answers('/health/ready');
  }

  /** Until it answers this path with 200. */
  async answers(path: string): Promise<void> {
    await this.running?.ready(async () => (await fetch(`${this.address}${path}`)).status === 200);
  }

  async end(): Promise<void> {
    await this.running?.end();
  }

  async kill(): Promise<void> {
    await this.running?.kill();
  }
}

/** Roles in processes of their own, in a folder that goes with them. */
export class Bookstore {
  private constructor(
    readonly catalogs: readonly RoleAtWork[],
    readonly orders: readonly RoleAtWork[],
    readonly frontEnds: readonly RoleAtWork[],
    readonly folder: string,
  ) {}

  /** `program`: another release's `dist/main.js`. */
  static async start(
    layout: Layout,
    cores: Cores = {},
    prepare?: (folder: string) => void,
    program?: string,
  ): Promise<Bookstore> {
    const folder = mkdtempSync(join(tmpdir(), 'bazar-bench-'));
    prepare?.(folder);
    const placed = await placeRoles(layout, folder);
    const roles = (role: keyof Cores): RoleAtWork[] =>
      placed
        .filter(({ env }) => env['ROLE'] === role)
        .map((each, index) => new RoleAtWork(each, folder, cores[role]?.(index), program));
    const bookstore = new Bookstore(roles('catalog'), roles('order'), roles('frontend'), folder);
    try {
      bookstore.roles.forEach((role) => role.start());
      for (const role of bookstore.roles) await role.ready();
    } catch (error) {
      await bookstore.end();
      throw error;
    }
    return bookstore;
  }

  get roles(): readonly RoleAtWork[] {
    return [...this.catalogs, ...this.orders, ...this.frontEnds];
  }

  /** The first of a role. */
  catalog(): RoleAtWork {
    return firstOf(this.catalogs);
  }

  frontEnd(): RoleAtWork {
    return firstOf(this.frontEnds);
  }

  async end(): Promise<void> {
    for (const roles of [this.frontEnds, this.orders, this.catalogs]) {
      await Promise.all(roles.map((role) => role.end()));
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function firstOf(roles: readonly RoleAtWork[]): RoleAtWork {
  const [first] = roles;
  if (first === undefined) throw new Error('there is none of this role');
  return first;
}
