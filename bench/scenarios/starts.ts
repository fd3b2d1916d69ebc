import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { placeRoles } from '../../test/support/layout.js';
import { freePorts } from '../../test/support/ports.js';
import { RoleAtWork } from '../bookstore.js';
import { shownSpread, spreadOf } from '../figures.js';
import { residentBytes, type Run, type Scenario, type Section } from '../run.js';

const BARE_NEST = fileURLToPath(new URL('../peers/bare-nest-server.js', import.meta.url));
const SAMPLE_MS = 50;
const MB = 2 ** 20;

export const starts: Scenario = { name: 'starts', run: measureStarts };

/** One start of one process. */
interface Start {
  readonly name: string;
  readonly liveMs: number;
  readonly readyMs: number;
  /** When it was ready and then left alone. */
  readonly idleMb: number;
  /** From its spawn on. */
  readonly memory: readonly { readonly seconds: number; readonly mb: number }[];
}

async function measureStarts(run: Run): Promise<Section> {
  const rounds: Start[][] = [];
  for (let round = 1; round <= run.rounds; round += 1) {
    run.progress(`round ${round} of ${run.rounds}`);
    rounds.push(await measureRound(run.seconds));
  }
  const [first = []] = rounds;
  const spread = (name: string, figure: (start: Start) => number): string =>
    shownSpread(
      spreadOf(rounds.flatMap((starts) => starts.filter((each) => each.name === name).map(figure))),
    );
  return {
    title: 'Starts',
    text: [
      'From the spawn of a process until `/health/live` and `/health/ready` answer 200, one process at a time: bare Nest on Fastify, ' +
        'then a catalog with the first seven books, an order server in front of it, and a front-end in front of both. ' +
        `Resident memory after ${run.seconds} s in which nobody asked anything.`,
    ],
    tables: [
      {
        title: 'One process of each',
        columns: ['', 'live after ms', 'ready after ms', 'idle MB'],
        rows: first.map(({ name }) => [
          name,
          spread(name, ({ liveMs }) => liveMs),
          spread(name, ({ readyMs }) => readyMs),
          spread(name, ({ idleMb }) => idleMb),
        ]),
      },
    ],
    plots: [
      {
        name: 'starts-memory',
        title: 'Resident memory from the spawn on, first round',
        x: { label: 'seconds', scale: 'linear' },
        y: { label: 'MB', scale: 'linear' },
        dots: false,
        series: first.map(({ name, memory }) => ({
          name,
          points: memory.map(({ seconds, mb }) => ({ x: seconds, y: mb })),
        })),
      },
    ],
    raw: rounds,
  };
}

/** Bare Nest alone; then a bookstore, role by role, where each needs the ones before it. */
async function measureRound(idleSeconds: number): Promise<Start[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bazar-bench-'));
  const [port = 0] = await freePorts(1);
  const placed = { name: 'bare Nest', address: `http://127.0.0.1:${port}`, env: { PORT: String(port) } };
  const bare = new RoleAtWork(placed, folder, undefined, BARE_NEST);
  const places = await placeRoles({ catalogs: 1, orders: 1, frontEnds: 1 }, folder);
  const roles = places.map((each) => new RoleAtWork(each, folder));
  const starts: Start[] = [];
  try {
    starts.push(await measureStart(bare, idleSeconds));
    await bare.end();
    for (const role of roles) starts.push(await measureStart(role, idleSeconds));
    return starts;
  } finally {
    for (const each of [...roles.reverse(), bare]) await each.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measureStart(process: RoleAtWork, idleSeconds: number): Promise<Start> {
  const memory: { seconds: number; mb: number }[] = [];
  const spawned = performance.now();
  const since = (): number => performance.now() - spawned;
  process.start();
  const sampler = setInterval(
    () => memory.push({ seconds: since() / 1_000, mb: residentBytes(process.pid) / MB }),
    SAMPLE_MS,
  );
  try {
    await process.answers('/health/live');
    const liveMs = since();
    await process.answers('/health/ready');
    const readyMs = since();
    await new Promise((resolve) => setTimeout(resolve, idleSeconds * 1_000));
    const idleMb = residentBytes(process.pid) / MB;
    const [name = process.placed.name] = process.placed.name.split(/ \d/);
    return { name, liveMs, readyMs, idleMb, memory };
  } finally {
    clearInterval(sampler);
  }
}
