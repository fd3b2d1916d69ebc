import { ADMIN_TOKEN, type Layout } from '../../test/support/layout.js';
import { createBooks, FIRST_BOOK, ordinaryBook } from '../books.js';
import { Bookstore } from '../bookstore.js';
import { loadOf } from '../clients.js';
import { shownSpread, spreadOf } from '../figures.js';
import { Requester } from '../requester.js';
import { inTurn, type Load, type Result, type Run, type Scenario, type Section, type Table } from '../run.js';

/** The books of the original's catalogue. */
const BOOKS = 7;
/** One look-up in so many is of an invalid id. */
const INVALID = 3;
/** One price changes in so many look-ups. */
const CHANGED = 10;

export const original: Scenario = { name: 'original', run: originalTables };

const SHAPES: readonly (Layout & { readonly name: string })[] = [
  {
    name: 'V1: caches off, one of each',
    catalogs: 1,
    orders: 1,
    frontEnds: 1,
    settings: { LOOKUP_CACHE_SIZE: '0', SEARCH_CACHE_SIZE: '0' },
  },
  {
    name: 'V2: caches of 3 and 10, two replicas',
    catalogs: 2,
    orders: 2,
    frontEnds: 1,
    settings: { LOOKUP_CACHE_SIZE: '3', SEARCH_CACHE_SIZE: '10' },
  },
  { name: 'defaults: three replicas', catalogs: 3, orders: 2, frontEnds: 1 },
];

/**
 * The original's own figures, one request at a time, as the design notes (stack.md, "The original, run here") quote them. They have
 * look-ups and sales alone; "some invalidations" its own README left empty.
 */
const QUOTED: Table = {
  title: 'The original, as quoted (ms)',
  columns: ['', 'its V1', 'its V2'],
  rows: [
    ['look-ups, valid ids', '6.6', '4.7'],
    ['look-ups, some invalid ids', 'not quoted', 'not quoted'],
    ['look-ups, some invalidations', 'left empty in its README', 'left empty in its README'],
    ['sales', '15', '31'],
  ],
};

interface Kind {
  readonly name: string;
  /** What comes between, and is not timed. */
  before?(shop: Shop, turn: number): Promise<void>;
  ask(shop: Shop, turn: number): Promise<boolean>;
}

const KINDS: readonly Kind[] = [
  { name: 'look-ups, valid ids', ask: (shop) => shop.lookup(anyBook(), 200) },
  { name: 'look-ups, some invalid ids', ask: (shop, turn) => someInvalid(shop, turn) },
  {
    name: 'look-ups, some invalidations',
    before: async (shop, turn) => {
      if (turn % CHANGED === 0) await shop.changePrice(anyBook(), turn);
    },
    ask: (shop) => shop.lookup(anyBook(), 200),
  },
  { name: 'sales', ask: (shop) => shop.buy(FIRST_BOOK + anyBook() - 1) },
];

const anyBook = (): number => 1 + Math.floor(Math.random() * BOOKS);

function someInvalid(shop: Shop, turn: number): Promise<boolean> {
  if (turn % INVALID !== 0) return shop.lookup(anyBook(), 200);
  return turn % 2 === 0 ? shop.lookup('test', 422) : shop.lookup(99, 404);
}

/** A buyer, and the shopkeeper, at a front-end. */
class Shop {
  private readonly requester: Requester;

  constructor(address: string) {
    this.requester = new Requester(address, ADMIN_TOKEN);
  }

  lookup(id: number | string, expected: number): Promise<boolean> {
    return this.requester.ask('GET', `/lookup/${id}`, [expected]);
  }

  buy(id: number): Promise<boolean> {
    return this.requester.ask('PUT', `/buy/${id}`, [200]);
  }

  async changePrice(id: number, turn: number): Promise<void> {
    const changed = await this.requester.ask('PATCH', `/books/${id}`, [200], { price: 10 + (turn % 100) });
    if (!changed) throw new Error(`the price of book ${id} could not be changed`);
  }

  end(): Promise<void> {
    return this.requester.end();
  }
}

async function originalTables(run: Run): Promise<Section> {
  const stores: { name: string; store: Bookstore; shop: Shop }[] = [];
  try {
    for (const shape of SHAPES) {
      run.progress(`starting ${shape.name}`);
      const store = await Bookstore.start(shape);
      stores.push({ name: shape.name, store, shop: new Shop(store.frontEnd().address) });
      await createBooks(store.catalog().address, BOOKS, ordinaryBook, () => undefined);
    }
    const results = new Map<Kind, readonly Result[]>();
    for (const kind of KINDS) {
      const contestants = stores.map(({ name, store, shop }) => ({
        name,
        pids: store.roles.map(({ pid }) => pid),
        measure: (seconds: number) => oneAtATime(kind, shop, seconds),
      }));
      results.set(kind, await inTurn(run, kind.name, contestants));
    }
    return {
      title: "The original's tables",
      text: [
        `One request at a time over one connection, ${BOOKS} books, all processes on this machine. One look-up in ${INVALID} is of an invalid id; ` +
          `one price changes in ${CHANGED} look-ups (what the change itself takes is not counted).`,
        "The original's own figures are those that the design notes quote (stack.md), measured there, on another day: they tell the order of magnitude.",
      ],
      tables: [
        tableOfShapes('Bazar (mean ms)', results, ({ rounds }) =>
          spreadOf(rounds.map(({ perSecond }) => 1_000 / perSecond)),
        ),
        QUOTED,
        tableOfShapes('Bazar (p99 ms)', results, ({ p99Ms }) => p99Ms),
      ],
      plots: [],
      raw: Object.fromEntries([...results].map(([{ name }, each]) => [name, each])),
    };
  } finally {
    for (const { store, shop } of stores) {
      await shop.end();
      await store.end();
    }
  }
}

function tableOfShapes(
  title: string,
  results: ReadonlyMap<Kind, readonly Result[]>,
  of: (result: Result) => Result['p99Ms'],
): Table {
  return {
    title,
    columns: ['', ...SHAPES.map(({ name }) => name)],
    rows: [...results].map(([{ name }, each]) => [
      name,
      ...each.map(
        (result) => shownSpread(of(result)) + (result.failures > 0 ? `, ${result.failures} failed` : ''),
      ),
    ]),
  };
}

async function oneAtATime(kind: Kind, shop: Shop, seconds: number): Promise<Load> {
  const until = performance.now() + seconds * 1_000;
  const latencies: number[] = [];
  let failures = 0;
  for (let turn = 1; performance.now() < until; turn += 1) {
    await kind.before?.(shop, turn);
    const before = performance.now();
    if (!(await kind.ask(shop, turn))) failures += 1;
    latencies.push(performance.now() - before);
  }
  return loadOf(
    latencies,
    latencies.reduce((sum, each) => sum + each, 0),
    failures,
  );
}
