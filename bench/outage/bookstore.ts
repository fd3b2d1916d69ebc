import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { CLUSTER_SECRET } from '../../test/support/layout.js';
import { createBooks, FIRST_BOOK, ordinaryBook } from '../books.js';
import { type Network } from './namespaces.js';

const FIRST_PORT = 15_100;
const POLL_MS = 20;
const POLL_TIMEOUT_MS = 1_000;
const START_WITHIN_MS = 180_000;

export interface Counts {
  readonly catalogs: number;
  readonly orders: number;
  readonly frontEnds: number;
}

/** One process of the bookstore. */
export class Role {
  private child: ChildProcess | undefined;
  private ended: Promise<unknown> = Promise.resolve();

  constructor(
    readonly name: string,
    readonly place: number,
    readonly address: string,
    private readonly command: readonly string[],
    private readonly settings: Readonly<Record<string, string>>,
  ) {}

  start(): void {
    const [command = '', ...args] = this.command;
    const child = spawn(command, args, {
      // The channel ends with us, however we end: the role stops then.
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      env: { PATH: process.env['PATH'], ...this.settings },
    });
    this.child = child;
    this.ended = new Promise((resolve) => child.once('exit', resolve));
  }

  signal(signal: NodeJS.Signals): void {
    this.child?.kill(signal);
  }

  /** Until it has ended. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    this.signal(signal);
    await this.ended;
  }

  async ready(agent: Agent): Promise<void> {
    const deadline = performance.now() + START_WITHIN_MS;
    while (performance.now() < deadline) {
      const signal = AbortSignal.timeout(POLL_TIMEOUT_MS);
      const status = await request(`${this.address}/health/ready`, { dispatcher: agent, signal }).then(
        async ({ statusCode, body }) => (await body.dump(), statusCode),
        () => 0,
      );
      if (status === 200) return;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    throw new Error(`${this.name} is not ready after ${START_WITHIN_MS} ms`);
  }
}

/** A whole bookstore of processes from dist/, with the settings that they have by default. */
export class Bookstore {
  readonly catalogs: readonly Role[];
  readonly orders: readonly Role[];
  readonly frontEnds: readonly Role[];
  private readonly folder = mkdtempSync(join(tmpdir(), 'bazar-outage-'));
  private readonly agent = new Agent({ connections: 4 });

  constructor(
    counts: Counts,
    private readonly network: Network,
    /** Of every role, in the place of its own. */
    settings: Readonly<Record<string, string>> = {},
  ) {
    const addresses = Array.from(
      { length: counts.catalogs + counts.orders + counts.frontEnds },
      (_, place) => `http://${network.address(place)}:${FIRST_PORT + place}`,
    );
    const catalogs = addresses.slice(0, counts.catalogs);
    const orders = addresses.slice(counts.catalogs, counts.catalogs + counts.orders);
    const role = (kind: string, name: string, place: number, own: Record<string, string>): Role =>
      new Role(
        name,
        place,
        addresses[place] ?? '',
        network.command(place, [process.execPath, 'dist/main.js']),
        {
          ROLE: kind,
          HOST: network.address(place),
          PORT: String(FIRST_PORT + place),
          ADVERTISED_ADDRESS: addresses[place] ?? '',
          CATALOG_ADDRESSES: catalogs.join('|'),
          CLUSTER_SECRET,
          LOG_LEVEL: 'error',
          ...own,
          ...settings,
        },
      );
    this.catalogs = catalogs.map((_, index) =>
      role('catalog', `catalog ${index + 1}`, index, {
        DATABASE_URL: `sqlite:${join(this.folder, `${index}.sqlite`)}`,
      }),
    );
    this.orders = orders.map((_, index) =>
      role('order', `order server ${index + 1}`, counts.catalogs + index, {
        CATALOG_ADDRESSES: [...catalogs.slice(index), ...catalogs.slice(0, index)].join('|'),
      }),
    );
    this.frontEnds = addresses.slice(counts.catalogs + counts.orders).map((_, index) =>
      role('frontend', `front-end ${index + 1}`, counts.catalogs + counts.orders + index, {
        ORDER_ADDRESSES: orders.join('|'),
      }),
    );
  }

  get roles(): readonly Role[] {
    return [...this.catalogs, ...this.orders, ...this.frontEnds];
  }

  async start(): Promise<void> {
    for (const role of this.roles) role.start();
    await this.ready();
  }

  async ready(): Promise<void> {
    for (const role of this.roles) await role.ready(this.agent);
  }

  readyAgain(role: Role): Promise<void> {
    return role.ready(this.agent);
  }

  /** Answers their ids. */
  async createBooks(count: number): Promise<number[]> {
    await createBooks(this.catalogs[0]?.address ?? '', count, ordinaryBook, () => undefined);
    return Array.from({ length: count }, (_, index) => FIRST_BOOK + index);
  }

  async end(): Promise<void> {
    for (const role of this.roles) role.signal('SIGCONT');
    await Promise.all(this.roles.map((role) => role.end('SIGKILL')));
    await this.agent.close();
    this.network.end();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
