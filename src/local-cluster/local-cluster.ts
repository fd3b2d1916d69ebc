import { readFileSync } from 'node:fs';
import { DataFolder } from './data-folder.js';
import { withBusyPort } from './free-ports.js';
import { readableLine } from './log-line.js';
import { HELP, type LocalClusterOptions, parseOptions } from './options.js';
import { planProcesses, type PlannedProcess } from './plan.js';
import { RoleProcess } from './role-process.js';

/** What it needs from the process it runs in. */
export interface Surroundings {
  readonly environment: NodeJS.ProcessEnv;
  /** `dist/main.js`. */
  readonly entry: string;
  readonly print: (line: string) => void;
  /** Calls `stop` when somebody wants it to end, at Ctrl-C for one. */
  readonly onStop: (stop: () => void) => void;
}

const READY_WITHIN_MS = 60_000;
/** A role gives itself less (main.ts). */
const STOP_WITHIN_MS = 15_000;

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
  const cluster = new LocalCluster(plans, surroundings);
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
    // The page takes the token from the link; behind `#` it is not sent.
    `  Operations   ${shop}/ops#token=${adminToken}`,
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

/** The processes of one run. None is restarted; each one's end is told. */
class LocalCluster {
  private readonly processes: readonly RoleProcess[];
  private readonly endings: Promise<boolean>;
  private stopping = false;

  constructor(
    plans: readonly PlannedProcess[],
    private readonly surroundings: Surroundings,
  ) {
    const { environment, entry, print } = surroundings;
    const width = Math.max(...plans.map(({ name }) => name.length));
    // Lines of `info` are for who runs one role; here the interesting ones are what went wrong.
    const quiet = { LOG_LEVEL: 'warn', ...environment };
    this.processes = plans.map(
      (plan) =>
        new RoleProcess(plan, entry, { ...quiet, ...plan.settings }, (line) =>
          print(`${plan.name.padEnd(width)} | ${readableLine(line)}`),
        ),
    );
    this.endings = Promise.all(this.processes.map((process) => this.watch(process))).then((failures) =>
      failures.includes(true),
    );
  }

  /** Ready, all of them; otherwise says who is not, and stops the others. `stopped`: somebody did not want to wait. */
  async started(withinMs: number): Promise<'ready' | 'failed' | 'stopped'> {
    const ready = await Promise.all(this.processes.map((process) => process.ready(withinMs)));
    if (this.stopping) return 'stopped';
    const late = this.processes.filter((_, index) => ready[index] === false);
    for (const { plan, hasEnded } of late) {
      if (!hasEnded) this.surroundings.print(`${plan.name} is not ready after ${withinMs / 1000} s.`);
    }
    if (late.length === 0) return 'ready';
    this.stop();
    return 'failed';
  }

  stop(): void {
    if (this.stopping) return;
    this.stopping = true;
    this.surroundings.print('Stopping …');
    for (const process of this.processes) void process.stop(STOP_WITHIN_MS);
  }

  /** When the last one has ended: whether one of them failed. */
  ended(): Promise<boolean> {
    return this.endings;
  }

  private async watch(process: RoleProcess): Promise<boolean> {
    const { code, signal } = await process.ended;
    if (this.stopping && code === 0) return false;
    const how = signal === null ? `with code ${code}` : `by ${signal}`;
    this.surroundings.print(
      `${process.plan.name} ended ${how}${this.stopping ? '' : '; it is not restarted'}.`,
    );
    return true;
  }
}
