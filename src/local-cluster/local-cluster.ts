import { readFileSync } from 'node:fs';
import { ClusterProcesses, type ClusterSurroundings } from './cluster-processes.js';
import { DataFolder } from './data-folder.js';
import { withBusyPort } from './free-ports.js';
import { HELP, type LocalClusterOptions, parseOptions } from './options.js';
import { planProcesses, type PlannedProcess } from './plan.js';

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
  const { print } = surroundings;
  const folder = new DataFolder(options.dataFolder);
  const secrets = folder.secrets();
  const plans = planProcesses({ ...options, dataFolder: folder.path }, secrets);
  const busy = await withBusyPort(plans);
  if (busy.length > 0) {
    for (const { name, port } of busy) print(`Port ${port}, which ${name} needs, is in use.`);
    print(`Stop what uses it, or choose other ports: npm start -- --base-port ${options.basePort + 1000}`);
    return 1;
  }
  if (options.fresh) folder.forgetBooks();

  const started = performance.now();
  const cluster = new ClusterProcesses(plans, surroundings);
  surroundings.onStop(() => cluster.stop());
  const start = await cluster.started(READY_WITHIN_MS);
  if (start === 'ready') {
    const frontEnds = plans.filter(({ role }) => role === 'frontend').map(({ address }) => address);
    folder.announce(frontEnds);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    print(welcome(plans, frontEnds, readFileSync(secrets.adminToken, 'utf8').trim(), folder.path, seconds));
  }
  return (await cluster.ended()) || start === 'failed' ? 1 : 0;
}

function welcome(
  plans: readonly PlannedProcess[],
  frontEnds: readonly string[],
  adminToken: string,
  folder: string,
  seconds: string,
): string {
  const shop = frontEnds[0] ?? '';
  const at = (path: string) => frontEnds.map((address) => `${address}${path}`).join('  ');
  return [
    '',
    `Bazar is ready: ${plans.length} processes after ${seconds} s. Ctrl-C stops it.`,
    '',
    `  Shop         ${at('/')}`,
    `  Operations   ${shop}/ops`,
    // The page takes the token from the link; behind `#` it is not sent.
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
