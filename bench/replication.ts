import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { Catalogs } from './catalogs.js';

/**
 * `npm run bench:replication`: what replication costs. Durable sales handed to one catalog, as an order server does; ratios hold within one
 * run on one machine only. Figures go to standard output as Markdown.
 */
const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '3' },
    books: { type: 'string', default: '100000' },
    missed: { type: 'string', default: '1000' },
  },
});
const rounds = Number(options.rounds);
const roundMs = Number(options.seconds) * 1_000;
const SOLD_BOOKS = 100;
const CREATES_AT_A_TIME = 256;

interface Measured {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const sale = (bookId: number) => ({
  bookId,
  operation: {
    kind: 'sale',
    operationId: `buy:${randomUUID()}`,
    copies: 1,
    expectedPriceCents: null,
  } as const,
});

async function createBooks(catalogs: Catalogs, count: number): Promise<void> {
  for (let first = 0; first < count; first += CREATES_AT_A_TIME) {
    const length = Math.min(CREATES_AT_A_TIME, count - first);
    const operations = Array.from({ length }, (_, offset) => ({
      bookId: 0,
      operation: {
        kind: 'create',
        operationId: `bench:${first + offset}`,
        book: {
          title: `Book ${first + offset}`,
          topic: `Topic ${(first + offset) % 30}`,
          priceCents: 1_000,
          quantity: 1_000_000_000,
          isbn: null,
          author: null,
        },
      } as const,
    }));
    const results = await catalogs.submit(0, operations);
    const failed = results.find(({ kind }) => kind !== 'decided');
    if (failed !== undefined) throw new Error(`a book could not be created: ${failed.kind}`);
    process.stderr.write(`\r${first + length} of ${count} books`);
  }
  process.stderr.write('\r\u001b[K');
}

async function sell(catalogs: Catalogs, clients: number, pick: () => number): Promise<Measured> {
  const latencies: number[] = [];
  const started = performance.now();
  const client = async (): Promise<void> => {
    while (performance.now() - started < roundMs) {
      const before = performance.now();
      const [result] = await catalogs.submit(0, [sale(pick())]);
      if (result?.kind !== 'decided' || result.outcome.kind !== 'sold')
        throw new Error(`not sold: ${JSON.stringify(result)}`);
      latencies.push(performance.now() - before);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  latencies.sort((a, b) => a - b);
  const at = (share: number): number => latencies[Math.floor((latencies.length - 1) * share)] ?? NaN;
  return {
    perSecond: (latencies.length * 1_000) / (performance.now() - started),
    p50Ms: at(0.5),
    p99Ms: at(0.99),
  };
}

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? NaN;

const SCENARIOS = [
  { name: 'one client, many books', clients: 1, books: SOLD_BOOKS },
  { name: '50 clients, one hot book', clients: 50, books: 1 },
  { name: '50 clients, many books', clients: 50, books: SOLD_BOOKS },
];

async function sales(): Promise<void> {
  const clusters = [await Catalogs.start(1), await Catalogs.start(3)];
  for (const cluster of clusters) await createBooks(cluster, SOLD_BOOKS);
  console.log(
    '| sales | replicas | a second | p50 ms | p99 ms | p50, 3 to 1 |\n| --- | --- | --- | --- | --- | --- |',
  );
  for (const { name, clients, books } of SCENARIOS) {
    const measured: Measured[][] = [[], []];
    for (let round = 0; round < rounds; round++) {
      for (const [index, cluster] of clusters.entries()) {
        // The first seven books are the shop's own, of few copies.
        measured[index]?.push(await sell(cluster, clients, () => 8 + Math.floor(Math.random() * books)));
      }
    }
    const p50s = measured.map((each) => median(each.map(({ p50Ms }) => p50Ms)));
    for (const [index, each] of measured.entries()) {
      const perSecond = median(each.map((one) => one.perSecond)).toFixed(0);
      const p99 = median(each.map(({ p99Ms }) => p99Ms)).toFixed(2);
      const ratio = index === 0 ? '' : ((p50s[1] ?? NaN) / (p50s[0] ?? NaN)).toFixed(2);
      console.log(
        `| ${name} | ${index === 0 ? 1 : 3} | ${perSecond} | ${p50s[index]?.toFixed(2)} | ${p99} | ${ratio} |`,
      );
    }
  }
  for (const cluster of clusters) await cluster.end();
}

async function catchUp(): Promise<void> {
  const books = Number(options.books);
  const missed = Number(options.missed);
  const cluster = await Catalogs.start(3);
  await createBooks(cluster, books);
  const restart = async (): Promise<number> => {
    const started = performance.now();
    cluster.start(2);
    await cluster.ready(2);
    return performance.now() - started;
  };
  await cluster.stop(2);
  const unchangedMs = await restart();
  await cluster.stop(2);
  for (let bookId = 8; bookId < 8 + missed; bookId++) await cluster.submit(0, [sale(bookId)]);
  const missedMs = await restart();
  await cluster.end();
  console.log(
    `\nA replica of ${books} books is ready ${unchangedMs.toFixed(0)} ms after its start when it missed nothing, ${missedMs.toFixed(0)} ms when ${missed} books had changed meanwhile.`,
  );
}

await sales();
await catchUp();
