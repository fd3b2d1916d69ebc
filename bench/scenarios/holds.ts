import { randomUUID } from 'node:crypto';
import { Agent, request } from 'undici';
import { shown, type Spread, spreadOf } from '../figures.js';
import { cpuSeconds, type Run, type Scenario, type Section, type Table } from '../run.js';
import { type Shop, startBazar } from '../whole-way/shop.js';

const CLIENTS = 16;
const BASKET = 3;
/** Few enough that each has found the replica that leads it while all is warmed. */
const BOOKS = 60;
const WARMING_SECONDS = { full: 15, quick: 6 };

export const holds: Scenario = { name: 'holds', run: measureHolds };

interface Buying {
  readonly title: string;
  /** One buyer's whole way, with an answer to each request. */
  readonly buy: (post: Post, books: readonly number[]) => Promise<void>;
  readonly books: number;
}

type Post = (path: string, body: unknown) => Promise<Record<string, unknown>>;

const WAYS: readonly Buying[] = [
  {
    title: 'one sale',
    books: 1,
    buy: async (post, [bookId]) => void (await post('/orders', { bookId, quantity: 1 })),
  },
  {
    title: 'a hold and its confirmation',
    books: 1,
    buy: async (post, [bookId]) => {
      const { holdId } = await post('/holds', { items: [{ bookId, quantity: 1 }], ttlSeconds: 600 });
      await post(`/holds/${String(holdId)}/confirm`, undefined);
    },
  },
  {
    title: 'a basket of three books',
    books: BASKET,
    buy: async (post, books) =>
      void (await post('/orders', { items: books.map((bookId) => ({ bookId, quantity: 1 })) })),
  },
];

interface Measured {
  readonly cpuMs: number;
  readonly latencyMs: number;
  readonly perSecond: number;
}

/** What holds and baskets cost beside a sale (the goal: at most 2.2 and 3.5 times of it), through the front-ends, round by round in turn. */
async function measureHolds(run: Run): Promise<Section> {
  const shop = await startBazar('Bazar', 'dist/main.js');
  const figures = WAYS.map((): Measured[] => []);
  try {
    await shop.wake();
    for (const way of WAYS) await buyFor(shop, way, run.quick ? WARMING_SECONDS.quick : WARMING_SECONDS.full);
    for (let round = 0; round < run.rounds; round += 1) {
      for (const [at, way] of WAYS.entries()) {
        run.progress(`${way.title}, round ${round + 1} of ${run.rounds}`);
        figures[at]?.push(await buyFor(shop, way, run.seconds));
      }
    }
  } finally {
    await shop.end();
  }
  return {
    title: 'What holds and baskets cost',
    text: [
      `${CLIENTS} clients, ${BOOKS} books, through two front-ends; processor time of all processes of the bookstore. ` +
        'In brackets how many times a sale, of the medians.',
    ],
    tables: [tableOf(figures)],
    plots: [],
    raw: WAYS.map(({ title }, at) => ({ title, figures: figures[at] })),
  };
}

function tableOf(figures: readonly Measured[][]): Table {
  const medians = (of: (measured: Measured) => number): Spread[] =>
    figures.map((each) => spreadOf(each.map(of)));
  const columns = [medians(({ cpuMs }) => cpuMs), medians(({ latencyMs }) => latencyMs)];
  const cell = (spreads: readonly Spread[], at: number): string => {
    const own = spreads[at]?.median ?? NaN;
    return `${shown(own)} ms (${(own / (spreads[0]?.median ?? NaN)).toFixed(2)})`;
  };
  return {
    title: 'Each',
    columns: ['', 'processor time', 'half of them within', 'a second'],
    rows: WAYS.map(({ title }, at) => [
      title,
      ...columns.map((spreads) => cell(spreads, at)),
      shown(medians(({ perSecond }) => perSecond)[at]?.median ?? NaN),
    ]),
  };
}

async function buyFor(shop: Shop, way: Buying, seconds: number): Promise<Measured> {
  const agents = shop.addresses.map((address) => ({ address, agent: new Agent({ connections: CLIENTS }) }));
  const took: number[] = [];
  const until = performance.now() + seconds * 1_000;
  const before = cpuSeconds(shop.pids);
  const startedAt = performance.now();
  const client = async (number: number): Promise<void> => {
    const { address, agent } = agents[number % agents.length] ?? { address: '', agent: new Agent() };
    const post: Post = async (path, body) => {
      const answer = await request(`${address}${path}`, {
        method: 'POST',
        dispatcher: agent,
        headers: {
          'idempotency-key': randomUUID(),
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const said = (await answer.body.json()) as Record<string, unknown>;
      if (answer.statusCode >= 300) throw new Error(`${path}: ${answer.statusCode} ${JSON.stringify(said)}`);
      return said;
    };
    for (let turn = number; performance.now() < until; turn += 1) {
      const from = performance.now();
      await way.buy(post, booksAt(shop, turn * 37, way.books));
      took.push(performance.now() - from);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, (_, number) => client(number)));
  const lastedSeconds = (performance.now() - startedAt) / 1_000;
  const cpuMs = ((cpuSeconds(shop.pids) - before) * 1_000) / took.length;
  await Promise.all(agents.map(({ agent }) => agent.close()));
  return { cpuMs, latencyMs: spreadOf(took).median, perSecond: took.length / lastedSeconds };
}

const booksAt = (shop: Shop, from: number, count: number): number[] =>
  Array.from({ length: count }, (_, at) => shop.books[(from + at * 7) % BOOKS] ?? 0);
