import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shown, shownSpread, type Spread, spreadOf } from '../figures.js';
import { postgresPrograms } from '../peers/postgres.js';
import {
  type Contestant,
  cpuSeconds,
  inTurn,
  type Load,
  type Result,
  type Run,
  type Scenario,
  type Section,
  type Table,
  tableOf,
} from '../run.js';
import { type Buyers, buyersAt } from '../whole-way/buyers.js';
import { type Counts, countSale } from '../whole-way/counting.js';
import { type Overload, overload, spreadOfOverload } from '../whole-way/overload.js';
import {
  copiesOf,
  type Shop,
  startBazar,
  startBazarOnPostgres,
  startNestPostgres,
} from '../whole-way/shop.js';
import { hasWrk } from '../wrk.js';

const CONNECTIONS = 50;
/** Compilers settle after thousands of sales, however long a busy machine takes for them. */
const WARMING = { full: { answers: 20_000, most: 12 }, quick: { answers: 3_000, most: 6 } };
const WARMING_SECONDS = 2;
const OVERLOAD_SECONDS = { full: 20, quick: 4 };
const OVERLOAD_ROUNDS = 3;
const BEST_SECONDS = 3;
const IDLE_SECONDS = 3;
const RESTS_MS = 1_000;

export const wholeWay: Scenario = { name: 'whole-way', run: measureWholeWay };

interface Workload {
  readonly part: string;
  readonly title: string;
  readonly buyers: (shop: Shop) => Buyers;
}

const WORKLOADS: readonly Workload[] = [
  {
    part: 'many-books',
    title: 'Sales, 50 clients, 1,000 books',
    buyers: ({ books }) => ({ connections: CONNECTIONS, lookups: 0, books }),
  },
  {
    part: 'one-client',
    title: 'Sales, one client, 1,000 books',
    buyers: ({ books }) => ({ connections: 1, lookups: 0, books }),
  },
  {
    part: 'hot-book',
    title: 'Sales, 50 clients, one hot book',
    buyers: ({ books }) => ({ connections: CONNECTIONS, lookups: 0, books: books.slice(0, 1) }),
  },
  {
    part: 'sold-out',
    title: 'Refused buys of a book that is sold out, 50 clients',
    buyers: ({ soldOut }) => ({ connections: CONNECTIONS, lookups: 0, books: [soldOut] }),
  },
  {
    part: 'look-ups',
    title: 'Look-ups, 50 clients, 1,000 books',
    buyers: ({ books }) => ({ connections: CONNECTIONS, lookups: 1, books }),
  },
  {
    part: '90-look-ups',
    title: '90 % look-ups, 10 % sales, 50 clients, 1,000 books',
    buyers: ({ books }) => ({ connections: CONNECTIONS, lookups: 0.9, books }),
  },
  {
    part: '99-look-ups',
    title: '99 % look-ups, 1 % sales, 50 clients, 1,000 books',
    buyers: ({ books }) => ({ connections: CONNECTIONS, lookups: 0.99, books }),
  },
];

/** All parts that `--part` may name. */
export const WHOLE_WAY_PARTS: readonly string[] = [
  ...WORKLOADS.map(({ part }) => part),
  'counts',
  'idle',
  'overload',
];

interface Measured {
  readonly shops: readonly string[];
  readonly workloads: readonly {
    readonly part: string;
    readonly title: string;
    readonly results: Result[];
  }[];
  readonly counts: readonly Counts[];
  /** Shares of a core, of each shop in each round. */
  readonly idle: readonly (readonly number[])[];
  readonly overloads: readonly (readonly Overload[])[];
}

