import { randomBytes } from 'node:crypto';
import { type BookMaker } from '../books.js';
import { Bookstore } from '../bookstore.js';
import { shownSpread, spreadOf } from '../figures.js';
import { keptBooks } from '../kept-books.js';
import { type Run, type Scenario, type Section } from '../run.js';
import { dearestRequests } from '../stalls/dearest-requests.js';
import { askRaw, Probe } from '../stalls/probe.js';

export const stalls: Scenario = { name: 'stalls', run: measureStalls };

const BOOKS = 10_000;
const QUICK_BOOKS = 1_000;

const FIRST_WORDS = [
  'distributed',
  'forgotten',
  'practical',
  'northern',
  'concurrent',
  'illustrated',
  'modern',
];
const LAST_WORDS = ['systems', 'gardens', 'histories', 'machines', 'languages', 'mountains', 'algorithms'];
const TOPICS = 500;

/** Titles of words that many books share, so that a search meets long lists. */
const wordyBook: BookMaker = (index) => ({
  title: `The ${wordAt(FIRST_WORDS, index)} ${wordAt(LAST_WORDS, index * 3)} of ${wordAt(LAST_WORDS, index * 5 + 1)}, volume ${index}`,
  topic: `Subject ${index % TOPICS}`,
});

const wordAt = (words: readonly string[], at: number): string => words[at % words.length] ?? '';

/** Worst waits of somebody else, in milliseconds, one for each round. */
interface Row {
  readonly path: string;
  readonly request: string;
  readonly status: number;
  readonly waits: readonly (readonly number[])[];
}

async function measureStalls(run: Run): Promise<Section> {
  const lay = await keptBooks(run, wordyBook, run.quick ? QUICK_BOOKS : BOOKS);
  const bookstore = await Bookstore.start(
    {
      catalogs: 1,
      orders: 1,
      frontEnds: 1,
      settings: {
        NODE_ENV: 'production',
        CLUSTER_SECRET: randomBytes(32).toString('base64url'),
        ADMIN_TOKEN: randomBytes(32).toString('base64url'),
      },
    },
    {},
    lay,
  );
  const [catalog, order, frontEnd] = bookstore.roles;
  if (catalog === undefined || order === undefined || frontEnd === undefined)
    throw new Error('roles are missing');
  const probes = [frontEnd, order, catalog].map(({ address }) => new Probe(address));
  try {
    const nothing = { path: 'nothing', request: 'for 50 ms', text: null };
    const rows: Row[] = [];
    for (const { path, request, text } of [nothing, ...dearestRequests()]) {
      run.progress(`${path}: ${request}`);
      const waits: number[][] = [];
      let status = 0;
      for (let round = 0; round < run.rounds; round += 1) {
        for (const probe of probes) probe.forget();
        if (text !== null) status = await askRaw(frontEnd.address, text);
        else await new Promise((resolve) => setTimeout(resolve, 50));
        // One that was sent meanwhile may still wait.
        waits.push(await Promise.all(probes.map((probe) => probe.worst())));
      }
      rows.push({ path, request, status, waits });
    }
    return sectionOf(rows, run);
  } finally {
    for (const probe of probes) probe.end();
    await bookstore.end();
  }
}

function sectionOf(rows: readonly Row[], run: Run): Section {
  const of = (waits: Row['waits'], role: number): string =>
    shownSpread(spreadOf(waits.map((each) => each[role] ?? NaN)));
  return {
    title: 'Stalls',
    text: [
      `What the dearest request of an anonymous client does to everybody else: the longest that \`GET /health/live\`, asked each millisecond ` +
        `over another connection, waits while it is answered. A front-end, an order server and a catalog of ` +
        `${run.quick ? QUICK_BOOKS : BOOKS} books, NODE_ENV=production, settings as by default. Each request ${run.rounds} times, the first one cold.`,
    ],
    tables: [
      {
        title: 'Longest wait of somebody else, ms',
        columns: ['path', 'request', 'status', 'front-end', 'order server', 'catalog'],
        rows: rows.map(({ path, request, status, waits }) => [
          path,
          request,
          status === 0 ? '' : String(status),
          of(waits, 0),
          of(waits, 1),
          of(waits, 2),
        ]),
      },
    ],
    plots: [],
    raw: rows,
  };
}
