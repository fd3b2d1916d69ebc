import { type ProcessState } from '../contract/ops.js';
import {
  PROCESS_ACTIONS,
  type ProcessAction,
  type ToFrontEnd,
  type ToNetworkSwitch,
} from '../contract/supervision.js';
import { readableLine } from './log-line.js';
import { type PlannedProcess } from './plan.js';
import { type Ending, RoleProcess } from './role-process.js';
import { quorumSize } from '../core/replication/quorum.js';

/** A role gives itself less (main.ts), but for what its settings ask for. */
const STOP_WITHIN_MS = 15_000;
const READY_WITHIN_MS = 60_000;
const NETWORK_SWITCH = new URL('./network-switch.js', import.meta.url).href;

export interface ClusterSurroundings {
  readonly environment: NodeJS.ProcessEnv;
  /** `dist/main.js`. */
  readonly entry: string;
  readonly print: (line: string) => void;
}

interface Member {
  readonly plan: PlannedProcess;
  process: RoleProcess;
  state: ProcessState;
}

const ROLES = ['catalog', 'order', 'frontend'] as const;

export type Started =
  | { readonly kind: 'ready'; readonly missing: readonly string[] }
  | { readonly kind: 'failed' }
  | { readonly kind: 'stopped' };

/** Its roles know each other by plain addresses on loopback, whatever the environment says. */
const NO_TLS = { TLS_CERT_FILE: '', TLS_KEY_FILE: '', TLS_CA_FILE: '' };

/** The processes of one run. None is restarted by itself; the ops page may stop some, and bring them back. */
export class ClusterProcesses {
  private readonly members: Member[];
  private readonly nameWidth: number;
  private stopping = false;
  private failed = false;
  private allEnded: (failed: boolean) => void = () => undefined;
  private readonly end = new Promise<boolean>((resolve) => (this.allEnded = resolve));

  constructor(
    plans: readonly PlannedProcess[],
    private readonly surroundings: ClusterSurroundings,
  ) {
    this.nameWidth = Math.max(...plans.map(({ name }) => name.length));
    this.members = plans.map((plan) => ({ plan, process: this.spawn(plan), state: 'running' }));
    for (const member of this.members) this.watch(member);
  }

  /**
   * `ready`: buyers are served, though perhaps not by all: those `missing` have ended or are late, and said why. `failed`: nobody is, and the
   * others are stopped. `stopped`: somebody did not want to wait.
   */
  async started(withinMs: number): Promise<Started> {
    const deadline = performance.now() + withinMs;
    const found = new Map<Member, boolean>();
    let settle: () => void = () => undefined;
    const settled = new Promise<void>((resolve) => (settle = resolve));
    for (const member of this.members) {
      void member.process.ready(withinMs).then((ready) => {
        found.set(member, ready);
        if (found.size === this.members.length || this.cannotServe()) settle();
      });
    }
    await settled;
    if (this.stopping) return { kind: 'stopped' };
    const missing = this.members.filter((member) => found.get(member) !== true);
    for (const { plan, process } of missing) {
      if (process.hasEnded || performance.now() < deadline) continue;
      this.surroundings.print(`${plan.name} is not ready after ${withinMs / 1000} s.`);
    }
    const serves = this.members.some(
      (member) => member.plan.role === 'frontend' && found.get(member) === true,
    );
    if (serves) {
      this.tellFrontEnds();
      return { kind: 'ready', missing: missing.map(({ plan }) => plan.name) };
    }
    this.stop();
    return { kind: 'failed' };
  }

  /** So many have ended that there is nothing to wait for. */
  private cannotServe(): boolean {
    return ROLES.some((role) => {
      const all = this.members.filter(({ plan }) => plan.role === role);
      const left = all.filter(({ process }) => !process.hasEnded).length;
      // One of two catalogs may sell on alone; of more, a majority has to be there.
      const fewest =
        role === 'catalog' && all.length > 2 ? quorumSize({ replicas: all.length, alone: false }) : 1;
      return left < fewest;
    });
  }

  stop(): void {
    if (this.stopping) return;
    this.stopping = true;
    this.surroundings.print('Stopping …');
    for (const member of this.members) {
      if (member.process.hasEnded) continue;
      this.release(member);
      void member.process.stop(STOP_WITHIN_MS + this.askedForMs());
    }
  }

