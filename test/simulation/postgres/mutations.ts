import { runSeed } from './run.js';
import { type ModelRule } from './rules.js';
import { type Settings } from './settings.js';

/** One hot book, and an engine that fails over: what the drawn settings combine too seldom. */
const FAILING_OVER: Partial<Settings> = {
  books: 1,
  clients: 4,
  thinkMs: 4,
  phaseOneMs: 2_000,
  writes: 0.3,
  titles: 0,
  members: 3,
  frontEnds: 1,
  faults: ['fail over', 'cut member off a front-end'],
  meanFaultIntervalMs: 100,
  meanFaultMs: 50,
};

export interface Shown {
  readonly seed: number;
  readonly settings?: Partial<Settings>;
}

/** For each rule a run that breaks a promise without it; null: none was found, for the reason that stands there. */
export const SHOWN: Readonly<Record<ModelRule, Shown | null>> = {
  'P2 the fenced write nothing': { seed: 178 },
  // It takes a writer that is fenced between two moments of one statement, and a front-end that has just lost its session with it.
  'P2 fencing waits for writers': null,
  'P5 lock before telling': { seed: 5 },
  'P5 tell front-ends': { seed: 5 },
  'P6 lock before reading': { seed: 32 },
  'P7 lock of the catalogue': { seed: 113 },
  'operations once': { seed: 11 },
  // It takes a member that hears nothing of the engine, and a front-end that hears of nobody but that one, while another joins and writes.
  'P1 grants need a fresh view': null,
  // Whoever's view is older reads all the same under the lock; P8 covers an engine that was superseded.
  'P1 kept answers need a fresh view': null,
  'P1 a suspended view is void': null,
  'P4 a new member waits': { seed: 219 },
  'P8 no reads without a view': { seed: 107, settings: FAILING_OVER },
  'F3 wait for front-ends': { seed: 156 },
  // By hand in ../schedules.ts, for the sessions are the same.
  'F3 wait for renewed sessions': null,
  'F3 no longer while owing': null,
  needsEveryMember: { seed: 58 },
  sessionRanSinceBeforeFetch: null,
  invalidationsBreakFetches: { seed: 121 },
  keepsOnlyCacheable: { seed: 5 },
};

export function isModelRule(rule: string): rule is ModelRule {
  return rule in SHOWN;
}

/** What is kept of a rule breaks a promise without it, and none with it. */
export function shows(rule: ModelRule, { seed, settings }: Shown): boolean {
  const fails = (without: ModelRule | null): boolean =>
    runSeed(seed, { without, settings }).violations.length > 0;
  return fails(rule) && !fails(null);
}
