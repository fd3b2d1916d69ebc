import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Bookstore, type Role } from './outage/bookstore.js';
import { loopback, type Network, namespaces } from './outage/namespaces.js';
import { OpenLoop } from './outage/open-loop.js';
import { failuresOf, plotOf, type Row, tableOf } from './outage/report.js';
import { svgOf } from './plot.js';

/**
 * `npm run bench:outage`: what buyers notice while a process is dead, hung or cut off. A whole bookstore of processes, asked at a steady rate
 * before, during and after each fault; ratios are to the seconds before the fault. Needs root for black holes. Writes bench/report/outage.md.
 */
const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    reads: { type: 'string', default: '100' },
    buys: { type: 'string', default: '25' },
  },
});
const COUNTS = { catalogs: 3, orders: 2, frontEnds: 2 };
/** Far more than are read in a run: most look-ups have to ask a catalog. */
const BOOKS = options.quick ? 1_000 : 5_000;
/** New processes are slow until their code is compiled. */
const FIRST_WARM_UP_MS = options.quick ? 5_000 : 15_000;
const WARM_UP_MS = 2_000;
const BEFORE_MS = options.quick ? 4_000 : 10_000;
const AFTER_MS = options.quick ? 5_000 : 10_000;
const REPORT = 'bench/report';

const ORIGINAL = `| the original, one request at a time | look-ups ms | buys ms |
| --- | --- | --- |
| no outage | 5.9 | 45.9 |
| order server down | 111.8 | 447.6 |
| catalog down | – | 288.3 |`;

interface Fault {
  readonly name: string;
  begin(): void | Promise<void>;
  /** After the measuring. */
  heal(): void | Promise<void>;
}

const { bookstore, network } = build();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void bookstore.end().then(() => process.exit(1)));
}
try {
  await bookstore.start();
  const books = await bookstore.createBooks(BOOKS);
  const warmUp = loadOn(books);
  await pass(FIRST_WARM_UP_MS);
  await warmUp.stop();
  const rows: Row[] = [];
  for (const fault of faults().filter(({ name }) => new RegExp(options.only).test(name))) {
    process.stderr.write(`\r\u001b[K${fault.name}`);
    rows.push(await measure(fault, books));
    // After each: one that is ended early leaves what it has.
    report(rows);
  }
  process.stderr.write('\r\u001b[K');
  console.log(readFileSync(join(REPORT, 'outage.md'), 'utf8'));
} finally {
  await bookstore.end();
}

function build(): { readonly bookstore: Bookstore; readonly network: Network } {
  const network = namespaces(COUNTS.catalogs + COUNTS.orders + COUNTS.frontEnds) ?? loopback();
  return { bookstore: new Bookstore(COUNTS, network), network };
}

function loadOn(books: readonly number[]): OpenLoop {
  return new OpenLoop({
    frontEnds: bookstore.frontEnds.map(({ address }) => address),
    books,
    readsPerSecond: Number(options.reads),
    buysPerSecond: Number(options.buys),
  });
}

async function measure(fault: Fault, books: readonly number[]): Promise<Row> {
  const load = loadOn(books);
  const { samples } = load;
  await pass(WARM_UP_MS);
  const countedFrom = performance.now();
  await pass(BEFORE_MS);
  const faultAt = performance.now();
  await fault.begin();
  await pass(AFTER_MS);
  await load.stop();
  await fault.heal();
  await bookstore.ready();
  return { fault: fault.name, samples, countedFrom, faultAt };
}

function faults(): Fault[] {
  const [catalog, order, frontEnd] = [bookstore.catalogs[0], bookstore.orders[0], bookstore.frontEnds[0]];
  if (catalog === undefined || order === undefined || frontEnd === undefined) return [];
  const killed = (role: Role): Fault => ({
    name: `${role.name} killed`,
    begin: () => role.signal('SIGKILL'),
    heal: async () => {
      await role.end('SIGKILL');
      role.start();
    },
  });
  const stopped = (role: Role): Fault => ({
    name: `${role.name} stopped (SIGSTOP)`,
    begin: () => role.signal('SIGSTOP'),
    heal: () => role.signal('SIGCONT'),
  });
  const { blackHole } = network;
  if (blackHole === null) process.stderr.write('black holes need network namespaces, and root: left out\n');
  const cutOff = (role: Role): Fault[] =>
    blackHole === null
      ? []
      : [
          {
            name: `${role.name} black-holed`,
            begin: () => blackHole(role.place, true),
            heal: () => blackHole(role.place, false),
          },
        ];
  return [
    { name: 'none', begin: () => undefined, heal: () => undefined },
    killed(order),
    killed(catalog),
    ...cutOff(order),
    ...cutOff(catalog),
    stopped(order),
    stopped(catalog),
    killed(frontEnd),
    { name: 'rolling restart', begin: restartAll, heal: () => undefined },
  ];
}

async function restartAll(): Promise<void> {
  for (const role of bookstore.roles) {
    await role.end('SIGTERM');
    role.start();
    await bookstore.readyAgain(role);
  }
}

function report(rows: readonly Row[]): void {
  const isShort = ({ fault }: Row): boolean => fault !== 'rolling restart';
  const plots = [
    plotOf('outage-reads', rows.filter(isShort), 'read'),
    plotOf('outage-buys', rows.filter(isShort), 'buy'),
    ...(['read', 'buy'] as const).map((kind) =>
      plotOf(
        `outage-restart-${kind}s`,
        rows.filter((row) => !isShort(row)),
        kind,
      ),
    ),
  ].filter(({ series }) => series.length > 0);
  const failures = failuresOf(rows);
  const text = [
    '# Outages',
    `${COUNTS.catalogs} catalogs, ${COUNTS.orders} order servers, ${COUNTS.frontEnds} front-ends and the client on ${availableParallelism()} cores; ${options.reads} look-ups (of ${BOOKS} books: most ask a catalog) and ${options.buys} buys a second, open loop, latencies from the moment each was due. Ratios are to the ${BEFORE_MS / 1_000} s before the fault.`,
    '## Look-ups',
    tableOf(rows, 'read'),
    '## Buys',
    tableOf(rows, 'buy'),
    ...(failures.length > 0 ? ['## Failures', failures.join('\n')] : []),
    '## Beside it',
    ORIGINAL,
    plots.map(({ name, title }) => `![${title}](${name}.svg)`).join('\n'),
    '',
  ].join('\n\n');
  mkdirSync(REPORT, { recursive: true });
  for (const plot of plots) writeFileSync(join(REPORT, `${plot.name}.svg`), svgOf(plot));
  writeFileSync(join(REPORT, 'outage.json'), JSON.stringify(rows));
  writeFileSync(join(REPORT, 'outage.md'), text);
}

function pass(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
