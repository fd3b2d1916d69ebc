import { runSeed } from './run.js';
import { type ModelRule } from './rules.js';
import { fencedInTheQueue, type Schedule } from './schedules.js';
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

/** A member that is left behind by another that crashed and joins anew, and front-ends that reach one of the two only. */
const LEFT_BEHIND: Partial<Settings> = {
  members: 2,
  frontEnds: 2,
  clients: 5,
  books: 1,
  thinkMs: 4,
  writes: 0.25,
  titles: 0,
  phaseOneMs: 5_000,
  delayMs: 0.5,
  workMs: 0.2,
  loss: 0,
  straggle: 0,
  meanFaultIntervalMs: 120,
  meanFaultMs: 500,
};
const CUT_OFF: Partial<Settings> = {
  ...LEFT_BEHIND,
  faults: [
    'cut member off the engine',
    'cut member off a front-end',
    'crash member',
    'cut member off a front-end',
  ],
};
const ASLEEP: Partial<Settings> = {
  ...LEFT_BEHIND,
  faults: ['suspend member', 'cut member off a front-end', 'crash member', 'cut member off a front-end'],
};

interface KeptRun {
  readonly seed: number;
  readonly settings?: Partial<Settings>;
}

/** How a rule is shown to matter: by a random run, by a schedule made by hand, or where it is said. */
export type Shown = KeptRun | { readonly schedule: Schedule } | 'by the schedules of the core';

/** For each rule a run that breaks a promise without it. */
export const SHOWN: Readonly<Record<ModelRule, Shown>> = {
  'P2 the fenced write nothing': { seed: 178 },
  'P2 fencing waits for writers': { schedule: fencedInTheQueue },
  'P5 lock before telling': { seed: 5 },
  'P5 tell front-ends': { seed: 5 },
  'P6 lock before reading': { seed: 32 },
  'P7 lock of the catalogue': { seed: 113 },
  'operations once': { seed: 11 },
  'P1 grants need a fresh view': { seed: 900, settings: CUT_OFF },
  'P1 a suspended view is void': { seed: 333, settings: ASLEEP },
  'P4 a new member waits': { seed: 219 },
  'P8 no reads without a view': { seed: 107, settings: FAILING_OVER },
  'F3 wait for front-ends': { seed: 156 },
  // The sessions are the same.
  'F3 wait for renewed sessions': 'by the schedules of the core',
  'F3 no longer while owing': 'by the schedules of the core',
  needsEveryMember: { seed: 58 },
  sessionRanSinceBeforeFetch: 'by the schedules of the core',
  invalidationsBreakFetches: { seed: 121 },
  keepsOnlyCacheable: { seed: 5 },
};

export function isModelRule(rule: string): rule is ModelRule {
  return rule in SHOWN;
}

/** What is kept of a rule breaks a promise without it, and none with it. */
export function shows(rule: ModelRule, shown: Exclude<Shown, string>): boolean {
  const fails = (without: ModelRule | null): boolean =>
    'schedule' in shown
      ? shown.schedule(without) !== null
      : runSeed(shown.seed, { without, settings: shown.settings }).violations.length > 0;
  return fails(rule) && !fails(null);
}
