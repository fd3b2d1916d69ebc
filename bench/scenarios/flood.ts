import { randomBytes } from 'node:crypto';
import { Agent, request } from 'node:http';
import { Worker } from 'node:worker_threads';
import { Bookstore } from '../bookstore.js';
import { type Run, type Scenario, type Section } from '../run.js';

export const flood: Scenario = { name: 'flood', run: measureFlood };

const QUICK_SECONDS = 5;
const SECONDS = 20;
/** More than are sold meanwhile. */
const COPIES = 1_000_000;
const FLOOD = new URL('../stalls/flood.js', import.meta.url);
const PATHS = [
  ['GET', '/lookup/1'],
  ['GET', '/lookup/4'],
  ['GET', '/search/distributed'],
  ['PUT', '/buy/4'],
] as const;

interface Asked {
  readonly path: string;
  readonly told: string;
  readonly waitMs: number;
}

/** A buyer at 127.0.0.2, one request after the other, until it is over. */
async function buy(address: string, isOver: () => boolean): Promise<Asked[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 4, localAddress: '127.0.0.2' });
  const all: Asked[] = [];
  while (!isOver()) {
    for (const [method, path] of PATHS) {
      const since = performance.now();
      const told = await new Promise<string>((resolve) => {
        request(`${address}${path}`, { method, agent }, (answer) => {
          answer.resume().on('end', () => resolve(String(answer.statusCode)));
        })
          .on('error', (error) => resolve(error.message))
          .end();
      });
      all.push({ path: `${method} ${path}`, told, waitMs: performance.now() - since });
    }
  }
  agent.destroy();
  return all;
}

async function measureFlood(run: Run): Promise<Section> {
  const settings = {
    NODE_ENV: 'production',
    CLUSTER_SECRET: randomBytes(32).toString('base64url'),
    ADMIN_TOKEN: randomBytes(32).toString('base64url'),
  };
  const bookstore = await Bookstore.start({ catalogs: 1, orders: 1, frontEnds: 1, settings });
  try {
    const address = bookstore.roles.at(-1)?.address ?? '';
    await fetch(`${address}/books/4/restock`, {
      method: 'POST',
      headers: { authorization: `Bearer ${settings.ADMIN_TOKEN}`, 'content-type': 'application/json' },
      body: JSON.stringify({ copies: COPIES }),
    });
    const forMs = 1_000 * (run.quick ? QUICK_SECONDS : SECONDS);
    const during = async (): Promise<Asked[]> => {
      const until = performance.now() + forMs;
      return buy(address, () => performance.now() > until);
    };
    run.progress('flood: a buyer alone');
    const alone = await during();
    run.progress('flood: a buyer beside a flood');
    const worker = new Worker(FLOOD, { workerData: { port: Number(new URL(address).port) } });
    const ended = new Promise<number>((resolve) => worker.once('message', resolve));
    const beside = await during();
    worker.postMessage('over');
    const rounds = await ended;
    await worker.terminate();
    return sectionOf(alone, beside, rounds);
  } finally {
    await bookstore.end();
  }
}

function sectionOf(alone: readonly Asked[], beside: readonly Asked[], rounds: number): Section {
  const row = (who: string, asked: readonly Asked[]): string[] => {
    const waits = asked.map(({ waitMs }) => waitMs).sort((a, b) => a - b);
    const at = (part: number): string => (waits[Math.floor(part * (waits.length - 1))] ?? NaN).toFixed(1);
    const failed = asked.filter(({ told }) => told !== '200').length;
    return [who, String(asked.length), String(failed), at(0.5), at(0.99), at(1)];
  };
  return {
    title: 'Flood',
    text: [
      `A front-end with NODE_ENV=production and the settings of its default, and a client at 127.0.0.2 that reads and buys: alone, and while 127.0.0.1 ` +
        `sends all that it can, ${rounds} times: 2,000 bodies that never end, 30 of 100,000 fields, and three connections of 1,500 pipelined ` +
        'requests that are reset. Who floods, who is flooded and who buys share this machine.',
    ],
    tables: [
      {
        title: 'Waits of the client, ms',
        columns: ['client', 'requests', 'failed', 'median', '99 %', 'longest'],
        rows: [row('alone', alone), row('beside the flood', beside)],
      },
    ],
    plots: [],
    raw: {
      alone: alone.length,
      beside: beside.filter(({ told, waitMs }) => told !== '200' || waitMs > 100),
      rounds,
    },
  };
}
