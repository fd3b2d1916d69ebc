import { createBooks, FIRST_BOOK, ordinaryBook } from '../books.js';
import { Bookstore } from '../bookstore.js';
import { clients } from '../clients.js';
import { BareSales } from '../peers/bare-sales.js';
import { Etcd, hasEtcd } from '../peers/etcd.js';
import { Postgres, postgresPrograms } from '../peers/postgres.js';
import { BareSqlite } from '../peers/sqlite.js';
import { type Plot } from '../plot.js';
import {
  type Contestant,
  inTurn,
  type Load,
  type Result,
  type Run,
  type Scenario,
  type Section,
  tableOf,
} from '../run.js';
import { Seller } from '../seller.js';

const BOOKS = 100;
const REPLICAS = [1, 3];
const WARMING_CLIENTS = 50;
/** As many sales as a catalog groups when it is busy. */
const GROUP = 50;

export const writes: Scenario = { name: 'writes', run: writePath };

interface Workload {
  readonly title: string;
  readonly clients: number;
  /** Sales are spread among so many. */
  readonly books: number;
}

const WORKLOADS: readonly Workload[] = [
  { title: 'one client, many books', clients: 1, books: BOOKS },
  { title: '10 clients, many books', clients: 10, books: BOOKS },
  { title: '50 clients, many books', clients: 50, books: BOOKS },
  { title: '50 clients, one hot book', clients: 50, books: 1 },
];

interface Served {
  readonly store: Bookstore;
  readonly seller: Seller;
  readonly name: string;
  /** Whatever else serves for it. */
  readonly pids: readonly number[];
}

interface Measured {
  readonly workload: Workload;
  readonly results: readonly Result[];
}

async function writePath(run: Run): Promise<Section> {
  const ends: (() => unknown)[] = [];
  const keep = <T extends { end(): unknown }>(started: T): T => {
    ends.unshift(() => started.end());
    return started;
  };
  try {
    const stores: Served[] = [];
    for (const replicas of REPLICAS) {
      const name = replicas === 1 ? 'Bazar, 1 replica' : `Bazar, ${replicas} replicas`;
      stores.push(await serve(run, { name, replicas }, keep));
    }
    const folder = stores[0]?.store.folder ?? '.';
    const sqlite = keep(new BareSqlite(folder, BOOKS));
    const bareSales: BareSales[] = [];
    for (const replicas of REPLICAS) bareSales.push(keep(await BareSales.start(replicas, folder, BOOKS)));
    const etcd = hasEtcd() ? keep(await Etcd.start(folder)) : undefined;
    const postgres = await withPostgres(folder, keep);
    if (postgres !== undefined) stores.push(await serveOn(postgres, run, keep));
    await warm(run, stores, bareSales);
    const measured: Measured[] = [];
    for (const workload of WORKLOADS) {
      const contestants = [
        ...stores.map((each) => bazar(each, workload)),
        bareLimit(sqlite, workload),
        ...(workload.clients === 1 ? bareSales.map((each) => bareProcesses(each, workload)) : []),
        ...(etcd === undefined ? [] : [etcdPeer(etcd, workload)]),
        ...(postgres === undefined ? [] : [postgresPeer(postgres, workload)]),
      ];
      measured.push({ workload, results: await inTurn(run, workload.title, contestants) });
    }
    return {
      title: 'Write path',
      text: [
        'Durable sales: each answer stands for a copy sold, on the disks of a majority. The catalogs are asked as an order server ' +
          'asks them (its own batcher and client, in this process), etcd over its JSON gateway from this process, PostgreSQL by pgbench. ' +
          'Nobody has a core of its own.',
        ...leftOut(etcd, postgres),
        timeOfThree(measured[0]?.results ?? []),
      ],
      tables: measured.map(({ workload, results }) => tableOf(workload.title, results)),
      plots: [plotOf(measured)],
      raw: measured,
    };
  } finally {
    for (const end of ends) await end();
  }
}

function leftOut(etcd: Etcd | undefined, postgres: Postgres | undefined): string[] {
  const left: string[] = [];
  if (etcd === undefined) left.push('etcd is not installed (`apt-get install etcd-server`): left out.');
  if (postgres === undefined)
    left.push('PostgreSQL is not installed (`apt-get install postgresql`): left out.');
  return left;
}

async function withPostgres(
  folder: string,
  keep: <T extends { end(): unknown }>(started: T) => T,
): Promise<Postgres | undefined> {
  const programs = postgresPrograms();
  return programs === undefined ? undefined : keep(await Postgres.start(programs, folder, BOOKS));
}

async function serveOn(
  postgres: Postgres,
  run: Run,
  keep: <T extends { end(): unknown }>(started: T) => T,
): Promise<Served> {
  const settings = { DATABASE_URL: await postgres.shopDatabase() };
  const name = 'Bazar, 1 catalog on that PostgreSQL';
  return serve(run, { name, replicas: 1, settings, pids: postgres.pids }, keep);
}

interface Serving {
  readonly name: string;
  readonly replicas: number;
  readonly settings?: Readonly<Record<string, string>>;
  readonly pids?: readonly number[];
}

