import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { openSync } from 'node:fs';
import { join } from 'node:path';

const END_WITHIN_MS = 5_000;
const POLL_MS = 10;
const READY_WITHIN_MS = 120_000;

/** Whether a program can be found; `--version` of those that know none fails, but they are there. */
export function isInstalled(command: string): boolean {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).error === undefined;
}

export interface Start {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Runs on this core alone, where `taskset` is there. */
  readonly core?: number;
  /** Takes its output, and its name. */
  readonly folder: string;
  readonly name: string;
  readonly user?: { readonly uid: number; readonly gid: number };
}

const canPin = isInstalled('taskset');

/** A program that runs until it is ended. */
export class Running {
  readonly pid: number;
  private readonly child: ChildProcess;
  private readonly exited: Promise<void>;

  constructor(private readonly start: Start) {
    const { command, args, env, core, folder, name, user } = start;
    const pinned = core !== undefined && canPin;
    const [program, ...rest] = pinned
      ? ['taskset', '-c', String(core), command, ...args]
      : [command, ...args];
    const output = openSync(join(folder, `${name}.log`), 'a');
    this.child = spawn(program ?? command, rest, {
      stdio: ['ignore', output, output],
      env: { PATH: process.env['PATH'], ...env },
      ...user,
    });
    if (this.child.pid === undefined) throw new Error(`${name} could not be started`);
    this.pid = this.child.pid;
    this.exited = new Promise((resolve) => this.child.once('exit', () => resolve()));
  }

  /** Until `isReady`; throws when the program ends or takes too long. */
  async ready(isReady: () => Promise<boolean>): Promise<void> {
    const until = performance.now() + READY_WITHIN_MS;
    while (!(await isReady().catch(() => false))) {
      if (this.child.exitCode !== null || this.child.signalCode !== null || performance.now() > until) {
        throw new Error(
          `${this.start.name} is not ready; see ${join(this.start.folder, this.start.name)}.log`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  kill(): Promise<void> {
    this.child.kill('SIGKILL');
    return this.exited;
  }

  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    this.child.kill(signal);
    const timer = setTimeout(() => this.child.kill('SIGKILL'), END_WITHIN_MS);
    await this.exited;
    clearTimeout(timer);
  }
}