async function measureWholeWay(run: Run): Promise<Section> {
  const unknown = run.parts.find((part) => !WHOLE_WAY_PARTS.includes(part));
  if (unknown !== undefined) throw new Error(`no part ${unknown}: there are ${WHOLE_WAY_PARTS.join(', ')}`);
  const title = 'The whole way of a buyer';
  const programs = postgresPrograms();
  if (!hasWrk() || programs === undefined) {
    const text = ['wrk or PostgreSQL is not installed (`apt-get install wrk postgresql`): left out.'];
    return { title, text, tables: [], plots: [], raw: null };
  }
  const folder = mkdtempSync(join(tmpdir(), 'bazar-bench-'));
  const shops: Shop[] = [];
  try {
    for (const start of [
      () => startNestPostgres(programs),
      () => startBazar('Bazar', 'dist/main.js'),
      ...(run.onPostgres ? [() => startBazarOnPostgres(programs)] : []),
      ...(run.against === undefined ? [] : [() => startBazar('the other checkout', otherProgram(run))]),
    ]) {
      run.progress(`starting shop ${shops.length + 1}`);
      const shop = await start();
      shops.push(shop);
      await warm(run, shop, folder);
      shop.rest();
    }
    return sectionOf(title, await measure(run, shops, folder));
  } finally {
    for (const shop of shops) await shop.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

const otherProgram = ({ against = '.' }: Run): string => join(against, 'dist/main.js');

/** Until each book has found the replica that leads it. */
async function warm(run: Run, shop: Shop, folder: string): Promise<void> {
  run.progress(`warming ${shop.name}`);
  const { answers, most } = run.quick ? WARMING.quick : WARMING.full;
  const { addresses, books } = shop;
  await shop.wake();
  for (const lookups of [0, 0.9]) {
    const buyers = { connections: CONNECTIONS, lookups, books };
    let seen = 0;
    for (let turn = 0; turn < most && seen < answers; turn += 1) {
      seen += (await buyersAt(addresses, buyers, WARMING_SECONDS, folder)).answers;
    }
  }
}

async function measure(run: Run, shops: readonly Shop[], folder: string): Promise<Measured> {
  const isWanted = (part: string): boolean => run.parts.length === 0 || run.parts.includes(part);
  const workloads = [];
  for (const workload of WORKLOADS.filter(({ part }) => isWanted(part))) {
    const contestants = shops.map((shop) => contestant(shop, workload, folder));
    const results = await inTurn(run, workload.title, contestants, { areWarm: true });
    workloads.push({ part: workload.part, title: workload.title, results });
  }
  const counts: Counts[] = [];
  for (const shop of isWanted('counts') ? shops : []) {
    run.progress(`counting what a sale takes: ${shop.name}`);
    counts.push(await awake(shop, () => countSale(shop, folder)));
  }
  const idle = shops.map((): number[] => []);
  const overloads = shops.map((): Overload[] => []);
  for (let round = 1; round <= run.rounds; round += 1) {
    for (const [index, shop] of shops.entries()) {
      if (isWanted('idle')) {
        run.progress(`idle, round ${round} of ${run.rounds}: ${shop.name}`);
        idle[index]?.push(await awake(shop, () => idleShare(shop)));
      }
      if (isWanted('overload') && round <= (run.quick ? 1 : OVERLOAD_ROUNDS)) {
        run.progress(`twice what it can sell, round ${round}: ${shop.name}`);
        overloads[index]?.push(await awake(shop, () => twiceItsBest(run, shop, folder)));
      }
    }
  }
  return { shops: shops.map(({ name }) => name), workloads, counts, idle, overloads };
}

function contestant(shop: Shop, workload: Workload, folder: string): Contestant {
  return {
    name: shop.name,
    pids: shop.pids,
    wake: () => shop.wake(),
    rest: () => shop.rest(),
    measure: (seconds) => measureSales(shop, workload, seconds, folder),
  };
}

/** Answers of a hot book are held against the copies that are gone: one that says sold without a sale is a failure. */
async function measureSales(
  shop: Shop,
  { part, buyers }: Workload,
  seconds: number,
  folder: string,
): Promise<Load> {
  const [address = ''] = shop.addresses;
  const [hot = 0] = shop.books;
  if (part !== 'hot-book') return buyersAt(shop.addresses, buyers(shop), seconds, folder);
  const before = await copiesOf(address, hot);
  const load = await buyersAt(shop.addresses, buyers(shop), seconds, folder);
  const sold = before - (await copiesOf(address, hot));
  return { ...load, failures: Math.max(load.failures, load.answers - sold) };
}

async function awake<T>(shop: Shop, act: () => Promise<T>): Promise<T> {
  await shop.wake();
  const result = await act();
  shop.rest();
  return result;
}

async function idleShare(shop: Shop): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, RESTS_MS));
  const before = cpuSeconds(shop.pids);
  const startedAt = performance.now();
  await new Promise((resolve) => setTimeout(resolve, IDLE_SECONDS * 1_000));
  return ((cpuSeconds(shop.pids) - before) * 1_000) / (performance.now() - startedAt);
}

async function twiceItsBest(run: Run, shop: Shop, folder: string): Promise<Overload> {
  const buyers = { connections: CONNECTIONS, lookups: 0, books: shop.books };
  const { perSecond } = await buyersAt(shop.addresses, buyers, BEST_SECONDS, folder);
  return overload(shop, perSecond, run.quick ? OVERLOAD_SECONDS.quick : OVERLOAD_SECONDS.full);
}

function sectionOf(title: string, measured: Measured): Section {
  return {
    title,
    text: [
      'Through the front-ends, by wrk: 3 catalogs, 2 order servers and 2 front-ends with the settings they have by default, beside what a team ' +
        'would write instead: NestJS on Fastify in two processes over PostgreSQL with a synchronous standby, one conditional statement a sale with ' +
        'its order under a unique key, no cache and no log. Shops that are not being measured are stopped meanwhile (SIGSTOP). ' +
        'The processor time is that of all processes of a shop, PostgreSQL’s included.',
      'Exchanges and syncs are counted with strace, of single sales of a book that no cache holds; what goes on without buyers is taken off.',
    ],
    tables: [
      overview(measured),
      ...measured.workloads.map((each) => tableOf(each.title, each.results)),
      ...(measured.overloads.some(({ length }) => length > 0) ? [overloadTable(measured)] : []),
    ],
    plots: [],
    raw: measured,
  };
}

