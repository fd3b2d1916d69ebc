import { type BookMaker, distinctBook, FIRST_BOOK, ordinaryBook } from '../books.js';
import { Bookstore } from '../bookstore.js';
import { clients } from '../clients.js';
import { shown, shownCount, shownSpread, type Spread, spreadOf } from '../figures.js';
import { type Plot } from '../plot.js';
import { Requester } from '../requester.js';
import {
  inTurn,
  residentBytes,
  type Result,
  type Run,
  type Scenario,
  type Section,
  type Table,
} from '../run.js';
import { Seller } from '../seller.js';
import { keptBooks } from '../kept-books.js';

const SIZES = [7, 1_000, 100_000, 1_000_000];
const QUICK_SIZES = [7, 10_000];
const QUICK = { rounds: 1, seconds: 0.5 };
const STARTS = 3;
const QUICK_STARTS = 1;
/** Sales are spread among so many books, which lie all over the file. */
const POPULAR = 1_000;
const MB = 2 ** 20;

interface Shelf {
  readonly title: string;
  readonly make: BookMaker;
  /** What is searched for. Not one of them is found in the seven books that are always there. */
  readonly searches: Readonly<Record<string, string>>;
}

export const sharedTopics: Scenario = {
  name: 'growth-shared-topics',
  run: (run) =>
    measureGrowth(run, {
      title: 'Growth: books that share topics',
      make: ordinaryBook,
      searches: {
        'search, few match': 'rare matter 5',
        'search, many match': 'common subject',
        'search, one letter': 'm',
        'search, several words': 'common subject 7',
      },
    }),
};

/** What is hard for a search by a part of the topic. */
export const ownTopics: Scenario = {
  name: 'growth-own-topics',
  run: (run) =>
    measureGrowth(run, {
      title: 'Growth: a topic for each book',
      make: distinctBook,
      searches: {
        'search, few match': 'and rarities',
        'search, many match': 'history of matter',
        'search, one letter': 'm',
        'search, several words': 'matter number 77',
      },
    }),
};

/** A catalog with so many books, alone. */
interface Size {
  readonly books: number;
  readonly store: Bookstore;
  readonly seller: Seller;
  readonly requester: Requester;
  readonly readyMs: Spread;
  readonly megabytes: number;
}

interface Asked {
  readonly kind: string;
  /** One for each size. */
  readonly results: readonly Result[];
}

async function measureGrowth(run: Run, shelf: Shelf): Promise<Section> {
  const sizes: Size[] = [];
  try {
    for (const books of run.quick ? QUICK_SIZES : SIZES) sizes.push(await openSize(run, shelf, books));
    const asked: Asked[] = [];
    for (const [kind, ask] of Object.entries(asksOf(shelf))) {
      const contestants = sizes.map((size) => ({
        name: `${shownCount(size.books)} books`,
        pids: [size.store.catalog().pid],
        measure: (seconds: number) => clients(1, seconds, () => ask(size)),
      }));
      const short = run.quick ? { ...run, ...QUICK } : run;
      asked.push({ kind, results: await inTurn(short, kind, contestants) });
    }
    const processes = sizes.map(({ books, store, readyMs, megabytes }) => ({
      books,
      readyMs,
      megabytes,
      megabytesAfter: residentBytes(store.catalog().pid) / MB,
    }));
    return {
      title: shelf.title,
      text: [
        'One catalog with so many books beside the seven that are always there, and one client: from a request to the next. A search asks for its first page of 100. ' +
          `Look-ups are of any book. Sales are of ${POPULAR} books that lie all over the file; a sale of any book is, where there are many, mostly the first ` +
          'write of that book since the start, which costs a check (W1) and its sync besides.',
      ],
      tables: [
        askedTable('From a request to its answer, p50 ms', sizes, asked, ({ p50Ms }) => p50Ms),
        askedTable('p99 ms', sizes, asked, ({ p99Ms }) => p99Ms),
        askedTable("The catalog's processor time for each, µs", sizes, asked, ({ cpuUs }) => cpuUs),
        {
          title: 'The process',
          columns: ['books', 'ready after ms', 'MB then', 'MB after all this'],
          rows: processes.map((each) => [
            shownCount(each.books),
            shownSpread(each.readyMs),
            shown(each.megabytes),
            shown(each.megabytesAfter),
          ]),
        },
      ],
      plots: [plotOf(shelf, sizes, asked)],
      raw: { asked, processes },
    };
  } finally {
    for (const { store, seller, requester } of sizes) {
      seller.end();
      await requester.end();
      await store.end();
    }
  }
}

async function openSize(run: Run, shelf: Shelf, books: number): Promise<Size> {
  const prepare = await keptBooks(run, shelf.make, books);
  run.progress(`starting with ${books} books`);
  const store = await Bookstore.start({ catalogs: 1, orders: 0, frontEnds: 0 }, {}, prepare);
  const catalog = store.catalog();
  const starts: number[] = [];
  for (let start = 0; start < (run.quick ? QUICK_STARTS : STARTS); start += 1) {
    await catalog.end();
    const began = performance.now();
    catalog.start();
    await catalog.ready();
    starts.push(performance.now() - began);
  }
  return {
    books,
    store,
    seller: new Seller(catalog),
    requester: new Requester(catalog.address, catalog.secret),
    readyMs: spreadOf(starts),
    megabytes: residentBytes(catalog.pid) / MB,
  };
}

function asksOf({ searches }: Shelf): Readonly<Record<string, (size: Size) => Promise<boolean>>> {
  const any = ({ books }: Size): number => FIRST_BOOK + Math.floor(Math.random() * books);
  const popular = ({ books }: Size): number => {
    const count = Math.min(POPULAR, books);
    return FIRST_BOOK + Math.floor(Math.floor(Math.random() * count) * (books / count));
  };
  const search =
    (text: string) =>
    ({ requester }: Size): Promise<boolean> =>
      requester.ask('GET', `/query/topic/${encodeURIComponent(text)}?limit=100`, [200]);
  return {
    'look-up': (size) => size.requester.ask('GET', `/query/item/${any(size)}`, [200]),
    ...Object.fromEntries(Object.entries(searches).map(([kind, text]) => [kind, search(text)])),
    sale: (size) => size.seller.sell(popular(size)),
    'sale of any book': (size) => size.seller.sell(any(size)),
  };
}

function askedTable(
  title: string,
  sizes: readonly Size[],
  asked: readonly Asked[],
  of: (result: Result) => Spread,
): Table {
  return {
    title,
    columns: ['', ...sizes.map(({ books }) => `${shownCount(books)} books`)],
    rows: asked.map(({ kind, results }) => [
      kind,
      ...results.map(
        (result) => shownSpread(of(result)) + (result.failures > 0 ? `, ${result.failures} failed` : ''),
      ),
    ]),
  };
}

function plotOf(shelf: Shelf, sizes: readonly Size[], asked: readonly Asked[]): Plot {
  return {
    name: `growth-${shelf.make.name}`,
    title: shelf.title,
    x: { label: 'books', scale: 'log' },
    y: { label: 'ms: p50, up to p99', scale: 'log' },
    series: asked.map(({ kind, results }) => ({
      name: kind,
      points: results.map(({ p50Ms, p99Ms }, index) => ({
        x: sizes[index]?.books ?? NaN,
        y: p50Ms.median,
        low: p50Ms.median,
        high: p99Ms.median,
      })),
    })),
  };
}
