import { CACHING_RULES, type CachingRules } from '../../src/core/caching/rules.js';
import { ALL_RULES, type RuleName } from '../../src/core/replication/rules.js';
import * as schedules from './schedules.js';
import { type Schedule } from './schedules.js';
import { type Mutation, type Policy, type Settings } from './settings.js';

export type AnyRule = RuleName | keyof CachingRules;

/** A random run that breaks a promise when the rule is off, and none when it is on. */
export interface KeptSeed {
  readonly seed: number;
  readonly replicas: number;
  readonly policy?: Policy;
  readonly settings?: Partial<Settings>;
}

/** How a rule is shown to matter. */
export type Shown =
  | { readonly by: 'seed'; readonly run: KeptSeed }
  | { readonly by: 'schedule'; readonly run: Schedule }
  /** The protocol is right without it, only slower or longer in waiting. */
  | { readonly by: 'nothing'; readonly because: 'it only saves time' }
  /** No run was found that fails without it. The reason for it is in docs/protocol.md all the same. */
  | { readonly by: 'nothing'; readonly because: 'none was found' };

const seed = (replicas: number, number: number, more: Omit<KeptSeed, 'seed' | 'replicas'> = {}): Shown => ({
  by: 'seed',
  run: { seed: number, replicas, ...more },
});
const schedule = (run: Schedule): Shown => ({ by: 'schedule', run });
const NONE_FOUND: Shown = { by: 'nothing', because: 'none was found' };
const SAVES_TIME: Shown = { by: 'nothing', because: 'it only saves time' };

const LEASE_MS = 100;
/** One hot book, machines that are suspended, links that are cut: what the drawn settings combine too seldom. */
const SUSPENDED: Partial<Settings> = {
  books: 1,
  clients: 5,
  thinkMs: 3,
  leaseMs: LEASE_MS,
  patienceMs: 2 * LEASE_MS,
  phaseOneMs: 10 * LEASE_MS,
  attempts: 1,
  weights: { lookUp: 6, search: 0, sale: 0, restock: 0, edit: 3, create: 0 },
  syncMs: 0.2,
  cacheEntries: 100,
  directly: 0.3,
  faults: ['suspend', 'suspend front-end', 'isolate', 'cut one way'],
  meanFaultIntervalMs: LEASE_MS / 4,
  meanFaultMs: LEASE_MS,
  links: { delayMs: 3, lossProbability: 0, repeatProbability: 0, straggleProbability: 0, straggleMs: 0 },
  processes: { clockDrift: 0.0499, stallProbability: 0, stallMs: 0, timerLatenessMs: 0 },
};

/**
 * Every rule, and what is kept to show that the checkers notice its absence. When a change of the protocol makes a kept seed pass,
 * `npm run sim -- --hunt --mutate RULE` finds another.
 */
export const SHOWN: Readonly<Record<AnyRule, Shown>> = {
  'sync before answers': seed(5, 5),
  'W1 refuse old ballots': seed(5, 251),
  'W2 take over pending': seed(5, 5),
  'W2 highest ballot first': seed(3, 291, { settings: { ...SUSPENDED, changesPerPage: 256 } }),
  'W2 take over newer entries': seed(2, 259),
  'W3 refuse old ballots': seed(5, 7),
  'W3 committed': seed(5, 1),
  'W3 behind by ballot': seed(5, 147),
  'W3 drop mark': NONE_FOUND,
  'W3 repeated update waits': schedule(schedules.repeatedUpdateWaits),
  'W3 leases listed when leaving': NONE_FOUND,
  'W4 wait for holders': seed(3, 2),
  'W4 discharge barred holders': SAVES_TIME,
  'W4 discharge after front-ends forgot': schedule(schedules.dischargeAfterFrontEndsForgot),
  'W4 discharge by ballot': NONE_FOUND,
  'W5 commit by ballot': seed(5, 70),
  'W5 token needs alone': NONE_FOUND,
  'W5 token start number': schedule(schedules.tokenStartNumber),
  'W5 token time': schedule(schedules.tokenTime),
  'W5 late ok by ballot': NONE_FOUND,
  'W6 conflict ends fast path': NONE_FOUND,
  'W6 a lost round ends fast path': NONE_FOUND,
  'W7 entry for refusals': seed(5, 1),
  'W7 precondition within entry': seed(3, 34),
  'W8 ledger ids': seed(5, 1),
  'W8 ids within entry': seed(5, 5),
  'W10 wait after start': schedule(schedules.waitAfterStart),
  'W10 no discharge before': seed(2, 6, { policy: 'reachable' }),
  'W11 preconditions by version': seed(2, 2),
  'W11 refusals invalidate nothing': SAVES_TIME,
  'R1 leases began before mark': seed(3, 54),
  'R1 pending': seed(5, 89),
  'R1 validation counts from sending': NONE_FOUND,
  'R2 answer before an incomplete write': SAVES_TIME,
  'R2 own write only': NONE_FOUND,
  'R2 not when superseded': seed(3, 460),
  'R2 join later rounds only': NONE_FOUND,
  'R3 echo': schedule(schedules.grantsEchoSendingTime),
  'R3 shorten': NONE_FOUND,
  'R3 lapsed lease begins anew': seed(3, 930),
  'R3 grant to this life': schedule(schedules.grantToThisLife),
  'R3 farewell of this life': schedule(schedules.farewellOfThisLife),
  'R3 drop leases after suspension': seed(5, 67, { settings: SUSPENDED }),
  'R4 bar': seed(3, 316),
  'R4 tell front-ends': schedule(schedules.barredTellFrontEnds),
  'F1 within majority lease': seed(5, 619),
  'F2 alone': seed(3, 44),
  'F3 wait for front-ends': seed(1, 32),
  'F3 no renewal while owing': schedule(schedules.noRenewalWhileOwing),
  'F4 barrier': seed(3, 34),
  'F5 tell only those who were told': SAVES_TIME,
  'F5 remember answers': seed(2, 1),
  'F5 spare newer answers': schedule(schedules.spareNewerAnswers),
  'F5 titles concern every session': seed(2, 25),
  'C1 ask lease holders': NONE_FOUND,
  'C1 after leases began': NONE_FOUND,
  'C1 answer after sync': NONE_FOUND,
  'C2 finish pending': seed(3, 66),
  'C3 join through all': NONE_FOUND,
  'C3 vote once known': schedule(schedules.voteOnceKnown),
  'C3 refuse copies': schedule(schedules.refuseCopies),
  'C3 addressed to this identity': NONE_FOUND,
  'request ids do not repeat': seed(5, 3381),
  shortensGrants: NONE_FOUND,
  tellsStartNumbersApart: NONE_FOUND,
  lapsedSessionsAreOver: seed(5, 161),
  keepsOnlyLoneAnswers: seed(3, 44),
  sessionRanSinceBeforeFetch: NONE_FOUND,
  invalidationsBreakFetches: seed(2, 50),
  sharesOnlyWhatMayBeKept: seed(2, 467),
};

export function allRules(): AnyRule[] {
  return Object.keys(SHOWN) as AnyRule[];
}

/** Switches one rule off, of the core or of the front-ends' caches. */
export function mutationNamed(rule: string): Mutation {
  if (rule in ALL_RULES) return { rules: { [rule]: false } };
  if (rule in CACHING_RULES) return { cachingRules: { [rule]: false } };
  throw new Error(`no such rule: ${rule}; there are: ${allRules().join(', ')}`);
}
