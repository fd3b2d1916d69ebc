import { createBooks, FIRST_BOOK, ordinaryBook } from '../books.js';
import { Bookstore, type RoleAtWork } from '../bookstore.js';
import { clients } from '../clients.js';
import { shownSpread, type Spread, spreadOf } from '../figures.js';
import {
  type Contestant,
  inTurn,
  residentBytes,
  type Result,
  type Run,
  type Scenario,
  type Section,
} from '../run.js';
import { Seller } from '../seller.js';
import { hasWrk, wrkAll } from '../wrk.js';

const REPLICAS = [1, 2, 3, 4, 5];
const FRONT_ENDS = [1, 2, 4, 8];
const QUICK_REPLICAS = [1, 3];
const QUICK_FRONT_ENDS = [1, 2];
const BOOKS = 100;
const CONNECTIONS = 64;
const CLIENTS = 50;
const MB = 2 ** 20;

export const replicas: Scenario = { name: 'growth-replicas', run: measureReplicas };
export const frontEnds: Scenario = { name: 'growth-front-ends', run: measureFrontEnds };

/** So many processes of a role, each count in a bookstore of its own. */
interface Counted {
  readonly count: number;
  readonly results: readonly Result[];
  /** Of each process of the role, at the end. */
  readonly megabytes: Spread;
}

async function measureReplicas(run: Run): Promise<Section> {
  const counted: Counted[] = [];
  for (const count of run.quick ? QUICK_REPLICAS : REPLICAS) {
    run.progress(`starting ${count} replicas`);
    const store = await Bookstore.start({ catalogs: count, orders: 0, frontEnds: 0 });
    try {
      await createBooks(store.catalog().address, BOOKS, ordinaryBook, () => undefined);
      const seller = new Seller(store.catalog());
      const sell = (): Promise<boolean> => seller.sell(FIRST_BOOK + Math.floor(Math.random() * BOOKS));
      const sales = (clientCount: number): Contestant => ({
        name: clientCount === 1 ? 'one client' : `${clientCount} clients`,
        pids: store.catalogs.map(({ pid }) => pid),
        measure: (seconds) => clients(clientCount, seconds, sell),
      });
      // The many first: they have the replicas compile their code in a moment, one alone would take minutes.
      const results = await inTurn(run, `${count} replicas`, [sales(CLIENTS), sales(1)]);
      counted.push({ count, results, megabytes: megabytesOf(store.catalogs) });
      seller.end();
    } finally {
      await store.end();
    }
  }
  return sectionOf({
    title: 'Growth: replicas',
    text: `Sales of ${BOOKS} books, handed to one catalog; all replicas on this machine share its cores.`,
    what: 'replicas',
    counted,
  });
}

async function measureFrontEnds(run: Run): Promise<Section> {
  const title = 'Growth: front-ends';
  if (!hasWrk()) {
    const text = ['wrk is not installed (`apt-get install wrk`): left out.'];
    return { title, text, tables: [], plots: [], raw: null };
  }
  const counted: Counted[] = [];
  for (const count of run.quick ? QUICK_FRONT_ENDS : FRONT_ENDS) {
    run.progress(`starting ${count} front-ends`);
    const store = await Bookstore.start({ catalogs: 1, orders: 1, frontEnds: count });
    try {
      const urls = store.frontEnds.map(({ address }) => `${address}/lookup/2`);
      const lookups: Contestant = {
        name: 'cached look-ups',
        pids: store.frontEnds.map(({ pid }) => pid),
        measure: (seconds) => wrkAll(urls, seconds, () => ({ connections: CONNECTIONS / count })),
      };
      const results = await inTurn(run, `${count} front-ends`, [lookups]);
      counted.push({ count, results, megabytes: megabytesOf(store.frontEnds) });
    } finally {
      await store.end();
    }
  }
  return sectionOf({
    title,
    text: `Cached look-ups by ${CONNECTIONS} connections in all, one wrk for each front-end; they share the cores with those that ask. The worst p50 and p99 of a front-end count.`,
    what: 'front-ends',
    counted,
  });
}

function megabytesOf(roles: readonly RoleAtWork[]): Spread {
  return spreadOf(roles.map(({ pid }) => residentBytes(pid) / MB));
}

function sectionOf({
  title,
  text,
  what,
  counted,
}: {
  readonly title: string;
  readonly text: string;
  readonly what: string;
  readonly counted: readonly Counted[];
}): Section {
  const kinds = counted[0]?.results.map(({ name }) => name) ?? [];
  return {
    title,
    text: [text],
    tables: kinds.map((kind, at) => ({
      title: kind,
      columns: [what, 'a second', 'p50 ms', 'p99 ms', 'CPU µs each', 'MB of each process', 'failures'],
      rows: counted.flatMap(({ count, results, megabytes }) => {
        const result = results[at];
        if (result === undefined) return [];
        const { perSecond, p50Ms, p99Ms, cpuUs, failures } = result;
        return [
          [String(count), ...[perSecond, p50Ms, p99Ms, cpuUs, megabytes].map(shownSpread), String(failures)],
        ];
      }),
    })),
    plots: [
      {
        name: `growth-${what}`,
        title: `${title}, a second`,
        x: { label: what, scale: 'log' },
        y: { label: 'a second', scale: 'log' },
        series: kinds.map((kind, at) => ({
          name: kind,
          points: counted.flatMap(({ count, results }) => {
            const { median, lowest, highest } = results[at]?.perSecond ?? spreadOf([]);
            return [{ x: count, y: median, low: lowest, high: highest }];
          }),
        })),
      },
    ],
    raw: counted,
  };
}
