import { type CachingRules } from '../../src/core/caching/rules.js';
import { type Rules } from '../../src/core/replication/rules.js';
import { type SearchBy } from './history.js';
import { Prng } from './engine/prng.js';
import { type LinkFaults } from './engine/links.js';
import { type ProcessFaults } from './engine/process.js';

export type FaultKind =
  | 'crash'
  | 'crash all'
  | 'crash after commit'
  | 'leave'
  | 'pause'
  | 'suspend'
  | 'cut one way'
  | 'cut both ways'
  | 'isolate'
  | 'split'
  | 'stall link'
  | 'cut front-end'
  | 'slow disk'
  | 'failing disk'
  | 'lost disk'
  | 'crash front-end'
  | 'pause front-end'
  | 'suspend front-end';

/** `majority`; `reachable` with replicas that crash; `split`: `reachable` on a network that splits. The latter two with two replicas. */
export type Policy = 'majority' | 'reachable' | 'split';

export interface WorkloadWeights {
  readonly lookUp: number;
  readonly search: number;
  readonly sale: number;
  readonly restock: number;
  readonly edit: number;
  readonly create: number;
  /** Holds, baskets, confirmations, releases and cancellations. */
  readonly hold?: number;
  /** Books that are hidden, shown, and named anew. */
  readonly administer?: number;
}

/** How holds end, where the workload has any. */
export interface HoldSettings {
  readonly graceMs: number;
  readonly sweepMs: number;
  /** Wall clocks are off by at most so much, drift included: twice that is less than the grace (H3). */
  readonly skewMs: number;
}

/** Everything that one seed draws: the sizes, the rates, and which faults there are (swarm testing: not every kind in every run). */
export interface Settings {
  readonly seed: number;
  readonly replicas: number;
  readonly frontEnds: number;
  readonly clients: number;
  readonly books: number;
  readonly policy: Policy;
  readonly leaseMs: number;
  /** How long faults and workload last. */
  readonly phaseOneMs: number;
  readonly thinkMs: number;
  /** A client's patience with one attempt; front-ends and replicas get less. */
  readonly patienceMs: number;
  readonly attempts: number;
  readonly weights: WorkloadWeights;
  readonly stock: number;
  /** Probability that a client asks a replica itself, past the front-ends. */
  readonly directly: number;
  readonly cacheEntries: number;
  readonly searchBy: SearchBy;
  readonly syncMs: number;
  readonly changesPerPage: number;
  readonly faults: readonly FaultKind[];
  readonly meanFaultIntervalMs: number;
  readonly meanFaultMs: number;
  readonly links: LinkFaults;
  readonly processes: ProcessFaults;
  readonly holds?: HoldSettings;
}

/** Buyers who hold, pay and confirm, of few books with few copies. */
export const HOLDS: Partial<Settings> = {
  books: 3,
  stock: 4,
  weights: { lookUp: 1, search: 0, sale: 1, restock: 1, edit: 0.5, create: 0, hold: 7 },
  holds: { graceMs: 1_000, sweepMs: 100, skewMs: 480 },
};

/** Administrators who hide books, show them again, and give them each other's numbers, while others buy and look. */
export const ADMINISTRATION: Partial<Settings> = {
  books: 3,
  cacheEntries: 100,
  weights: { lookUp: 4, search: 2, sale: 3, restock: 1, edit: 0.5, create: 0.2, hold: 0.5, administer: 4 },
  holds: { graceMs: 1_000, sweepMs: 100, skewMs: 480 },
};

/** What front-ends show of searches by words, over books that are edited and created. */
export const SEARCHES_BY_WORDS: Partial<Settings> = {
  searchBy: 'words',
  cacheEntries: 100,
  weights: { lookUp: 1, search: 4, sale: 2, restock: 1, edit: 3, create: 0.3 },
};

const DISKS_LEASE_MS = 100;
/** Disks that are lost one after the other while replicas crash and are cut off: with five, new identities join through a majority (C3). */
export const LOST_DISKS: Partial<Settings> = {
  books: 1,
  clients: 5,
  thinkMs: 3,
  leaseMs: DISKS_LEASE_MS,
  patienceMs: 4 * DISKS_LEASE_MS,
  phaseOneMs: 25 * DISKS_LEASE_MS,
  attempts: 2,
  weights: { lookUp: 4, search: 0, sale: 2, restock: 1, edit: 2, create: 0.1 },
  syncMs: 0.5,
  faults: [
    'lost disk',
    'lost disk',
    'lost disk',
    'lost disk',
    'crash',
    'crash after commit',
    'isolate',
    'split',
    'cut both ways',
    'cut one way',
    'stall link',
    'pause',
  ],
  meanFaultIntervalMs: DISKS_LEASE_MS / 2,
  meanFaultMs: DISKS_LEASE_MS,
};

export interface Mutation {
  readonly rules?: Partial<Rules>;
  readonly cachingRules?: Partial<CachingRules>;
}

const OFTEN: readonly FaultKind[] = [
  'crash',
  'pause',
  'cut one way',
  'cut both ways',
  'isolate',
  'split',
  'stall link',
  'cut front-end',
  'slow disk',
  'crash front-end',
  'pause front-end',
];
const LINK_FAULTS: readonly FaultKind[] = ['isolate', 'cut both ways', 'cut one way', 'split', 'stall link'];
const SELDOM: readonly FaultKind[] = [
  'crash all',
  'leave',
  'suspend',
  'suspend front-end',
  'failing disk',
  'lost disk',
];

