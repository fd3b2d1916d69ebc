import { type BookId } from '../../src/core/replication/types.js';
import { CatalogHost } from './actors/catalog-host.js';
import { Client } from './actors/client.js';
import { FrontEnd } from './actors/front-end.js';
import { Nemesis } from './actors/nemesis.js';
import { Prober } from './actors/probe.js';
import { Workload } from './actors/workload.js';
import { LONGEST_HOLD_MS } from './actors/holding.js';
import { EPOCH_MS, type SimulatedProcess } from './engine/process.js';
import { checkAcknowledgements } from './checkers/acknowledgements.js';
import { checkBooks } from './checkers/book-history.js';
import { checkConvergence } from './checkers/convergence.js';
import { checkHolds, openHolds } from './checkers/holds.js';
import { LedgerOracle } from './checkers/ledger-oracle.js';
import { checkOrder } from './checkers/order.js';
import { mergeTwins, type Violation } from './history.js';
import { drawSettings, type Mutation, type Policy, type Settings } from './settings.js';
import { World } from './world.js';

export interface RunOptions {
  readonly mutation?: Mutation;
  readonly tracing?: boolean;
  readonly policy?: Policy;
  /** Fields that take the place of drawn ones. */
  readonly settings?: Partial<Settings>;
}

export interface RunResult {
  readonly seed: number;
  readonly replicas: number;
  readonly violations: readonly Violation[];
  readonly trace: readonly string[] | null;
  readonly operations: number;
  readonly acknowledged: number;
  readonly events: number;
}

/** More events than any run needs: beyond that something spins. */
const MOST_EVENTS = 400_000;

/** How long a healed cluster may take to come to rest. */
const LAST_GRANTS_LEASES = 1.5;
const SETTLING_LEASES = 8;
const SETTLING_MS = 1_000;

/** One whole life of a bookstore from one seed. */
export class Simulation {
  readonly world: World;
  readonly hosts: CatalogHost[] = [];
  readonly frontEnds: FrontEnd[] = [];
  readonly clients: Client[];
  readonly nemesis: Nemesis;
  readonly workload: Workload;
  events = 0;

  constructor(
    readonly settings: Settings,
    options: RunOptions,
  ) {
    this.world = new World(settings, options.mutation ?? {}, options.tracing ?? false);
    for (let i = 0; i < settings.replicas; i += 1) {
      this.hosts.push(new CatalogHost(this.world, i, this.hosts, this.frontEnds));
    }
    for (let i = 0; i < settings.frontEnds; i += 1) {
      this.frontEnds.push(new FrontEnd(this.world, i, this.hosts));
    }
    this.workload = new Workload(settings);
    this.clients = Array.from(
      { length: settings.clients },
      (_, i) => new Client(this.world, i, this.workload, this.frontEnds, this.hosts),
    );
    this.nemesis = new Nemesis(this.world, this.hosts, this.frontEnds);
  }

  /** Phase one: faults and safety. Phase two: all is healed, and there must be progress and, in the end, equal replicas. */
  run(): Violation[] {
    const { settings, world } = this;
    this.start();
    this.runFor(settings.phaseOneMs);
    for (const client of this.clients) client.stop();
    this.nemesis.heal();
    // Leases that a life granted before it was lost would make for a readiness that does not last.
    this.runFor(LAST_GRANTS_LEASES * settings.leaseMs);
    this.runUntil(() => this.isQuiet());
    const prober = new Prober(world);
    prober.probe(this.hosts, this.frontEnds, this.founded());
    this.runUntil(
      () =>
        prober.open === 0 &&
        this.isQuiet() &&
        openHolds(this.ledgers()).length === 0 &&
        this.differences(this.ledgers()).length === 0,
    );
    return this.judge();
  }

  /** Those of the first books that are there: a short run may end before it could create one. */
  private founded(): BookId[] {
    const { store } = this.hosts[0] as CatalogHost;
    return this.workload.first.filter((bookId) => (store.record(bookId)?.book ?? null) !== null);
  }

