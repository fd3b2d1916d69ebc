import { readFileSync } from 'node:fs';
import { type Role } from '../config/index.js';
import { ClusterProcesses, type ClusterSurroundings } from './cluster-processes.js';
import { DataFolder } from './data-folder.js';
import { EmbeddedServer } from './embedded-server.js';
import { withBusyPort } from './free-ports.js';
import { HELP, type LocalClusterOptions, parseOptions } from './options.js';
import { planProcesses, type PlannedProcess, postgresPort, type SecretFiles } from './plan.js';

/** What it needs from the process it runs in. */
export interface Surroundings extends ClusterSurroundings {
  /** Calls `stop` when somebody wants it to end, at Ctrl-C for one. */
  readonly onStop: (stop: () => void) => void;
}

const READY_WITHIN_MS = 60_000;

/** `npm start`: every role on this machine, until it is told to stop. Answers the exit code. */
export async function runLocalCluster(args: readonly string[], surroundings: Surroundings): Promise<number> {
  const parsed = parseOptions(args);
  switch (parsed.kind) {
    case 'help':
      surroundings.print(HELP);
      return 0;
    case 'mistake':
      surroundings.print(`${parsed.message}\nnpm start -- --help shows what there is`);
      return 1;
    case 'run':
      return run(parsed.options, surroundings);
    default:
      return parsed satisfies never;
  }
}

async function run(options: LocalClusterOptions, surroundings: Surroundings): Promise<number> {
  // From here on no other bookstore has the folder: nothing is written to it or removed from it before.
  const folder = new DataFolder(options.dataFolder);
  try {
    return await runIn(folder, options, surroundings);
  } finally {
    folder.close();
  }
}

async function runIn(
  folder: DataFolder,
  options: LocalClusterOptions,
  surroundings: Surroundings,
): Promise<number> {
  const { print } = surroundings;
  const secrets = folder.secrets();
  const plans = planProcesses({ ...options, dataFolder: folder.path }, secrets);
  if (await hasBusyPort(options, plans, print)) return 1;
  if (options.fresh) folder.forgetBooks();
  if (options.engine === 'sqlite') return runPlans(plans, secrets, folder, surroundings);
  const port = postgresPort(options);
  const server = await EmbeddedServer.start({ ...folder.postgres(), port, ...surroundings });
  try {
    const shared = { ...options, dataFolder: folder.path, databaseUrl: server.url };
    return await runPlans(planProcesses(shared, secrets), secrets, folder, surroundings);
  } finally {
    await server.stop();
  }
}

async function hasBusyPort(
  options: LocalClusterOptions,
  plans: readonly PlannedProcess[],
  print: Surroundings['print'],
): Promise<boolean> {
  const own = options.engine === 'postgres' ? [{ name: 'PostgreSQL', port: postgresPort(options) }] : [];
  const busy = await withBusyPort([...plans, ...own]);
  if (busy.length === 0) return false;
  for (const { name, port } of busy) print(`Port ${port}, which ${name} needs, is in use.`);
  print(`Stop what uses it, or choose other ports: npm start -- --base-port ${options.basePort + 1000}`);
  return true;
}

async function runPlans(
  plans: readonly PlannedProcess[],
  secrets: SecretFiles,
  folder: DataFolder,
  surroundings: Surroundings,
): Promise<number> {
  const { print } = surroundings;
  const started = performance.now();
  const cluster = new ClusterProcesses(plans, surroundings);
  surroundings.onStop(() => cluster.stop());
  const start = await cluster.started(READY_WITHIN_MS);
  if (start.kind === 'ready') {
    const addressesOf = (wanted: Role): string[] =>
      plans.filter(({ role }) => role === wanted).map(({ address }) => address);
    const frontEnds = addressesOf('frontend');
    folder.announce(frontEnds, addressesOf('catalog'));
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const token = readFileSync(secrets.adminToken, 'utf8').trim();
    print(
      welcome({ plans, frontEnds, adminToken: token, folder: folder.path, seconds, missing: start.missing }),
    );
  }
  return (await cluster.ended()) || start.kind === 'failed' ? 1 : 0;
}

interface Welcome {
  readonly plans: readonly PlannedProcess[];
  readonly frontEnds: readonly string[];
  readonly adminToken: string;
  readonly folder: string;
  readonly seconds: string;
  /** Processes that did not start. */
  readonly missing: readonly string[];
}

function welcome({ plans, frontEnds, adminToken, folder, seconds, missing }: Welcome): string {
  const shop = frontEnds[0] ?? '';
  const at = (path: string) => frontEnds.map((address) => `${address}${path}`).join('  ');
  return [
    '',
    `Bazar is ready: ${plans.length - missing.length} processes after ${seconds} s. Ctrl-C stops it.`,
    ...(missing.length > 0 ? [`It does without ${missing.join(', ')}: see above.`] : []),
    '',
    `  Shop         ${at('/')}`,
    // The pages take the token from the link; behind `#` it is not sent.
    `  Ops          ${shop}/ops#token=${adminToken}`,
    `  Stock        ${shop}/admin#token=${adminToken}`,
    `  Swagger      ${shop}/api  (each process has its own at /api)`,
    `  Try          curl ${shop}/search/distributed`,
    `  Import       npm run import -- FILE.csv`,
    `  Admin token  ${adminToken}`,
    `  Data         ${folder}`,
    '',
    ...plans.map(({ name, address }) => `  ${name.padEnd(12)} ${address}`),
    '',
  ].join('\n');
}