async function serve(
  run: Run,
  { name, replicas, settings = {}, pids = [] }: Serving,
  keep: <T extends { end(): unknown }>(started: T) => T,
): Promise<Served> {
  run.progress(`starting ${name}`);
  const store = keep(await Bookstore.start({ catalogs: replicas, orders: 0, frontEnds: 0, settings }));
  await createBooks(store.catalog().address, BOOKS, ordinaryBook, () => undefined);
  return { store, seller: keep(new Seller(store.catalog())), name, pids };
}

/** Node compiles what runs often, and one client alone takes minutes to run it so often; the other systems came compiled. */
async function warm(run: Run, stores: readonly Served[], bareSales: readonly BareSales[]): Promise<void> {
  const sellers = [
    ...stores.map(
      ({ seller }) =>
        (): Promise<boolean> =>
          seller.sell(FIRST_BOOK),
    ),
    ...bareSales.map((sales) => (): Promise<boolean> => sales.sell(0)),
  ];
  for (const [index, sell] of sellers.entries()) {
    run.progress(`warming, ${index + 1} of ${sellers.length}`);
    await clients(WARMING_CLIENTS, run.quick ? 3 : 10, sell);
  }
}

function anyOf({ books }: Workload): number {
  return Math.floor(Math.random() * books);
}

function bazar({ store, seller, name, pids }: Served, workload: Workload): Contestant {
  return {
    name,
    pids: [...store.catalogs.map(({ pid }) => pid), ...pids],
    measure: (seconds) => clients(workload.clients, seconds, () => seller.sell(FIRST_BOOK + anyOf(workload))),
  };
}

function bareLimit(sqlite: BareSqlite, workload: Workload): Contestant {
  const size = workload.clients === 1 ? 1 : GROUP;
  return {
    name: size === 1 ? 'bare SQLite, a sync for each sale' : `bare SQLite, a sync for ${size} sales`,
    measure: (seconds) => Promise.resolve(bare(sqlite, size, () => anyOf(workload), seconds)),
  };
}

function bareProcesses(sales: BareSales, workload: Workload): Contestant {
  const count = sales.pids.length;
  return {
    name:
      count === 1
        ? 'bare Node and SQLite, 1 process'
        : `bare Node and SQLite, ${count} processes, one hop, no protocol`,
    pids: sales.pids,
    measure: (seconds) => clients(workload.clients, seconds, () => sales.sell(anyOf(workload))),
  };
}

function etcdPeer(etcd: Etcd, workload: Workload): Contestant {
  // A key of its own for each client, or one for all.
  const keyOf = (client: number): string => (workload.books === 1 ? 'hot' : `own-${client}`);
  return {
    name: 'etcd, 3 members, compare-and-swap',
    pids: etcd.pids,
    measure: (seconds) => clients(workload.clients, seconds, (client) => etcd.lower(keyOf(client))),
  };
}

function postgresPeer(postgres: Postgres, workload: Workload): Contestant {
  return {
    name: 'PostgreSQL with a synchronous standby (pgbench)',
    measure: (seconds) => postgres.load(workload.clients, workload.books, seconds),
  };
}

/** Beside the same ratio without any protocol: what a hop and syncs at the same time cost on this machine. */
function timeOfThree(results: readonly Result[]): string {
  const times = (start: string): string => {
    const [one, three] = results.filter(({ name }) => name.startsWith(start));
    return ((three?.p50Ms.median ?? NaN) / (one?.p50Ms.median ?? NaN)).toFixed(2);
  };
  return (
    `One client: a sale on 3 replicas takes ${times('Bazar')} times as long as on 1 (p50); ` +
    `bare Node and SQLite, three processes to one, ${times('bare Node')} times.`
  );
}

/** In this thread: nothing else runs meanwhile. */
function bare(sqlite: BareSqlite, size: number, any: () => number, seconds: number): Load {
  const started = performance.now();
  const latencies: number[] = [];
  while (performance.now() - started < seconds * 1_000) {
    const before = performance.now();
    sqlite.sell(Array.from({ length: size }, any));
    latencies.push(performance.now() - before);
  }
  latencies.sort((a, b) => a - b);
  const answers = latencies.length * size;
  return {
    perSecond: (answers * 1_000) / (performance.now() - started),
    p50Ms: latencies[Math.floor(latencies.length / 2)] ?? NaN,
    p99Ms: latencies[Math.floor(latencies.length * 0.99)] ?? NaN,
    answers,
    failures: 0,
  };
}

function plotOf(measured: readonly Measured[]): Plot {
  const many = measured.filter(({ workload }) => workload.books > 1);
  const names = (many[0]?.results ?? []).map(({ name }) => name).filter((name) => !name.startsWith('bare'));
  return {
    name: 'sales-by-clients',
    title: 'Durable sales a second, many books',
    x: { label: 'clients', scale: 'log' },
    y: { label: 'a second', scale: 'log' },
    series: names.map((name) => ({
      name,
      points: many.flatMap(({ workload, results }) => {
        const result = results.find((each) => each.name === name);
        if (result === undefined) return [];
        const { median, lowest, highest } = result.perSecond;
        return [{ x: workload.clients, y: median, low: lowest, high: highest }];
      }),
    })),
  };
}
