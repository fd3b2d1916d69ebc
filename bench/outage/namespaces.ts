import { execFileSync } from 'node:child_process';

const SUBNET = '10.213.77';
const FIRST_HOST = 10;

/** A network for some processes, each in a place of its own. */
export interface Network {
  /** Cuts a place off so that its packets vanish, both ways; null where that cannot be done. */
  readonly blackHole: ((place: number, cut: boolean) => void) | null;
  address(place: number): string;
  /** The command that runs something in that place. */
  command(place: number, command: readonly string[]): readonly string[];
  end(): void;
}

const run = (...[command = '', ...args]: string[]): void => {
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'pipe'] });
};

/** A network namespace for each place, on one bridge: a black hole is not a refused connection. Needs root; undefined where it cannot be had. */
export function namespaces(places: number): Network | undefined {
  const bridge = `bz${process.pid}`;
  const name = (place: number): string => `${bridge}n${place}`;
  const network: Network = {
    address: (place) => `${SUBNET}.${FIRST_HOST + place}`,
    command: (place, command) => ['ip', 'netns', 'exec', name(place), ...command],
    blackHole: (place, cut) => {
      for (const chain of ['INPUT', 'OUTPUT']) {
        run('ip', 'netns', 'exec', name(place), 'iptables', cut ? '-A' : '-D', chain, '-j', 'DROP');
      }
    },
    end: () => {
      for (let place = 0; place < places; place++) quietly('ip', 'netns', 'del', name(place));
      quietly('ip', 'link', 'del', bridge);
    },
  };
  try {
    run('ip', 'link', 'add', bridge, 'type', 'bridge');
    run('ip', 'addr', 'add', `${SUBNET}.1/24`, 'dev', bridge);
    run('ip', 'link', 'set', bridge, 'up');
    for (let place = 0; place < places; place++) {
      const inside = (...command: string[]): void => run('ip', 'netns', 'exec', name(place), ...command);
      run('ip', 'netns', 'add', name(place));
      run(
        'ip',
        'link',
        'add',
        `${bridge}v${place}`,
        'type',
        'veth',
        'peer',
        'name',
        'eth0',
        'netns',
        name(place),
      );
      run('ip', 'link', 'set', `${bridge}v${place}`, 'master', bridge, 'up');
      inside('ip', 'addr', 'add', `${network.address(place)}/24`, 'dev', 'eth0');
      inside('ip', 'link', 'set', 'eth0', 'up');
      inside('ip', 'link', 'set', 'lo', 'up');
      inside('iptables', '-L');
    }
    return network;
  } catch (error) {
    network.end();
    process.stderr.write(`no network namespaces: ${String(error).split('\n')[0]}\n`);
    return undefined;
  }
}

/** All on one address; nothing can be cut off. */
export function loopback(): Network {
  return {
    blackHole: null,
    address: () => '127.0.0.1',
    command: (_, command) => command,
    end: () => undefined,
  };
}

function quietly(...command: string[]): void {
  try {
    run(...command);
  } catch {
    // It was never made.
  }
}