  /** Nothing is left to be done, but to renew leases. */
  private isQuiet(): boolean {
    const stopped = this.processes().some(({ isStopped }) => isStopped);
    return !stopped && this.clients.every(({ idle }) => idle) && this.hosts.every((host) => host.isQuiet());
  }

  private differences(oracle: LedgerOracle): Violation[] {
    return checkConvergence(this.hosts, oracle);
  }

  /** The ledger that all have to agree on: as it was made, or, where the two sides of a split each made one, what A ended with. */
  private ledgers(report: (violation: Violation) => void = () => undefined): LedgerOracle {
    if (this.settings.policy !== 'split') return this.world.oracle;
    const oracle = new LedgerOracle(report, true);
    const { store } = this.hosts[0] as CatalogHost;
    for (const bookId of store.recordIds()) {
      const entries = store.entries(bookId, 0, Number.MAX_SAFE_INTEGER);
      for (const entry of entries) oracle.commits('A', bookId, entry);
    }
    return oracle;
  }

  /** Looks now and then whether it is time to go on, and goes on in any case after some leases. */
  private runUntil(reached: () => boolean): void {
    const { leaseMs, holds } = this.settings;
    const { schedule, violations } = this.world;
    let latest = 0;
    do {
      this.runFor(leaseMs / 4);
      if (violations.length > 0 || reached()) return;
      // A process may be in the middle of a stall that nothing ends early.
      if (latest === 0 || this.processes().some(({ isStopped }) => isStopped)) {
        const holdsMs = holds === undefined ? 0 : LONGEST_HOLD_MS + holds.graceMs + 2 * holds.skewMs;
        latest = schedule.now + SETTLING_MS + SETTLING_LEASES * leaseMs + holdsMs;
      }
    } while (schedule.now < latest);
  }

  private processes(): SimulatedProcess[] {
    return [...this.hosts, ...this.frontEnds].map(({ process }) => process);
  }

  start(): void {
    for (const host of this.hosts) host.start();
    for (const frontEnd of this.frontEnds) frontEnd.start();
    this.workload.founding().forEach((operation, index) => {
      this.founders(index).forEach((client) => client.found(operation));
    });
    for (const client of this.clients) client.start();
    this.nemesis.start();
  }

  /** Two clients found the first book, one each of the others. */
  private founders(index: number): Client[] {
    const { length } = this.clients;
    const chosen = index === 0 ? [0, 1] : [index % length];
    return chosen.map((place) => this.clients[place] as Client);
  }

  runFor(ms: number): void {
    const until = this.world.schedule.now + ms;
    const { schedule, violations } = this.world;
    while (violations.length === 0 && schedule.step(until)) {
      this.events += 1;
      if (this.events > MOST_EVENTS) {
        this.world.violate({ rule: 'runaway', text: `more than ${MOST_EVENTS} events` });
      }
    }
  }

  judge(): Violation[] {
    const { world, settings } = this;
    for (const host of this.hosts) world.note(host.name, () => host.describe());
    if (world.violations.length > 0) return world.violations;
    const oracle = this.ledgers((violation) => world.violate(violation));
    for (const item of world.history.items) item.answer ??= { kind: 'unknown' };
    const items = mergeTwins(world.history.items);
    const found = [
      ...checkAcknowledgements(items, oracle),
      ...(settings.policy === 'split' ? [] : [...checkOrder(items, oracle), ...checkBooks(items, oracle)]),
      ...this.differences(oracle),
      ...(settings.holds === undefined
        ? []
        : checkHolds(items, oracle, (time) => EPOCH_MS + time - (settings.holds?.skewMs ?? 0))),
    ];
    for (const violation of found) world.violate(violation);
    return world.violations;
  }
}

export function runSeed(seed: number, replicas: number, options: RunOptions = {}): RunResult {
  const settings = { ...drawSettings(seed, replicas, options.policy), ...options.settings };
  const simulation = new Simulation(settings, options);
  const violations = simulation.run();
  const { items } = simulation.world.history;
  return {
    seed,
    replicas,
    violations,
    trace: simulation.world.trace,
    operations: items.length,
    acknowledged: items.filter(({ answer }) => answer?.kind === 'written').length,
    events: simulation.events,
  };
}
