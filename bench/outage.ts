import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Bookstore, type Role } from './outage/bookstore.js';
import { loopback, type Network, namespaces } from './outage/namespaces.js';
import { OpenLoop } from './outage/open-loop.js';
import { NODES, PatroniNodes } from './outage/patroni.js';
import { failuresOf, gapsOf, plotOf, type Row, tableOf } from './outage/report.js';
import { svgOf } from './plot.js';

/**
 * `npm run bench:outage`: what buyers notice while a process is dead, hung or cut off. A whole bookstore of processes, asked at a steady rate
 * before, during and after each fault; ratios are to the seconds before the fault. Needs root for black holes. Writes bench/report/outage.md.
 * `-- --engine patroni`: the catalogs on a PostgreSQL that Patroni keeps, whose leader is lost. Needs root and Debian's packages.
 */
const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    reads: { type: 'string', default: '100' },
    buys: { type: 'string', default: '25' },
    engine: { type: 'string', default: 'sqlite' },
  },
});
const onPatroni = options.engine === 'patroni';
const COUNTS = { catalogs: 3, orders: 2, frontEnds: 2 };
/** Far more than are read in a run: most look-ups have to ask a catalog. */
const BOOKS = options.quick || onPatroni ? 1_000 : 5_000;
/** New processes are slow until their code is compiled. */
const FIRST_WARM_UP_MS = options.quick && !onPatroni ? 5_000 : 15_000;
const WARM_UP_MS = 2_000;
const BEFORE_MS = options.quick ? 4_000 : 10_000;
/** Patroni takes its time: its leader's key lives for 20 s at the least. */
const AFTER_MS = onPatroni ? 45_000 : options.quick ? 5_000 : 10_000;
const REPORT = 'bench/report';
const NAME = onPatroni ? 'outage-patroni' : 'outage';

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

const { bookstore, network, patroni } = build();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void end().then(() => process.exit(1)));
}
try {
  await patroni?.start();
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
  console.log(readFileSync(join(REPORT, `${NAME}.md`), 'utf8'));
} finally {
  await end();
}

interface Built {
  readonly bookstore: Bookstore;
  readonly network: Network;
  readonly patroni: PatroniNodes | null;
}

function build(): Built {
  const roles = COUNTS.catalogs + COUNTS.orders + COUNTS.frontEnds;
  const network = namespaces(roles + (onPatroni ? NODES : 0)) ?? loopback();
  const patroni = onPatroni ? new PatroniNodes(network, roles) : null;
  const settings: Record<string, string> = patroni === null ? {} : { DATABASE_URL: patroni.url };
  return { bookstore: new Bookstore(COUNTS, network, settings), network, patroni };
}

async function end(): Promise<void> {
  await patroni?.end();
  await bookstore.end();
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
  return patroni === null ? faultsOfRoles() : faultsOfPatroni(patroni);
}

/** Its leader, which is another one each time. */
function faultsOfPatroni(nodes: PatroniNodes): Fault[] {
  const { blackHole } = network;
  const killed: Fault & { lost?: Awaited<ReturnType<PatroniNodes['leader']>> } = {
    name: 'leader killed, its etcd too',
    begin: async () => {
      killed.lost = await nodes.leader();
      await killed.lost.kill();
    },
    heal: async () => {
      killed.lost?.start();
      await nodes.settled();
    },
  };
  const cutOff: typeof killed = {
    name: 'leader black-holed',
    begin: async () => {
      cutOff.lost = await nodes.leader();
      blackHole?.(cutOff.lost.place, true);
    },
    heal: async () => {
      if (cutOff.lost !== undefined) blackHole?.(cutOff.lost.place, false);
      await nodes.settled();
    },
  };
  return [killed, ...(blackHole === null ? [] : [cutOff])];
}

function faultsOfRoles(): Fault[] {
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
    plotOf(`${NAME}-reads`, rows.filter(isShort), 'read'),
    plotOf(`${NAME}-buys`, rows.filter(isShort), 'buy'),
    ...(['read', 'buy'] as const).map((kind) =>
      plotOf(
        `${NAME}-restart-${kind}s`,
        rows.filter((row) => !isShort(row)),
        kind,
      ),
    ),
  ].filter(({ series }) => series.length > 0);
  const failures = failuresOf(rows);
  const text = [
    onPatroni ? '# Outages of a PostgreSQL that Patroni keeps' : '# Outages',
    `${COUNTS.catalogs} catalogs, ${COUNTS.orders} order servers, ${COUNTS.frontEnds} front-ends and the client on ${availableParallelism()} cores; ${options.reads} look-ups (of ${BOOKS} books: most ask a catalog) and ${options.buys} buys a second, open loop, latencies from the moment each was due. Ratios are to the ${BEFORE_MS / 1_000} s before the fault.`,
    '## What buyers see',
    gapsOf(rows),
    '## Look-ups',
    tableOf(rows, 'read'),
    '## Buys',
    tableOf(rows, 'buy'),
    ...(failures.length > 0 ? ['## Failures', failures.join('\n')] : []),
    ...(onPatroni ? [] : ['## Beside it', ORIGINAL]),
    plots.map(({ name, title }) => `![${title}](${name}.svg)`).join('\n'),
    '',
  ].join('\n\n');
  mkdirSync(REPORT, { recursive: true });
  for (const plot of plots) writeFileSync(join(REPORT, `${plot.name}.svg`), svgOf(plot));
  writeFileSync(join(REPORT, `${NAME}.json`), JSON.stringify(rows));
  writeFileSync(join(REPORT, `${NAME}.md`), text);
}

function pass(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
