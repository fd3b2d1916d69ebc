import 'reflect-metadata';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '../../src/bootstrap.js';
import { CatalogEngine } from '../../src/catalog/engine.js';
import { parseConfig } from '../../src/config/index.js';
import { type Call } from '../../src/contract/call.js';
import { submitCall } from '../../src/contract/rpc.js';
import { type SubmitResult } from '../../src/core/replication/results.js';
import { type Operation } from '../../src/core/replication/types.js';
import { type Link } from '../../src/rpc/link.js';
import { lineTo } from '../support/line.js';
import { freePorts } from '../support/ports.js';
import { TestPostgres } from '../support/postgres.js';
import { until } from '../support/until.js';

export const SECRET = 'catalog-e2e-secret-of-32-characters';
export const LEASE_MS = 200;

export async function temporaryFolder(): Promise<{ path: string; remove: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'bazar-catalog-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** As `JSON.parse` gives it: a test says what it expects of it. */
  readonly body: ReturnType<typeof JSON.parse>;
}

/** One catalog in this process: asked over HTTP as an original client would, and on the line as the other roles do. */
export class CatalogUnderTest {
  private readonly line: Link;

  private constructor(
    readonly app: NestFastifyApplication,
    readonly url: string,
  ) {
    this.line = lineTo(url, SECRET);
  }

  /** `path` of an SQLite file, or the URL of a PostgreSQL. */
  static async start(
    path: string,
    port: number,
    peers: readonly number[] = [],
    leaseMs = LEASE_MS,
  ): Promise<CatalogUnderTest> {
    const app = await createApp(
      parseConfig({
        ROLE: 'catalog',
        HOST: '127.0.0.1',
        PORT: String(port),
        ADVERTISED_ADDRESS: `http://127.0.0.1:${port}`,
        CATALOG_ADDRESSES: peers.map((peer) => `http://127.0.0.1:${peer}`).join('|'),
        DATABASE_URL: path.startsWith('postgres:') ? path : `sqlite:${path}`,
        LEASE_MS: String(leaseMs),
        REQUEST_TIMEOUT_MS: '2000',
        CLUSTER_SECRET: SECRET,
        LOG_LEVEL: 'silent',
      }),
    );
    await app.listen(port, '127.0.0.1');
    return new CatalogUnderTest(app, `http://127.0.0.1:${port}`);
  }

  async untilReady(): Promise<this> {
    // Asked inside: polling over HTTP would take the very time that the replicas need.
    await until('the catalog is ready', () => this.app.get(CatalogEngine).state().ready, 50_000);
    return this;
  }

  stop(): Promise<void> {
    this.line.close();
    return this.app.close();
  }

  /** Throws when there is no answer. */
  async ask<Request, Answer>(call: Call<Request, Answer>, request: Request): Promise<Answer> {
    const result = await this.line.call(call, request, { timeoutMs: 2_000 });
    if (result.kind === 'answered') return result.answer;
    throw new Error(`${call.name}: ${result.kind}: ${result.reason}`);
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.call('GET', path, undefined, headers);
  }

  put(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return this.call('PUT', path, body, headers);
  }

  async call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const response = await fetch(this.url + path, {
      method,
      headers: {
        authorization: `Bearer ${SECRET}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
  }

  async operations(
    ...operations: { bookId: number; operation: Operation }[]
  ): Promise<readonly SubmitResult[]> {
    return (await this.ask(submitCall, { operations })).results;
  }

  async submit(bookId: number, operation: Operation): Promise<SubmitResult> {
    const [result] = await this.operations({ bookId, operation });
    if (result === undefined) throw new Error('no result');
    return result;
  }

  /** The new book's id. */
  async create(title: string, topic: string, quantity = 1): Promise<number> {
    const result = await this.submit(0, {
      kind: 'create',
      operationId: `create:${title}`,
      book: { title, topic, quantity, priceCents: 1_000, isbn: null, author: null },
    });
    if (result.kind !== 'decided' || result.outcome.kind !== 'created')
      throw new Error(JSON.stringify(result));
    return result.outcome.bookId;
  }
}

/** What keeps a catalog's books: whatever is asked of one is answered by the other as well. */
export const ENGINES = ['SQLite', 'PostgreSQL'] as const;

/** One catalog alone, for all tests of a suite: it is there once they run. */
export function loneCatalog(engine: (typeof ENGINES)[number] = 'SQLite'): () => CatalogUnderTest {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>;
  let postgres: TestPostgres | null;
  let catalog: CatalogUnderTest;
  beforeAll(async () => {
    folder = await temporaryFolder();
    postgres = engine === 'PostgreSQL' ? await TestPostgres.start() : null;
    const [port = 0] = await freePorts(1);
    const place = (await postgres?.freshDatabase()) ?? `${folder.path}/catalog.sqlite`;
    catalog = await (await CatalogUnderTest.start(place, port)).untilReady();
  });
  afterAll(async () => {
    await catalog.stop();
    await postgres?.stop();
    await folder.remove();
  });
  return () => catalog;
}

export function sale(operationId: string, copies = 1): Operation {
  return { kind: 'sale', operationId, copies, expectedPriceCents: null };
}

export function kindOf(result: SubmitResult): string {
  return result.kind === 'decided' ? result.outcome.kind : result.kind;
}
