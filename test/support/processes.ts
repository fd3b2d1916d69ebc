import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Ending, RoleProcess } from '../../src/local-cluster/role-process.js';
import { TestDatabase } from './database.js';
import { type Layout, type PlacedRole, placeRoles } from './layout.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const ENTRY = join(ROOT, 'dist', 'main.js');
const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 15_000;
const KEPT_LINES = 200;

/** Builds dist/ when a source is newer than it. May take a minute: give it to `beforeAll` with a time of its own. */
export function buildDist(): void {
  execFileSync(process.execPath, [join(ROOT, 'scripts', 'run.js'), 'build'], { cwd: ROOT, stdio: 'ignore' });
}

/** What a test's processes get of the environment that the test runs in: no settings of whoever runs it. */
export function bareEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'] };
}

/** One role as a process, from dist/ unless it is told otherwise, which a test may kill, freeze and start again. */
export class RoleInOwnProcess {
  /** The last lines that it wrote, of all its lives. */
  readonly lines: string[] = [];
  private process: RoleProcess | undefined;

  constructor(readonly placed: PlacedRole) {}

  get address(): string {
    return this.placed.address;
  }

  get pid(): number | undefined {
    return this.running.pid;
  }

  /** Of itself, or because a test ended it. */
  get ended(): boolean {
    return this.running.hasEnded;
  }

  /** `entry`: of a release, as `ENTRY` is of this one. */
  start(entry = ENTRY): void {
    if (this.process !== undefined && !this.process.hasEnded)
      throw new Error(`${this.placed.name} runs already`);
    this.process = new RoleProcess(
      this.placed,
      entry,
      { ...bareEnvironment(), ...this.placed.env },
      (line) => {
        this.lines.push(line);
        if (this.lines.length > KEPT_LINES) this.lines.shift();
      },
      { launcher: this.placed.launcher ?? [] },
    );
  }

  async ready(): Promise<void> {
    if (await this.running.ready(READY_WITHIN_MS)) return;
    throw new Error(`${this.placed.name} is not ready:\n${this.lines.join('\n')}`);
  }

  /** As a crash of the machine's power leaves a process: nothing is flushed, nobody is told. */
  kill(): Promise<Ending> {
    this.running.signal('SIGKILL');
    return this.running.ended;
  }

  /** It neither runs nor answers, but its sockets stay open. */
  freeze(): void {
    this.running.signal('SIGSTOP');
  }

  thaw(): void {
    this.running.signal('SIGCONT');
  }

  /** In good order. */
  stop(): Promise<Ending> {
    return this.running.stop(STOP_WITHIN_MS);
  }

  async end(): Promise<void> {
    if (this.process === undefined || this.process.hasEnded) return;
    this.thaw();
    await this.stop();
  }

  private get running(): RoleProcess {
    if (this.process === undefined) throw new Error(`${this.placed.name} was never started`);
    return this.process;
  }
}

/** A bookstore of processes in a folder of its own. Call `end` whatever happens. */
export class BookstoreOfProcesses {
  private constructor(
    readonly catalogs: readonly RoleInOwnProcess[],
    readonly orders: readonly RoleInOwnProcess[],
    readonly frontEnds: readonly RoleInOwnProcess[],
    readonly folder: string,
    readonly database: TestDatabase,
  ) {}

  /** Started, and every role ready. What `entry` is of has to be built. */
  static async start(layout: Layout, entry = ENTRY): Promise<BookstoreOfProcesses> {
    const folder = mkdtempSync(join(tmpdir(), 'bazar-processes-'));
    const database = await TestDatabase.start(layout.settings);
    const placed = await placeRoles({ ...layout, settings: database.settings }, folder);
    const roles = (role: string) =>
      placed.filter(({ env }) => env['ROLE'] === role).map((each) => new RoleInOwnProcess(each));
    const bookstore = new BookstoreOfProcesses(
      roles('catalog'),
      roles('order'),
      roles('frontend'),
      folder,
      database,
    );
    try {
      bookstore.roles.forEach((role) => role.start(entry));
      await bookstore.ready();
    } catch (error) {
      await bookstore.end();
      throw error;
    }
    return bookstore;
  }

  get roles(): readonly RoleInOwnProcess[] {
    return [...this.catalogs, ...this.orders, ...this.frontEnds];
  }

  async ready(): Promise<void> {
    await Promise.all(this.roles.map((role) => role.ready()));
  }

  async end(): Promise<void> {
    await Promise.all(this.roles.map((role) => role.end()));
    await this.database.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
