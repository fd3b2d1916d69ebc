import { existsSync, readFileSync } from 'node:fs';
import { type Profiler, Session } from 'node:inspector';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BookstoreInProcess } from '../support/in-process.js';
import { until } from '../support/until.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PAGE = join(ROOT, 'docs/a-purchase.md');
const MOST_FILES = 45;
/** What runs beside a purchase, as renewals of leases, falls into some of them and not into all. */
const PURCHASES = 12;
/** Until a front-end's session runs nobody asks whom a purchase concerns; on a busy machine one begins seconds later. */
const MOST_PURCHASES = 400;
/** Ten milliseconds lie between two, and what runs by itself does so each second at least. */
const MOST_LOOKS = 500;
/** On a busy machine a look takes long itself: what is left shall be named even then. */
const LOOKS_WITHIN_MS = 150_000;

/** Files of `src/` of which a function ran since the last time. */
function filesEntered(session: Session): Set<string> {
  let scripts: Profiler.ScriptCoverage[] = [];
  session.post('Profiler.takePreciseCoverage', (error, taken) => {
    if (error !== null) throw error;
    scripts = taken.result;
  });
  const entered = scripts.filter(({ functions }) =>
    functions.some(({ ranges }) => ranges.some(({ count }) => count > 0)),
  );
  const paths = entered.map(({ url }) => relative(ROOT, url.replace(/^file:\/\//, '')));
  return new Set(paths.filter((path) => path.startsWith('src/')));
}

/** Which of these files nothing runs in while nobody buys, either. */
async function withoutThoseOfTimers(files: readonly string[], session: Session): Promise<string[]> {
  const idle = new Set<string>();
  let looks = 0;
  const left = (): string[] => files.filter((file) => !idle.has(file));
  await until(
    'what runs by itself has run',
    () => {
      const entered = filesEntered(session);
      // The first look shows the end of the last purchase as well.
      if (looks++ > 0) for (const file of entered) idle.add(file);
      return left().length === 0 || looks > MOST_LOOKS;
    },
    LOOKS_WITHIN_MS,
  );
  return left();
}

describe('a purchase, file by file', () => {
  const page = readFileSync(PAGE, 'utf8');
  /** On the way, and what a purchase runs through as well. */
  const listed = [...page.matchAll(/^\| `([^`]+)`/gm)].map(([, file = '']) => `src/${file}`);
  const beside = [...page.matchAll(/^- `([^`]+)`/gm)].map(([, file = '']) => `src/${file}`);

  it('is on a page that names each file once, and has no longer a way than a newcomer can follow', () => {
    const all = [...listed, ...beside];
    expect(all).toEqual([...new Set(all)]);
    expect(listed.length).toBeLessThanOrEqual(MOST_FILES);
    expect(all.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  });

  it('enters the files that the page names, and no others', async () => {
    const bookstore = await BookstoreInProcess.start({
      catalogs: 3,
      orders: 1,
      frontEnds: 1,
      // Leases that are seldom renewed.
      settings: { LEASE_MS: '2000' },
    });
    const session = new Session();
    session.connect();
    try {
      const buy = async (): Promise<number> =>
        (await fetch(`${bookstore.frontEnds[0]?.address}/buy/4`, { method: 'PUT' })).status;
      expect(await buy()).toBe(200);
      session.post('Profiler.enable');
      session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
      let always: ReadonlySet<string> = new Set();
      // Not each purchase enters all: on a busy machine a front-end's session may have run out for a moment.
      const ever = new Set<string>();
      const named = new Set([...listed, ...beside]);
      const missing = (): string[] => [...named].filter((file) => !ever.has(file));
      for (
        let purchase = 0;
        purchase < PURCHASES || (missing().length > 0 && purchase < MOST_PURCHASES);
        purchase++
      ) {
        filesEntered(session);
        expect(await buy()).toBe(200);
        const entered = filesEntered(session);
        for (const file of entered) ever.add(file);
        always = purchase === 0 ? entered : new Set([...always].filter((file) => entered.has(file)));
      }
      expect(missing()).toEqual([]);
      const unnamed = [...always].filter((file) => !named.has(file));
      expect(await withoutThoseOfTimers(unnamed, session)).toEqual([]);
    } finally {
      session.disconnect();
      await bookstore.stop();
    }
  }, 240_000);
});
