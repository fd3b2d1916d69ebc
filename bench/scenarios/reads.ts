import { cpus } from 'node:os';
import { Bookstore } from '../bookstore.js';
import { createBooks, FIRST_BOOK, ordinaryBook } from '../books.js';
import { startBare } from '../peers/bare.js';
import { hasNginx, startNginx } from '../peers/nginx.js';
import { type Contestant, inTurn, type Run, type Scenario, type Section, tableOf } from '../run.js';
import { hasWrk, wrk, wrkAll } from '../wrk.js';

/** Two cores: the one that serves, and the one that asks. */
const SERVING = 0;
const ASKING = Math.min(1, cpus().length - 1);
const CONNECTIONS = 64;
/** Ten times as many books as a cache holds: who asks for each in turn finds none there. */
const SIZES = { full: { books: 100_000, cache: 10_000 }, quick: { books: 10_000, cache: 1_000 } };
const PATHS = 20_000;

export const reads: Scenario = { name: 'reads', run: readPath };

async function readPath(run: Run): Promise<Section> {
  if (!hasWrk()) return nothing('wrk is not installed (`apt-get install wrk`): the read path was left out.');
  const { cache } = run.quick ? SIZES.quick : SIZES.full;
  const cores = { frontend: (index: number) => index % cpus().length, catalog: () => ASKING };
  const store = await Bookstore.start(
    { catalogs: 1, orders: 1, frontEnds: cpus().length, settings: { LOOKUP_CACHE_SIZE: String(cache) } },
    cores,
  );
  const ended: (() => Promise<void>)[] = [() => store.end()];
  try {
    const { address, pid } = store.frontEnd();
    const bare = await startBare(`${address}/lookup/2`, store.folder, SERVING);
    ended.unshift(() => bare.running.end());
    const nginx = hasNginx() ? await startNginx(store.catalog(), store.folder, SERVING) : undefined;
    if (nginx !== undefined) ended.unshift(() => nginx.running.end());
    const ask = (url: string) => (seconds: number) =>
      wrk(url, seconds, { connections: CONNECTIONS, core: ASKING });

    const bareNode: Contestant = {
      name: 'bare `node:http`, the same bytes',
      pids: [bare.running.pid],
      measure: ask(bare.url),
    };
    const oneCore: Contestant[] = [
      bareNode,
      { name: 'cached look-up, one front-end', pids: [pid], measure: ask(`${address}/lookup/2`) },
      { name: 'cached search', pids: [pid], measure: ask(`${address}/search/distributed`) },
      { name: 'the same look-up through Nest', pids: [pid], measure: ask(`${address}/lookup/2?`) },
    ];
    if (nginx !== undefined) {
      oneCore.push(
        {
          name: 'nginx `proxy_cache` before the catalog',
          pids: [nginx.running.pid],
          measure: ask(`${nginx.url}/query/item/2`),
        },
        {
          name: "wrk's own limit: nginx `return 200`",
          pids: [nginx.running.pid],
          measure: ask(`${nginx.url}/fixed`),
        },
      );
    }
    await warm([
      ...store.frontEnds.map((each) => `${each.address}/lookup/2`),
      `${address}/search/distributed`,
    ]);
    const single = await inTurn(run, 'one core', oneCore);

    const urls = store.frontEnds.map((each) => `${each.address}/lookup/2`);
    const many: Contestant[] = [
      {
        name: `${urls.length} front-ends, one on each core`,
        pids: store.frontEnds.map((each) => each.pid),
        measure: (seconds) =>
          wrkAll(urls, seconds, (core) => ({ connections: CONNECTIONS / urls.length, core })),
      },
    ];
    if (nginx !== undefined)
      many.unshift({
        name: 'one nginx `proxy_cache` worker',
        pids: [nginx.running.pid],
        measure: ask(`${nginx.url}/query/item/2`),
      });
    const together = await inTurn(run, 'all cores', many);

    const mixed = await mixedReads(run, store);
    return {
      title: 'Read path',
      text: [
        `${CONNECTIONS} connections from one wrk thread on a core of its own; logs (one answer in a thousand), metrics and limits are on. ` +
          'Where the machine has other work, the processor time of an answer says more than the answers a second.',
        ...(nginx === undefined ? ['nginx is not installed (`apt-get install nginx-light`): left out.'] : []),
      ],
      tables: [
        tableOf('One process on one core', single),
        tableOf('All cores', together),
        tableOf('Ids by Zipf, and misses', mixed),
      ],
      plots: [],
      raw: { single, together, mixed },
    };
  } finally {
    for (const end of ended) await end();
  }
}

/** Popular books first, as shops see it (s = 1); all of them are looked up at least by chance. */
async function mixedReads(run: Run, store: Bookstore) {
  const { books: count, cache } = run.quick ? SIZES.quick : SIZES.full;
  const catalog = store.catalog();
  await createBooks(catalog.address, count, ordinaryBook, (done) =>
    run.progress(`${done} of ${count} books`),
  );
  const zipf = zipfIds(count, PATHS).map((rank) => `/lookup/${FIRST_BOOK + rank}`);
  const all = Array.from({ length: PATHS }, (_, at) => `/lookup/${FIRST_BOOK + ((at * 7919) % count)}`);
  const { address, pid } = store.frontEnd();
  const ask = (paths: readonly string[]) => (seconds: number) =>
    wrk(address, seconds, { connections: CONNECTIONS, core: ASKING, paths, folder: store.folder });
  const pids = [pid, catalog.pid];
  return inTurn(run, 'mixed', [
    { name: `Zipf over ${count} books, ${cache} cached`, pids, measure: ask(zipf) },
    { name: 'misses: each look-up another book', pids, measure: ask(all) },
  ]);
}

/** Ranks from 0, drawn with a probability of 1 / (rank + 1); the same ones in each run. */
function zipfIds(count: number, draws: number): number[] {
  const harmonic = Math.log(count) + 0.5772;
  let state = 12_345;
  return Array.from({ length: draws }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    // The inverse of the sum of 1/k, which is close to ln k + 0.5772.
    return Math.min(count - 1, Math.floor(Math.exp((state / 2 ** 31) * harmonic) * 0.5615));
  });
}

async function warm(urls: readonly string[]): Promise<void> {
  // Twice: the first answer fills the cache, if the sessions run already.
  for (let turn = 0; turn < 20; turn += 1) {
    for (const url of urls) await (await fetch(url)).arrayBuffer();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function nothing(text: string): Section {
  return { title: 'Read path', text: [text], tables: [], plots: [], raw: null };
}
