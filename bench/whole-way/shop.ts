import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ADMIN_TOKEN } from '../../test/support/layout.js';
import { Bookstore } from '../bookstore.js';
import { Postgres } from '../peers/postgres.js';
import { NestPostgres } from '../peers/nest-postgres/nest-postgres.js';
import { treeOf } from '../run.js';

export const BOOKS = 1_000;
const COPIES = 1_000_000_000;
const SETTLED_ANSWERS = 20;
const SETTLES_WITHIN_MS = 60_000;
const POLL_MS = 20;
const PAGE = 100;
const MOST_PAGES = 100;

/** A shop as its buyers know it: where they ask, and which books there are. All are asked by the same paths. */
export interface Shop {
  readonly name: string;
  readonly addresses: readonly string[];
  readonly books: readonly number[];
  readonly soldOut: number;
  /** Nobody looks it up: no cache holds it. */
  readonly unseen: number;
  readonly pids: readonly number[];
  /** Until it serves as it did before it rested. */
  wake(): Promise<void>;
  rest(): void;
  end(): Promise<void>;
}

/** Three catalogs, two order servers, two front-ends from a `dist/main.js`, settings as by default. */
export async function startBazar(
  name: string,
  program: string,
  settings: Readonly<Record<string, string>> = {},
): Promise<Shop> {
  const layout = { catalogs: 3, orders: 2, frontEnds: 2, settings };
  const store = await Bookstore.start(layout, {}, undefined, program);
  try {
    const addresses = store.frontEnds.map(({ address }) => address);
    const [first = ''] = addresses;
    await importBooks(first);
    const books = await idsOf(first, 'Bench');
    const [unseen = 0] = await idsOf(first, 'Nobody looks it up');
    const [soldOut = 0] = await idsOf(first, 'Nothing left');
    const pids = store.roles.map(({ pid }) => pid);
    return {
      name,
      addresses,
      books,
      soldOut,
      unseen,
      pids,
      wake: async () => {
        signalAll(pids, 'SIGCONT');
        await settled(addresses, unseen);
      },
      rest: () => signalAll(pids, 'SIGSTOP'),
      end: async () => {
        signalAll(pids, 'SIGCONT');
        await store.end();
      },
    };
  } catch (error) {
    await store.end();
    throw error;
  }
}

/** The same, over a PostgreSQL with a synchronous standby. */
export async function startBazarOnPostgres(programs: string): Promise<Shop> {
  const folder = mkdtempSync(join(tmpdir(), 'bazar-bench-'));
  const postgres = await Postgres.start(programs, folder, 1);
  const trees = (): number[] => postgres.pids.flatMap(treeOf);
  try {
    const settings = { DATABASE_URL: await postgres.shopDatabase() };
    const shop = await startBazar('Bazar on PostgreSQL', 'dist/main.js', settings);
    return {
      ...shop,
      pids: [...shop.pids, ...postgres.pids],
      wake: () => {
        signalAll(trees(), 'SIGCONT');
        return shop.wake();
      },
      rest: () => {
        shop.rest();
        signalAll(trees(), 'SIGSTOP');
      },
      end: async () => {
        signalAll(trees(), 'SIGCONT');
        await shop.end();
        await postgres.end();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await postgres.end();
    throw error;
  }
}

export async function startNestPostgres(programs: string): Promise<Shop> {
  const folder = mkdtempSync(join(tmpdir(), 'bazar-bench-'));
  const rows = BOOKS + 1;
  const shop = await NestPostgres.start(programs, folder, rows);
  return {
    name: 'NestJS + PostgreSQL',
    addresses: shop.addresses,
    books: Array.from({ length: BOOKS }, (_, index) => index + 1),
    unseen: rows,
    soldOut: rows + 1,
    pids: shop.pids,
    wake: () => {
      signalAll(shop.pids.flatMap(treeOf), 'SIGCONT');
      return settled(shop.addresses, rows);
    },
    rest: () => signalAll(shop.pids.flatMap(treeOf), 'SIGSTOP'),
    end: async () => {
      signalAll(shop.pids.flatMap(treeOf), 'SIGCONT');
      await shop.end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Through the public paths, which are the same in every release. */
async function importBooks(address: string): Promise<void> {
  const line = (title: string, topic: string, quantity: number): string =>
    `${title},${topic},10.00,${quantity}`;
  const lines = [
    'title,topic,price,quantity',
    ...Array.from({ length: BOOKS }, (_, index) => line(`Book ${index + 1}`, 'Bench', COPIES)),
    line('Unseen', 'Nobody looks it up', COPIES),
    line('Sold out', 'Nothing left', 0),
  ];
  const answer = await fetch(`${address}/books/import`, {
    method: 'POST',
    headers: { 'content-type': 'text/csv', authorization: `Bearer ${ADMIN_TOKEN}` },
    body: lines.join('\n'),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`the books could not be imported: ${answer.status} ${text}`);
}

async function idsOf(address: string, topic: string): Promise<number[]> {
  const ids: number[] = [];
  let path: string | undefined = `/search/${encodeURIComponent(topic)}?limit=${PAGE}`;
  for (let page = 0; path !== undefined && page < MOST_PAGES; page += 1) {
    const answer: Response = await fetch(`${address}${path}`);
    ids.push(...((await answer.json()) as { id: number }[]).map(({ id }) => id));
    path = /<([^>]+)>; *rel="?next/.exec(answer.headers.get('link') ?? '')?.[1];
  }
  if (ids.length === 0) throw new Error(`no books of the topic ${topic}`);
  return ids;
}

/** Until every address has sold several times. */
async function settled(addresses: readonly string[], book: number): Promise<void> {
  const until = performance.now() + SETTLES_WITHIN_MS;
  for (let good = 0; good < SETTLED_ANSWERS;) {
    const address = addresses[good % addresses.length] ?? '';
    const refusal = await refusalOf(address, book);
    if (refusal === null) good += 1;
    else if (performance.now() > until) throw new Error(`${address} does not sell: ${refusal}`);
    else await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Null: it sold. */
async function refusalOf(address: string, book: number): Promise<string | null> {
  try {
    const answer = await fetch(`${address}/buy/${book}`, {
      method: 'PUT',
      signal: AbortSignal.timeout(5_000),
    });
    const text = await answer.text();
    return answer.ok && text.includes('"success":true') ? null : `${answer.status} ${text}`;
  } catch (error) {
    return String(error);
  }
}

/** Copies that a book has. */
export async function copiesOf(address: string, book: number): Promise<number> {
  return ((await (await fetch(`${address}/lookup/${book}`)).json()) as { quantity: number }).quantity;
}

function signalAll(pids: readonly number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has ended.
    }
  }
}
