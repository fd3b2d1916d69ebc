import { Prng } from '../engine/prng.js';
import { type SimulatedProcess } from '../engine/process.js';
import { type FaultKind } from '../settings.js';
import { type World } from '../world.js';
import { type CatalogHost, type Disk } from './catalog-host.js';
import { type FrontEnd } from './front-end.js';

/** Suspensions last into phase two. */
const LONGEST_FAULT_MS = 2_000;
/** A shorter one cannot be told from a wall clock that is put right; it counts as clock drift. */
const SHORTEST_SUSPENSION_MS = 30;

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
    return Math.min(LONGEST_FAULT_MS, this.random.exponential(this.world.settings.meanFaultMs));
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
    const strikes: Record<FaultKind, () => void> = {
      crash: () => this.crashOne(host),
      'crash after commit': () => this.crashAfterCommit(host),
      'crash all': () => this.hosts.forEach((each) => this.crash(each)),
      leave: () => this.leave(host),
      pause: () => this.stop(host.process),
      suspend: () => this.suspend(host),
      'suspend front-end': () => this.suspend(frontEnd),
      'lost disk': () => this.loseDisk(host),
      'slow disk': () => this.spoil(host, { syncMs: this.world.settings.syncMs * 20 }),
      'failing disk': () => this.spoil(host, { failures: 0.3 }),
      'crash front-end': () => this.crash(frontEnd),
      'pause front-end': () => this.stop(frontEnd.process),
      'cut one way': () => this.cut([[host.name, other.name]]),
      'cut both ways': () => this.cut(bothWays([host.name], [other.name])),
      isolate: () => this.cut(bothWays([host.name], this.names(this.hosts, host.name))),
      split: () => this.split(),
      'cut front-end': () => this.cutFrontEnd(frontEnd.process.name, host.name),
      'stall link': () =>
        this.stall(host.name, this.random.pick(this.names([...this.hosts, ...this.frontEnds], host.name))),
    };
    strikes[kind]();
  }

  /** Under `reachable` the next crash comes only after both have been one again. */
  private crashOne(host: CatalogHost): void {
    if (!this.isHalfDown()) this.crash(host);
  }

  /**
   * The next commit here is lost: it is in memory when the replica crashes, at some moment or just after a grant has left, and that is back
   * within any lease it granted.
   */
  private crashAfterCommit(host: CatalogHost): void {
    const { leaseMs, links } = this.world.settings;
    const crashesMs = this.random.pick([0, 1, 0.1 * leaseMs]) * this.random.fraction();
    const restartsMs = this.random.pick([1, links.delayMs, 0.5 * leaseMs]) * this.random.fraction();
    const crash = (): void =>
      this.world.schedule.after(crashesMs, () => {
        if (!this.active || this.isHalfDown()) return;
        host.loseUnsynced();
        this.world.schedule.after(restartsMs, () => host.start());
      });
    const afterGrant = this.random.chance(0.5);
    host.afterNext('commit', () => (afterGrant ? host.afterNext('lease grant', crash) : crash()));
  }

  private isHalfDown(): boolean {
    if (this.world.settings.policy !== 'reachable') return false;
    return this.hosts.some(
      ({ replica, store }) => replica?.status().ready !== true || store.identity()?.alone !== false,
    );
  }

  private crash(party: CatalogHost | FrontEnd): void {
    party.crash();
    this.later(() => party.start());
  }

  private leave(host: CatalogHost): void {
    if (this.isHalfDown()) return;
    host.leave(() => {
      if (this.active) this.later(() => host.start());
      else host.start();
    });
  }

  private suspend({ process }: CatalogHost | FrontEnd): void {
    this.world.note(process.name, () => 'is suspended, its clock too');
    process.suspend(SHORTEST_SUSPENSION_MS + this.duration());
  }

  private spoil(host: CatalogHost, disk: Partial<Disk>): void {
    const { syncMs } = this.world.settings;
    Object.assign(host.disk, disk);
    this.later(() => Object.assign(host.disk, { syncMs, failures: 0 }));
  }

  private stop(process: SimulatedProcess): void {
    const forMs = this.duration() * this.random.pick([1, 1, 3]);
    this.world.note(process.name, () => `stops for ${forMs.toFixed(0)} ms`);
    process.stop(forMs);
  }

  /** Only while a majority votes without it: no more than a minority may be without a vote. */
  private loseDisk(host: CatalogHost): void {
    const others = this.hosts.filter((each) => each !== host);
    const voters = others.filter(({ votes }) => votes).length;
    const { length: replicas } = this.hosts;
    if (others.length < 2 || voters <= replicas / 2) return;
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
