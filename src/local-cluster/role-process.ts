import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { type PlannedProcess } from './plan.js';
import { thawAtOurEnd } from './thaw.js';

/** How a process came to its end. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface RoleProcessOptions {
  /** A module's URL, loaded before the role. */
  readonly preload?: string;
  /** What the process sends over its channel. */
  readonly onMessage?: (message: unknown) => void;
  /** What it is started through: a command that becomes the process, as `ip netns exec` does. */
  readonly launcher?: readonly string[];
}

const POLL_MS = 50;
const POLL_TIMEOUT_MS = 1000;

/** One role as a process of its own, in a process group of its own: a terminal's Ctrl-C reaches only who started it. */
export class RoleProcess {
  readonly ended: Promise<Ending>;
  private readonly child: ChildProcess;
  private ending: Ending | undefined;
  private thaw: (() => void) | undefined;

  /** `environment` holds everything that the process gets, its settings included. */
  constructor(
    readonly plan: Pick<PlannedProcess, 'name' | 'address'>,
    entry: string,
    environment: NodeJS.ProcessEnv,
    onLine: (line: string) => void,
    { preload, onMessage, launcher = [] }: RoleProcessOptions = {},
  ) {
    const preloaded = preload === undefined ? [] : ['--import', preload];
    const node = [process.execPath, '--enable-source-maps', ...preloaded, entry];
    const [command = process.execPath, ...args] = [...launcher, ...node];
    this.child = spawn(command, args, {
      env: environment,
      detached: true,
      // The channel ends with us, however we end: the role stops then (main.ts).
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', onLine);
    }
    if (onMessage !== undefined) this.child.on('message', onMessage);
    this.ended = new Promise((resolve) => {
      const end = (ending: Ending): void => {
        this.ending = ending;
        this.thaw?.();
        resolve(ending);
      };
      // Not at `exit`: its last lines, which tell why, come before `close`.
      this.child.once('close', (code, signal) => end({ code, signal }));
      this.child.once('error', (error) => {
        onLine(error.message);
        end({ code: 1, signal: null });
      });
    });
  }

  /** Undefined when it could not be started. */
  get pid(): number | undefined {
    return this.child.pid;
  }

  get hasEnded(): boolean {
    return this.ending !== undefined;
  }

  signal(signal: NodeJS.Signals): void {
    if (!this.hasEnded) this.child.kill(signal);
  }

  /** It does nothing, and answers nobody, until it is let go on, or this process ends. */
  hang(): void {
    const { pid } = this.child;
    if (this.hasEnded || pid === undefined) return;
    this.thaw ??= thawAtOurEnd(pid);
    this.signal('SIGSTOP');
  }

  goOn(): void {
    this.signal('SIGCONT');
    this.thaw?.();
    this.thaw = undefined;
  }

  /** Over the channel; lost if it is ending. */
  send(message: object): void {
    if (this.child.connected) this.child.send(message, () => undefined);
  }

  /** True once it is ready, false when it ended or `withinMs` passed before. */
  async ready(withinMs: number): Promise<boolean> {
    const deadline = performance.now() + withinMs;
    while (!this.hasEnded && performance.now() < deadline) {
      if (await isReady(this.plan.address)) return true;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    return false;
  }

  /** Asks it to stop, and ends it the hard way when it has not after `withinMs`. */
  async stop(withinMs: number): Promise<Ending> {
    this.signal('SIGTERM');
    const timer = setTimeout(() => this.signal('SIGKILL'), withinMs);
    const ending = await this.ended;
    clearTimeout(timer);
    return ending;
  }
}

async function isReady(address: string): Promise<boolean> {
  try {
    const response = await fetch(`${address}/health/ready`, { signal: AbortSignal.timeout(POLL_TIMEOUT_MS) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
