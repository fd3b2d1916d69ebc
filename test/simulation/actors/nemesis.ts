import { Prng } from '../engine/prng.js';
import { type SimulatedProcess } from '../engine/process.js';
import { type FaultKind } from '../settings.js';
import { type World } from '../world.js';
import { type CatalogHost } from './catalog-host.js';
import { type FrontEnd } from './front-end.js';

/** Makes things fail, until it is told to stop. */
export class Nemesis {
  private readonly random: Prng;
  private active = true;

  constructor(
    private readonly world: World,
    private readonly hosts: readonly CatalogHost[],
    private readonly frontEnds: readonly FrontEnd[],
  ) {
    this.random = new Prng(world.settings.seed, 400);
  }

  start(): void {
    const { faults, meanFaultIntervalMs } = this.world.settings;
    if (faults.length === 0) return;
    this.world.schedule.after(this.random.exponential(meanFaultIntervalMs), () => {
      if (!this.active) return;
      this.strike(this.random.pick(faults));
      this.start();
    });
  }

  /** Ends all faults: links are mended, stopped processes go on, dead ones are started. */
  heal(): void {
    this.active = false;
    this.world.note('', () => '--- all is healed ---');
    const { links, schedule } = this.world;
    links.mendAll();
    Object.assign(links.faults, {
      delayMs: 1,
      lossProbability: 0,
      repeatProbability: 0,
      straggleProbability: 0,
    });
    for (const { process } of [...this.hosts, ...this.frontEnds]) {
      process.faults.stallProbability = 0;
      process.awaken();
    }
    for (const host of this.hosts) Object.assign(host.disk, { syncMs: 0.5, failures: 0 });
    schedule.after(1, () => this.startAll());
  }

  private startAll(): void {
    for (const party of [...this.hosts, ...this.frontEnds]) party.start();
  }

  private duration(): number {
    return this.random.exponential(this.world.settings.meanFaultMs);
  }

  private later(action: () => void): void {
    this.world.schedule.after(this.duration(), () => {
      if (this.active) action();
    });
  }

  private strike(kind: FaultKind): void {
    const host = this.random.pick(this.hosts);
    const frontEnd = this.random.pick(this.frontEnds);
    const other = this.random.pick(this.hosts);
    switch (kind) {
      case 'crash':
        return this.crash(host);
      case 'crash all':
        for (const each of this.hosts) this.crash(each);
        return;
      case 'leave':
        return host.leave(() => {
          if (this.active) this.later(() => host.start());
          else host.start();
        });
      case 'pause':
        return this.stop(host.process);
      case 'suspend':
        this.world.note(host.name, () => 'is suspended, its clock too');
        return host.process.suspend(this.duration());
      case 'lost disk':
        return this.loseDisk(host);
      case 'slow disk':
        host.disk.syncMs = this.world.settings.syncMs * 20;
        return this.later(() => (host.disk.syncMs = this.world.settings.syncMs));
      case 'failing disk':
        host.disk.failures = 0.3;
        return this.later(() => (host.disk.failures = 0));
      case 'crash front-end':
        frontEnd.crash();
        return this.later(() => frontEnd.start());
      case 'pause front-end':
        return this.stop(frontEnd.process);
      case 'cut one way':
        return this.cut([[host.name, other.name]]);
      case 'cut both ways':
        return this.cut(bothWays([host.name], [other.name]));
      case 'isolate':
        return this.cut(bothWays([host.name], this.names(this.hosts, host.name)));
      case 'split':
        return this.split();
      case 'cut front-end':
        return this.cutFrontEnd(frontEnd.process.name, host.name);
      case 'stall link':
        return this.stall(
          host.name,
          this.random.pick(this.names([...this.hosts, ...this.frontEnds], host.name)),
        );
      default:
        return kind satisfies never;
    }
  }

  private crash(host: CatalogHost): void {
    host.crash();
    this.later(() => host.start());
  }

  private stop(process: SimulatedProcess): void {
    const forMs = this.duration() * this.random.pick([1, 1, 3]);
    this.world.note(process.name, () => `stops for ${forMs.toFixed(0)} ms`);
    process.stop(forMs);
  }

  /** One disk at a time, while all others vote: more than a minority without a vote no protocol survives. */
  private loseDisk(host: CatalogHost): void {
    const others = this.hosts.filter((each) => each !== host);
    if (others.length < 2 || !others.every(({ store }) => store.identity()?.joined === true)) return;
    host.loseDisk();
    this.later(() => host.start());
  }

  private split(): void {
    const shuffled = this.random.shuffle([...this.hosts]);
    const left = shuffled.slice(0, 1 + this.random.below(Math.max(1, shuffled.length - 1)));
    const right = shuffled.filter((host) => !left.includes(host));
    this.cut(bothWays(this.names(left), this.names(right)));
  }

  private cutFrontEnd(frontEnd: string, host: string): void {
    const links = bothWays([frontEnd], [host]);
    this.cut(this.random.chance(0.6) ? [this.random.pick(links)] : links);
  }

  private cut(links: [string, string][]): void {
    const cuttable = links.filter(([from, to]) => from !== to);
    if (cuttable.length === 0) return;
    this.world.note('', () => `cut ${cuttable.map(([from, to]) => `${from}>${to}`).join(' ')}`);
    for (const [from, to] of cuttable) this.world.links.cutLink(from, to);
    this.mendLater(cuttable);
  }

  private stall(from: string, to: string): void {
    this.world.note('', () => `stalled ${from}>${to}`);
    this.world.links.stallLink(from, to);
    this.mendLater([[from, to]]);
  }

  private mendLater(links: [string, string][]): void {
    this.later(() => {
      this.world.note('', () => `mended ${links.map(([from, to]) => `${from}>${to}`).join(' ')}`);
      for (const [from, to] of links) this.world.links.mendLink(from, to);
    });
  }

  private names(parties: readonly { readonly process: SimulatedProcess }[], except = ''): string[] {
    return parties.map(({ process }) => process.name).filter((name) => name !== except);
  }
}

function bothWays(left: readonly string[], right: readonly string[]): [string, string][] {
  return left.flatMap((a) =>
    right.flatMap((b): [string, string][] => [
      [a, b],
      [b, a],
    ]),
  );
}