/** What stands in the README: one row for each promise, each shop a column, then the first Bazar beside NestJS + PostgreSQL. */
function overview(measured: Measured): Table {
  const { shops, workloads, counts, idle, overloads } = measured;
  const rowsOf = (
    part: string,
    rows: readonly (readonly [string, (result: Result) => Spread])[],
  ): string[][] =>
    workloads
      .filter((each) => each.part === part)
      .flatMap(({ results }) => rows.map(([name, of]) => comparison(name, results.map(of))));
  const rate = ({ perSecond }: Result): Spread => perSecond;
  const cpuMs = ({ cpuUs: { median, lowest, highest } }: Result): Spread => ({
    median: median / 1_000,
    lowest: lowest / 1_000,
    highest: highest / 1_000,
  });
  const whenMeasured = (name: string, spreads: readonly Spread[]): string[][] =>
    spreads.some(({ median }) => Number.isFinite(median)) ? [comparison(name, spreads)] : [];
  return {
    title: 'Beside NestJS + PostgreSQL',
    columns: ['', ...[...shops.slice(1), ...shops.slice(0, 1)], 'ratio'],
    rows: [
      ...rowsOf('one-client', [
        ['a sale, one client, p50 ms', ({ p50Ms }) => p50Ms],
        ['a sale, one client, p99 ms', ({ p99Ms }) => p99Ms],
        ['CPU of all processes for it, ms', cpuMs],
      ]),
      ...rowsOf('hot-book', [['sales a second, one hot book', rate]]),
      ...rowsOf('many-books', [
        ['sales a second, 1,000 books', rate],
        ['their p99, ms', ({ p99Ms }) => p99Ms],
        ['CPU of all processes for one, ms', cpuMs],
      ]),
      ...rowsOf('sold-out', [
        ['refused buys a second of a sold-out book', rate],
        ['CPU of all processes for one, ms', cpuMs],
      ]),
      ...rowsOf('look-ups', [['look-ups a second', rate]]),
      ...rowsOf('90-look-ups', [
        ['90 % look-ups, 10 % sales, requests a second', rate],
        ['CPU of all processes for a request, ms', cpuMs],
      ]),
      ...rowsOf('99-look-ups', [['99 % look-ups, 1 % sales, requests a second', rate]]),
      ...whenMeasured(
        'exchanges between processes for a sale',
        counts.map(({ exchanges }) => spreadOf([exchanges])),
      ),
      ...whenMeasured(
        'syncs of all disks for a sale',
        counts.map(({ syncs }) => spreadOf([syncs])),
      ),
      ...whenMeasured(
        'idle, all processes, % of a core',
        idle.map((shares) => spreadOf(shares.map((share) => share * 100))),
      ),
      ...whenMeasured(
        'sold at twice the load it can bear, share of its best',
        overloads.map((each) => spreadOfOverload(each, ({ sold, best }) => sold / best)),
      ),
    ],
  };
}

/** `spreads`: NestJS + PostgreSQL first. */
function comparison(name: string, spreads: readonly Spread[]): string[] {
  const [peer, ...others] = spreads;
  const ratio = (others[0]?.median ?? NaN) / (peer?.median ?? NaN);
  return [name, ...[...others, ...(peer === undefined ? [] : [peer])].map(shownSpread), shown(ratio)];
}

function overloadTable({ shops, overloads }: Measured): Table {
  const figures: readonly (readonly [string, (each: Overload) => number])[] = [
    ['best, a second', ({ best }) => best],
    ['sold, a second', ({ sold }) => sold],
    ['p99 ms', ({ soldP99Ms }) => soldP99Ms],
    ['refused (503), a second', ({ refused }) => refused],
    ['p99 ms of a refusal', ({ refusedP99Ms }) => refusedP99Ms],
    ['failed, a second', ({ failed }) => failed],
    ['p50 ms at half its best, before', ({ calmP50Ms }) => calmP50Ms],
    ['first second after', ({ afterP50Ms }) => afterP50Ms[0]],
    ['second second after', ({ afterP50Ms }) => afterP50Ms[1]],
    ['failed in these two', ({ afterFailed }) => afterFailed],
  ];
  return {
    title: 'Twice the load it can bear, at a steady rate whether or not there are answers',
    columns: ['', ...figures.map(([name]) => name)],
    rows: shops.map((name, index) => [
      name,
      ...figures.map(([, of]) => shownSpread(spreadOfOverload(overloads[index] ?? [], of))),
    ]),
  };
}