/** Faults under which `reachable` is to be as correct as `majority`: replicas crash one at a time, nobody is taken for dead who is not. */
const CRASHES: readonly FaultKind[] = [
  'crash',
  'crash after commit',
  'leave',
  'slow disk',
  'cut front-end',
  'crash front-end',
  'pause front-end',
];

export function drawSettings(seed: number, replicas: number, policy: Policy = 'majority'): Settings {
  const drawn = draw(seed, replicas, policy);
  if (policy !== 'reachable') return drawn;
  const { links, processes } = drawn;
  return {
    ...drawn,
    faults: CRASHES.filter((kind) => kind === 'crash' || drawn.faults.includes(kind)),
    links: {
      ...links,
      lossProbability: Math.min(links.lossProbability, 0.01),
      straggleMs: Math.min(links.straggleMs, drawn.leaseMs * 0.2),
    },
    processes: { ...processes, stallProbability: 0 },
  };
}

function draw(seed: number, replicas: number, policy: Policy): Settings {
  const random = new Prng(seed, 1);
  const broad = drawBroadly(seed, replicas, policy, random);
  const drawn = random.chance(0.4) ? concentrate(broad, random) : broad;
  // Drawn apart, so that seeds without it are what they were before it came.
  if (drawn.faults.length === 0 || !new Prng(seed, 4).chance(0.2)) return drawn;
  return { ...drawn, faults: [...drawn.faults, 'crash after commit', 'crash after commit'] };
}

/** One hot book, hurried clients, links that are cut all the time: what few operations on few things meet soonest. */
function concentrate(broad: Settings, random: Prng): Settings {
  const leaseMs = random.pick([100, 200]);
  return {
    ...broad,
    books: 1,
    clients: 5,
    thinkMs: 3,
    leaseMs,
    patienceMs: 2 * leaseMs,
    phaseOneMs: 10 * leaseMs,
    attempts: random.pick([1, 1, 2]),
    weights: random.chance(0.7)
      ? { lookUp: 6, search: 0, sale: 0, restock: 0, edit: 2, create: 0 }
      : { lookUp: 3, search: 2, sale: 1, restock: 1, edit: 2, create: 0.3 },
    syncMs: random.pick([0.2, 0.2, 5]),
    faults: [
      ...LINK_FAULTS.filter(() => random.chance(0.7)),
      ...[...OFTEN, ...SELDOM].filter(() => random.chance(0.15)),
    ],
    meanFaultIntervalMs: leaseMs / 2,
    meanFaultMs: leaseMs * random.pick([0.5, 1.5]),
    links: {
      delayMs: random.pick([1, 5]),
      lossProbability: random.pick([0, 0, 0.05, 0.2]),
      repeatProbability: random.pick([0, 0.1]),
      straggleProbability: random.pick([0, 0, 0.1, 0.15]),
      straggleMs: leaseMs * random.pick([1, 2]),
    },
    processes: { ...broad.processes, clockDrift: random.pick([0.02, 0.0499]), stallMs: leaseMs },
  };
}

function drawBroadly(seed: number, replicas: number, policy: Policy, random: Prng): Settings {
  const leaseMs = random.pick([100, 200, 500]);
  const calm = random.chance(0.1);
  return {
    seed,
    replicas,
    frontEnds: 2 + random.below(2),
    clients: 2 + random.below(4),
    books: 1 + random.below(3),
    policy,
    leaseMs,
    phaseOneMs: Math.max(800, leaseMs * random.between(4, 12)),
    thinkMs: random.pick([3, 10, 30, 80]),
    patienceMs: leaseMs * random.pick([0.6, 1.6, 4]),
    attempts: 1 + random.below(4),
    weights: drawWeights(random),
    stock: 1 + random.below(8),
    directly: random.pick([0.1, 0.3, 0.6]),
    cacheEntries: random.pick([0, 2, 100, 100]),
    searchBy: 'topic',
    syncMs: random.pick([0.2, 2, 10]),
    changesPerPage: new Prng(seed, 3).pick([256, 256, 256, 4]),
    faults: calm
      ? []
      : [...OFTEN.filter(() => random.chance(0.35)), ...SELDOM.filter(() => random.chance(0.12))],
    meanFaultIntervalMs: leaseMs * random.pick([0.25, 0.6, 1.5]),
    meanFaultMs: leaseMs * random.pick([0.15, 0.5, 1.5]),
    links: drawLinkFaults(random, leaseMs),
    processes: {
      clockDrift: random.pick([0, 0.02, 0.0499]),
      stallProbability: random.chance(0.6) ? 0 : random.pick([0.002, 0.01]),
      stallMs: leaseMs * random.pick([0.1, 0.6, 1.6]),
      timerLatenessMs: random.pick([0, 1, 15]),
    },
  };
}

function drawWeights(random: Prng): WorkloadWeights {
  return {
    lookUp: random.pick([1, 3, 6]),
    search: random.pick([0, 0, 1, 3]),
    sale: random.pick([0, 2, 4]),
    restock: random.pick([0, 1, 2]),
    edit: random.pick([0, 1, 3]),
    create: random.pick([0, 0, 0.3]),
  };
}

function drawLinkFaults(random: Prng, leaseMs: number): LinkFaults {
  return {
    delayMs: random.pick([0.5, 3, 10, leaseMs * 0.08]),
    lossProbability: random.chance(0.4) ? 0 : random.pick([0.01, 0.05, 0.2]),
    repeatProbability: random.chance(0.5) ? 0 : random.pick([0.02, 0.1]),
    straggleProbability: random.chance(0.5) ? 0 : random.pick([0.01, 0.05, 0.15]),
    straggleMs: leaseMs * random.pick([0.2, 0.8, 2]),
  };
}
