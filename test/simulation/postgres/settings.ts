import { Prng } from '../engine/prng.js';
import { type ProcessFaults } from '../engine/process.js';

export type Fault =
  | 'crash member'
  | 'pause member'
  | 'suspend member'
  | 'cut member off the engine'
  | 'cut member off a front-end'
  | 'crash front-end'
  | 'pause front-end'
  | 'suspend front-end'
  | 'fail over';

export interface Settings {
  readonly seed: number;
  readonly members: number;
  readonly frontEnds: number;
  readonly clients: number;
  /** There from the beginning. */
  readonly books: number;
  readonly leaseMs: number;
  readonly phaseOneMs: number;
  readonly thinkMs: number;
  readonly delayMs: number;
  readonly loss: number;
  readonly straggle: number;
  readonly workMs: number;
  readonly faults: readonly Fault[];
  readonly meanFaultIntervalMs: number;
  readonly meanFaultMs: number;
  /** Of what clients do. */
  readonly writes: number;
  readonly titles: number;
  readonly processes: ProcessFaults;
}

const ALL_FAULTS: readonly Fault[] = [
  'crash member',
  'pause member',
  'suspend member',
  'cut member off the engine',
  'cut member off a front-end',
  'crash front-end',
  'pause front-end',
  'suspend front-end',
  'fail over',
];
const LEASE_MS = 100;

export function drawSettings(seed: number): Settings {
  const random = new Prng(seed, 7);
  const faults = ALL_FAULTS.filter(() => random.chance(0.5));
  return {
    seed,
    members: 1 + random.below(3),
    frontEnds: 1 + random.below(2),
    clients: 2 + random.below(3),
    books: 1 + random.below(2),
    leaseMs: LEASE_MS,
    phaseOneMs: LEASE_MS * random.between(8, 16),
    thinkMs: random.between(5, 30),
    delayMs: random.between(0.3, 4),
    loss: random.chance(0.5) ? 0 : 0.03,
    straggle: random.chance(0.5) ? 0 : 0.03,
    workMs: random.between(0.05, 2),
    faults,
    meanFaultIntervalMs: LEASE_MS * random.between(0.4, 2),
    meanFaultMs: LEASE_MS * random.between(0.3, 4),
    writes: random.between(0.1, 0.5),
    titles: random.chance(0.5) ? 0 : 0.5,
    processes: {
      clockDrift: random.chance(0.5) ? 0.0499 : 0,
      stallProbability: random.chance(0.5) ? 0 : 0.01,
      stallMs: random.between(20, 150),
      timerLatenessMs: random.between(0, 3),
    },
  };
}
