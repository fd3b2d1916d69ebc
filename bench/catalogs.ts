import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { type OperationsRequest, type OperationsResponse } from '../src/contract/internal.js';

const SECRET = 'a-secret-for-benchmarks-on-this-machine-only';
const POLL_MS = 10;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Catalog processes from dist/, with databases in a folder that goes with them. */
export class Catalogs {
  readonly #agent = new Agent({ connections: 64, pipelining: 1 });
  readonly #processes: (ChildProcess | null)[] = [];
  readonly #folder = mkdtempSync(join(tmpdir(), 'bazar-bench-'));

  private constructor(private readonly ports: readonly number[]) {}

  static async start(count: number): Promise<Catalogs> {
    const ports: number[] = [];
    for (let index = 0; index < count; index++) ports.push(await freePort());
    const catalogs = new Catalogs(ports);
    for (let index = 0; index < count; index++) catalogs.start(index);
    for (let index = 0; index < count; index++) await catalogs.ready(index);
    return catalogs;
  }

  start(index: number): void {
    this.#processes[index] = spawn(process.execPath, ['dist/main.js'], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        PATH: process.env['PATH'],
        ROLE: 'catalog',
        HOST: '127.0.0.1',
        PORT: String(this.ports[index]),
        ADVERTISED_ADDRESS: this.#address(index),
        CATALOG_ADDRESSES: this.ports.map((_, each) => this.#address(each)).join('|'),
        DATABASE_URL: `sqlite:${join(this.#folder, `${index}.sqlite`)}`,
        CLUSTER_SECRET: SECRET,
        LOG_LEVEL: 'error',
      },
    });
  }

  async stop(index: number): Promise<void> {
    const child = this.#processes[index];
    if (child === null || child === undefined) return;
    this.#processes[index] = null;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }

  async ready(index: number): Promise<void> {
    for (;;) {
      const status = await request(`${this.#address(index)}/health/ready`, { dispatcher: this.#agent }).then(
        async ({ statusCode, body }) => (await body.dump(), statusCode),
        () => 0,
      );
      if (status === 200) return;
      if (this.#processes[index]?.exitCode !== null) throw new Error(`catalog ${index + 1} has ended`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  async submit(
    index: number,
    operations: OperationsRequest['operations'],
  ): Promise<OperationsResponse['results']> {
    const { statusCode, body } = await request(`${this.#address(index)}/operations`, {
      method: 'POST',
      dispatcher: this.#agent,
      headers: { authorization: `Bearer ${SECRET}`, 'content-type': 'application/json' },
      body: JSON.stringify({ operations }),
    });
    if (statusCode !== 200) throw new Error(`operations answered ${statusCode}: ${await body.text()}`);
    return ((await body.json()) as OperationsResponse).results;
  }

  async end(): Promise<void> {
    for (let index = 0; index < this.ports.length; index++) await this.stop(index);
    await this.#agent.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #address(index: number): string {
    return `http://127.0.0.1:${this.ports[index]}`;
  }
}
