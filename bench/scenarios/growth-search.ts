import { type BookMaker, wordedBook, WORDS, wordOfRank } from '../books.js';
import { Bookstore } from '../bookstore.js';
import { clients } from '../clients.js';
import { shown, shownCount, shownSpread, type Spread } from '../figures.js';
import { keptBooks } from '../kept-books.js';
import { Requester } from '../requester.js';
import { inTurn, residentBytes, type Result, type Run, type Scenario, type Section } from '../run.js';

const SIZES = [1_000, 100_000, 1_000_000];
const QUICK_SIZES = [10_000];
const MB = 2 ** 20;
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

/** Searches of books through a front-end that keeps none of them, each time with other words. */
export const searches: Scenario = { name: 'growth-search', run: measureSearches };

/** The vocabulary follows Zipf's law: rank 0 stands in a quarter of the titles, ranks from RARE on in a few of a million. */
const FREQUENT = 100;
const RARE = WORDS / 2;

const QUERIES: Readonly<Record<string, () => string>> = {
  'a rare word': () => `q=${wordBetween(RARE, WORDS)}`,
  'a common word': () => `q=${wordBetween(0, FREQUENT)}`,
  'the commonest word': () => `q=${wordOfRank(0)}`,
  'one letter': () => `q=${LETTERS[whole(LETTERS.length)] ?? ''}`,
  'two letters': () => `q=${wordBetween(0, WORDS).slice(0, 2)}`,
  'two common words': () => `q=${wordBetween(0, FREQUENT)}+${wordBetween(0, FREQUENT)}`,
  'three words, the last as it is typed': () =>
    `q=${wordBetween(0, FREQUENT)}+${wordBetween(0, RARE)}+${wordBetween(0, WORDS).slice(0, 3)}`,
  'a misspelt word': () => `q=${misspelt(wordBetween(0, WORDS))}`,
  'two words, one misspelt': () => `q=${wordBetween(0, FREQUENT)}+${misspelt(wordBetween(0, RARE))}`,
  'no such word': () => `q=${misspelt(misspelt(misspelt(misspelt(wordBetween(0, WORDS)))))}`,
  'a common word, by price': () => `q=${wordBetween(0, FREQUENT)}&sort=price`,
  'a common word, by title': () => `q=${wordBetween(0, FREQUENT)}&sort=title`,
};

async function measureSearches(run: Run): Promise<Section> {
  const sizes = run.quick ? QUICK_SIZES : SIZES;
  const measured: Measured[] = [];
  for (const books of sizes) measured.push(await measureSize(run, wordedBook, books));
  const kinds = Object.keys(QUERIES);
  const columns = ['', ...sizes.map((books) => `${shownCount(books)} books`)];
  return {
    title: 'Growth: finding books',
    text: [
      'The first page of `GET /books?q=` through a front-end that keeps no answers, one catalog, one client: from a request to its answer. ' +
        `Titles of two to seven words out of ${shownCount(WORDS)}, which follow Zipf's law; each request asks for other words.`,
    ],
    tables: [
      {
        title: 'p99 ms',
        columns,
        rows: kinds.map((kind) => [
          kind,
          ...measured.map(({ results }) => shownResult(results.get(kind), ({ p99Ms }) => p99Ms)),
        ]),
      },
      {
        title: 'The longest, ms',
        columns,
        rows: kinds.map((kind) => [kind, ...measured.map(({ longest }) => shown(longest.get(kind) ?? NaN))]),
      },
      {
        title: 'Processor time of front-end and catalog for each, µs',
        columns,
        rows: kinds.map((kind) => [
          kind,
          ...measured.map(({ results }) => shownResult(results.get(kind), ({ cpuUs }) => cpuUs)),
        ]),
      },
      {
        title: 'The catalog',
        columns: ['books', 'ready after ms', 'MB then', 'MB after all this'],
        rows: measured.map(({ books, readyMs, megabytes, megabytesAfter }) => [
          shownCount(books),
          shown(readyMs),
          shown(megabytes),
          shown(megabytesAfter),
        ]),
      },
    ],
    plots: [],
    raw: measured.map(({ results, longest, ...rest }) => ({
      ...rest,
      results: Object.fromEntries(results),
      longest: Object.fromEntries(longest),
    })),
  };
}

interface Measured {
  readonly books: number;
  readonly readyMs: number;
  readonly megabytes: number;
  readonly megabytesAfter: number;
  /** By kind of query. */
  readonly results: ReadonlyMap<string, Result>;
  readonly longest: ReadonlyMap<string, number>;
}

async function measureSize(run: Run, make: BookMaker, books: number): Promise<Measured> {
  const prepare = await keptBooks(run, make, books);
  run.progress(`starting with ${shownCount(books)} books`);
  const settings = { SEARCH_CACHE_SIZE: '0', LOOKUP_CACHE_SIZE: '0' };
  const store = await Bookstore.start({ catalogs: 1, orders: 1, frontEnds: 1, settings }, {}, prepare);
  const requester = new Requester(store.frontEnd().address);
  try {
    const catalog = store.catalog();
    await catalog.end();
    const began = performance.now();
    catalog.start();
    await catalog.ready();
    const readyMs = performance.now() - began;
    await store.frontEnd().ready();
    const megabytes = residentBytes(catalog.pid) / MB;
    const results = new Map<string, Result>();
    const longest = new Map<string, number>();
    for (const [kind, query] of Object.entries(QUERIES)) {
      let isWarm = false;
      const ask = async (): Promise<boolean> => {
        const before = performance.now();
        const isWell = await requester.ask('GET', `/books?${query()}`, [200]);
        if (isWarm) longest.set(kind, Math.max(longest.get(kind) ?? 0, performance.now() - before));
        return isWell;
      };
      await clients(1, run.quick ? 0.5 : 1, ask);
      isWarm = true;
      const contestant = {
        name: kind,
        pids: [catalog.pid, store.frontEnd().pid],
        measure: (seconds: number) => clients(1, seconds, ask),
      };
      const [result] = await inTurn(run, `${shownCount(books)} books, ${kind}`, [contestant], {
        areWarm: true,
      });
      if (result !== undefined) results.set(kind, result);
    }
    return { books, readyMs, megabytes, megabytesAfter: residentBytes(catalog.pid) / MB, results, longest };
  } finally {
    await requester.end();
    await store.end();
  }
}

function shownResult(result: Result | undefined, of: (result: Result) => Spread): string {
  if (result === undefined) return '–';
  return shownSpread(of(result)) + (result.failures > 0 ? `, ${result.failures} failed` : '');
}

const whole = (below: number): number => Math.floor(Math.random() * below);

const wordBetween = (from: number, to: number): string => wordOfRank(from + whole(to - from));

/** One letter is another one. */
function misspelt(word: string): string {
  const at = 1 + whole(word.length - 1);
  return word.slice(0, at) + (LETTERS[whole(LETTERS.length)] ?? '') + word.slice(at + 1);
}