  /** The drain, and for a catalog the leases that it granted. */
  private askedForMs(): number {
    const { DRAIN_MS, LEASE_MS } = this.surroundings.environment;
    const asked = Number(DRAIN_MS ?? 0) + 2 * Number(LEASE_MS ?? 0);
    return Number.isFinite(asked) ? asked : 0;
  }

  /** When the last one has ended: whether one of them failed. */
  ended(): Promise<boolean> {
    return this.end;
  }

  private spawn(plan: PlannedProcess): RoleProcess {
    const { environment, entry, print } = this.surroundings;
    // Lines of `info` are for who runs one role; here the interesting ones are what went wrong.
    const settings = { LOG_LEVEL: 'warn', ...environment, ...NO_TLS, ...plan.settings };
    const show = (line: string): void => print(`${plan.name.padEnd(this.nameWidth)} | ${readableLine(line)}`);
    return new RoleProcess(plan, entry, settings, show, {
      preload: NETWORK_SWITCH,
      onMessage: (message) => this.heard(message),
    });
  }

  private watch(member: Member): void {
    const { process } = member;
    void process.ended.then((ending) => this.hasEnded(member, ending));
  }

  private hasEnded(member: Member, { code, signal }: Ending): void {
    const wanted = member.state === 'stopped' || (this.stopping && code === 0);
    if (!wanted) {
      this.failed = true;
      const how = signal === null ? `with code ${code}` : `by ${signal}`;
      const rest = this.stopping ? '' : '; it is not restarted';
      this.surroundings.print(`${member.plan.name} ended ${how}${rest}.`);
    }
    member.state = 'stopped';
    this.tellFrontEnds();
    if (this.members.every(({ process }) => process.hasEnded)) this.allEnded(this.failed);
  }

  /** A front-end passes on what the ops page asked for. */
  private heard(message: unknown): void {
    if (!isAct(message) || this.stopping) return;
    const member = this.members.find(({ plan }) => plan.name === message.name);
    if (member === undefined || !this.act(member, message.action)) return;
    this.surroundings.print(`${member.plan.name}: ${message.action}, as the ops page asked.`);
    this.tellFrontEnds();
  }

  /** False: it does not fit the state that the process is in. */
  private act(member: Member, action: ProcessAction): boolean {
    const isRunning = member.state === 'running';
    switch (action) {
      case 'stop':
        if (member.state === 'stopped') return false;
        member.state = 'stopped';
        member.process.signal('SIGKILL');
        return true;
      case 'hang':
        if (isRunning) member.process.hang();
        if (isRunning) member.state = 'hanging';
        return isRunning;
      case 'cut off':
        if (isRunning) member.process.send({ kind: 'network', connected: false } satisfies ToNetworkSwitch);
        if (isRunning) member.state = 'cut off';
        return isRunning;
      case 'bring back':
        return this.bringBack(member);
      default:
        return action satisfies never;
    }
  }

  private bringBack(member: Member): boolean {
    if (member.state === 'running') return false;
    if (member.state !== 'stopped') {
      this.release(member);
    } else {
      // Its port is free only when it has ended.
      if (!member.process.hasEnded) return false;
      member.process = this.spawn(member.plan);
      this.watch(member);
      // A front-end that is back has to hear who there is.
      void member.process.ready(READY_WITHIN_MS).then(() => this.tellFrontEnds());
    }
    member.state = 'running';
    return true;
  }

  private release({ process, state }: Member): void {
    if (state === 'hanging') process.goOn();
    if (state === 'cut off') process.send({ kind: 'network', connected: true } satisfies ToNetworkSwitch);
  }

  private tellFrontEnds(): void {
    const processes = this.members.map(({ plan: { name, address }, state }) => ({ name, address, state }));
    for (const { plan, process } of this.members) {
      if (plan.role === 'frontend') process.send({ kind: 'processes', processes } satisfies ToFrontEnd);
    }
  }
}

function isAct(message: unknown): message is { readonly name: string; readonly action: ProcessAction } {
  if (typeof message !== 'object' || message === null || !('kind' in message)) return false;
  const { kind, action } = message as { kind: unknown; action?: unknown };
  return kind === 'act' && PROCESS_ACTIONS.some((known) => known === action);
}
