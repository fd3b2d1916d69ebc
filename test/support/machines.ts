import { execFileSync } from 'node:child_process';

/** Ports of the bridge: frames pass, or are dropped without a word. */
const FORWARDING = '3';
const DISABLED = '0';

/**
 * Machines of their own for processes: network namespaces on one bridge, this one among them. One that is cut off is a black
 * hole: packets vanish, nothing is refused. Needs root, iproute2 and a kernel that lets us.
 */
export class Machines {
  private readonly hub: string;
  private readonly link: string;
  private readonly network: string;

  private constructor(
    private readonly tag: string,
    private readonly count: number,
  ) {
    this.hub = `bazar-${tag}-hub`;
    this.link = `bz${tag}`;
    this.network = freeNetwork();
  }

  /** Or why there are none here. */
  static create(count: number): Machines | { readonly unavailable: string } {
    if (process.getuid?.() !== 0) return { unavailable: 'network namespaces need root' };
    let machines: Machines | undefined;
    try {
      machines = new Machines(process.pid.toString(36), count);
      machines.join();
      return machines;
    } catch (error) {
      machines?.remove();
      return { unavailable: `no network namespaces here: ${String(error)}` };
    }
  }

  /** At which those on the machines reach processes of this one. */
  get here(): string {
    return `${this.network}.1`;
  }

  hostOf(machine: number): string {
    return `${this.network}.${machine + 2}`;
  }

  /** What a process is started through to run there. */
  launcherOf(machine: number): readonly string[] {
    return ['ip', 'netns', 'exec', this.nameOf(machine)];
  }

  cutOff(machine: number): void {
    this.setPort(machine, DISABLED);
  }

  mend(machine: number): void {
    this.setPort(machine, FORWARDING);
  }

  /** All of it goes, whatever there is of it. */
  remove(): void {
    const names = Array.from({ length: this.count }, (_, machine) => this.nameOf(machine));
    for (const name of [...names, this.hub]) {
      try {
        ip('netns', 'delete', name);
      } catch {
        // It was never made.
      }
    }
  }

  private join(): void {
    ip('netns', 'add', this.hub);
    ip('-n', this.hub, 'link', 'add', 'bridge', 'type', 'bridge');
    ip('-n', this.hub, 'link', 'set', 'bridge', 'up');
    ip('link', 'add', this.link, 'type', 'veth', 'peer', 'name', 'here', 'netns', this.hub);
    ip('-n', this.hub, 'link', 'set', 'here', 'master', 'bridge', 'up');
    ip('address', 'add', `${this.here}/24`, 'dev', this.link);
    ip('link', 'set', this.link, 'up');
    for (let machine = 0; machine < this.count; machine += 1) this.add(machine);
  }

  private add(machine: number): void {
    const name = this.nameOf(machine);
    ip('netns', 'add', name);
    ip('-n', name, 'link', 'add', 'out', 'type', 'veth', 'peer', 'name', portOf(machine), 'netns', this.hub);
    ip('-n', this.hub, 'link', 'set', portOf(machine), 'master', 'bridge', 'up');
    ip('-n', name, 'address', 'add', `${this.hostOf(machine)}/24`, 'dev', 'out');
    ip('-n', name, 'link', 'set', 'out', 'up');
    ip('-n', name, 'link', 'set', 'lo', 'up');
  }

  private setPort(machine: number, state: string): void {
    run('bridge', '-n', this.hub, 'link', 'set', 'dev', portOf(machine), 'state', state);
  }

  private nameOf(machine: number): string {
    return `bazar-${this.tag}-${machine}`;
  }
}

/** The first three numbers of its addresses. Others may have networks of this kind as well. */
function freeNetwork(): string {
  const routes = run('ip', '-4', 'route', 'show', 'table', 'all');
  for (let third = 0; third < 256; third += 1) {
    const network = `10.213.${(process.pid + third) % 256}`;
    if (!routes.includes(`${network}.`)) return network;
  }
  throw new Error('no network is free');
}

function portOf(machine: number): string {
  return `to-${machine}`;
}

function ip(...args: string[]): void {
  run('ip', ...args);
}

function run(command: 'ip' | 'bridge', ...args: string[]): string {
  return execFileSync(command, args, { stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' });
}
