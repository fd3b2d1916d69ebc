import { FIRST_BOOK, ordinaryBook, submit } from '../books.js';
import { Bookstore, type RoleAtWork } from '../bookstore.js';
import { shownCount, shownSpread, type Spread, spreadOf } from '../figures.js';
import { keptBooks } from '../kept-books.js';
import { type Run, type Scenario, type Section } from '../run.js';

const SIZES = [7, 1_000, 100_000, 1_000_000];
const QUICK_SIZES = [7, 10_000];
const REPLICAS = 3;
const MISSED = [0, 100, 1_000];
const QUICK_MISSED = [0, 100];
const CHANGES_AT_A_TIME = 50;
/** Each takes seconds, and they lie close together. */
const MOST_ROUNDS = 3;
const QUICK_ROUNDS = 1;

export const catchUps: Scenario = { name: 'growth-catch-up', run: measureCatchUps };

interface CaughtUp {
  readonly books: number;
  readonly missed: number;
  readonly readyMs: Spread;
}

async function measureCatchUps(run: Run): Promise<Section> {
  const missed = run.quick ? QUICK_MISSED : MISSED;
  const measured: CaughtUp[] = [];
  for (const books of run.quick ? QUICK_SIZES : SIZES)
    measured.push(...(await catchUpsOf(run, books, missed)));
  const sizes = [...new Set(measured.map(({ books }) => books))];
  return {
    title: 'Growth: a replica that was away',
    text: [
      `One of ${REPLICAS} replicas is killed, misses so many changes of as many books, and is started again: from the start of the process until it is ready, in ms.`,
    ],
    tables: [
      {
        title: 'Ready again after ms',
        columns: ['books', ...missed.map((changes) => `${shownCount(changes)} missed`)],
        rows: sizes.map((books) => [
          shownCount(books),
          ...measured.filter((each) => each.books === books).map(({ readyMs }) => shownSpread(readyMs)),
        ]),
      },
    ],
    plots: [
      {
        name: 'growth-catch-up',
        title: 'A replica that was away is ready again',
        x: { label: 'books', scale: 'log' },
        y: { label: 'ms after its start', scale: 'log' },
        series: missed.map((changes) => ({
          name: `${shownCount(changes)} changes missed`,
          points: measured
            .filter((each) => each.missed === changes)
            .map(({ books, readyMs }) => ({
              x: books,
              y: readyMs.median,
              low: readyMs.lowest,
              high: readyMs.highest,
            })),
        })),
      },
    ],
    raw: measured,
  };
}

async function catchUpsOf(run: Run, books: number, missed: readonly number[]): Promise<CaughtUp[]> {
  const prepare = await keptBooks(run, ordinaryBook, books, REPLICAS);
  run.progress(`starting ${REPLICAS} replicas of ${shownCount(books)} books`);
  const store = await Bookstore.start({ catalogs: REPLICAS, orders: 0, frontEnds: 0 }, {}, prepare);
  try {
    const measured: CaughtUp[] = [];
    const rounds = run.quick ? QUICK_ROUNDS : Math.min(run.rounds, MOST_ROUNDS);
    for (const changes of missed) {
      const tookMs: number[] = [];
      for (let round = 0; round < rounds; round += 1) {
        run.progress(`${shownCount(books)} books, ${changes} changes missed, round ${round + 1}`);
        tookMs.push(await catchUp(store, books, changes));
      }
      measured.push({ books, missed: changes, readyMs: spreadOf(tookMs) });
    }
    return measured;
  } finally {
    await store.end();
  }
}

async function catchUp(store: Bookstore, books: number, changes: number): Promise<number> {
  const last = store.catalogs.at(-1) ?? store.catalog();
  await last.kill();
  await change(store.catalog(), books, changes);
  const started = performance.now();
  last.start();
  await last.ready();
  return performance.now() - started;
}

let changed = 0;

async function change(catalog: RoleAtWork, books: number, changes: number): Promise<void> {
  const ids = Array.from({ length: changes }, (_, index) => FIRST_BOOK + (index % books));
  for (let first = 0; first < changes; first += CHANGES_AT_A_TIME) {
    const operations = ids.slice(first, first + CHANGES_AT_A_TIME).map((bookId) => {
      changed += 1;
      const operation = { kind: 'restock', operationId: `missed:${changed}`, copies: 1 } as const;
      return { bookId, operation };
    });
    await submit(catalog.address, operations);
  }
}
