import { CACHING_RULES, type CachingRules } from '../../src/core/caching/rules.js';
import { ALL_RULES, type RuleName } from '../../src/core/replication/rules.js';
import { type KeptSeed } from './kept-seeds.js';
import { SHOWN as SHOWN_ON_SHARED_ENGINES } from './postgres/mutations.js';
import { runSeed } from './run.js';
import * as caching from './caching-schedules.js';
import * as identities from './identity-schedules.js';
import * as returns from './return-schedules.js';
import * as rounds from './round-schedules.js';
import * as schedules from './schedules.js';
import * as splits from './split-schedules.js';
import { type Schedule } from './schedules.js';
import {
  ADMINISTRATION,
  type Mutation,
  HOLDS,
  type Policy,
  SEARCHES_BY_WORDS,
  type Settings,
} from './settings.js';

export type AnyRule = RuleName | keyof CachingRules;

/** Where a random run that breaks a promise without the rule is looked for; the seed that was found is in kept-seeds.ts. */
export interface Grounds {
  readonly policy?: Policy;
  readonly settings?: Partial<Settings>;
}

/** How a rule is shown to matter: by random runs, by schedules made by hand, or not at all. */
export interface Shown {
  readonly grounds: Grounds | null;
  readonly runs: readonly Schedule[];
  /** The protocol is right without it, only slower; or `postgres/mutations.ts` has its run. */
  readonly unshown: 'it only saves time' | 'it is of shared engines' | null;
}

const seed = (grounds: Grounds = {}, ...runs: Schedule[]): Shown => ({ grounds, runs, unshown: null });
const schedule = (...runs: Schedule[]): Shown => ({ grounds: null, runs, unshown: null });
const SAVES_TIME: Shown = { grounds: null, runs: [], unshown: 'it only saves time' };

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
 * Every rule, and what is kept to show that the checkers notice its absence. When a change of the protocol makes kept seeds pass,
 * `npm run sim -- --keep` finds others and writes them into kept-seeds.ts.
 */
export const SHOWN: Readonly<Record<AnyRule, Shown>> = {
  'sync before answers': seed(),
  'W1 refuse old ballots': seed(),
  'W2 take over pending': seed(),
  'W2 highest ballot first': seed({ settings: SUSPENDED }),
  'W2 take over newer entries': seed(),
  'W3 refuse old ballots': seed(),
  'W3 committed': seed(),
  'W3 behind by ballot': seed(),
  'W3 repeated update waits': schedule(schedules.repeatedUpdateWaits),
  'W4 wait for holders': seed(),
  'W4 discharge barred holders': SAVES_TIME,
  'W4 discharge after front-ends forgot': schedule(schedules.dischargeAfterFrontEndsForgot),
  'W4 discharge by ballot': schedule(rounds.dischargeByBallot),
  'W5 commit by ballot': seed(),
  'W5 token if it answers locally': schedule(rounds.tokenIfAnswersLocally),
  'W5 token start number': schedule(schedules.tokenStartNumber),
  'W5 token time': schedule(schedules.tokenTime),
  'W5 late ok by ballot': schedule(rounds.lateOkByBallot),
  'W6 conflict ends fast path': schedule(rounds.conflictEndsFastPath),
  'W6 a lost round ends fast path': schedule(rounds.lostRoundEndsFastPath),
  'W7 entry for refusals': seed(),
  'W7 precondition within entry': seed(),
  'W8 ledger ids': seed(),
  'W8 ids within entry': seed(),
  'W10 wait after start': schedule(schedules.waitAfterStart),
  'W10 no discharge before': schedule(schedules.noDischargeAfterStart),
  'W11 preconditions by version': seed(),
  'W11 refusals invalidate nothing': SAVES_TIME,
  'R1 leases began before mark': seed(),
  'R1 pending': seed(),
  'R1 validation counts from sending': schedule(returns.validationCountsFromSending),
  'R2 answer before an incomplete write': SAVES_TIME,
  'R2 own write only': schedule(rounds.ownWriteOnly),
  'R2 not when superseded': seed(),
  'R3 echo': schedule(schedules.grantsEchoSendingTime),
  'R3 shorten': schedule(schedules.shortenLeases),
  'R3 lapsed lease begins anew': seed(),
  'R3 grant to this life': schedule(schedules.grantToThisLife),
  'R3 farewell of this life': schedule(schedules.farewellOfThisLife),
  'R3 drop leases after suspension': seed({ settings: SUSPENDED }),
  'R4 bar': seed(),
  'R4 tell front-ends': schedule(schedules.barredTellFrontEnds),
  'F1 within majority lease': seed(),
  'F2 cache local answers only': seed(),
  'F3 wait for front-ends': seed(),
  'F3 wait for renewed sessions': schedule(schedules.renewedSessionsAreWaitedFor),
  'F3 no longer while owing': schedule(schedules.noLongerWhileOwing),
  'F4 barrier': seed(),
  'F5 tell only those who were told': SAVES_TIME,
  'F5 remember answers': seed(),
  'F5 spare newer answers': schedule(schedules.spareNewerAnswers),
  'F5 titles concern every session': seed(),
  'C1 answer after sync': schedule(returns.answerAfterSync),
  // Chance found it once in some 2,000 runs made for it, and in none of 1,226 since commits ride.
  'C1 name pending': schedule(schedules.catchUpNamesPending, schedules.joiningLearnsPending),
  'C2 finish pending': seed(),
  'C3 join through enough': schedule(identities.joinThroughEnough),
  'C3 found together only': schedule(identities.foundTogetherOnly),
  'C3 tell of successors': schedule(identities.tellOfSuccessors),
  'C3 keep promises': schedule(identities.keepPromises),
  'C3 given up for ever': schedule(identities.givenUpForEver),
  'C3 vote once known': schedule(identities.voteOnceKnown),
  'C3 refuse copies': schedule(identities.refuseCopies),
  'C3 addressed to this identity': schedule(returns.addressedToThisIdentity),
  'H1 frozen price': seed({ settings: HOLDS }),
  'H2 ended once': seed({ settings: HOLDS }),
  'H3 not before until': seed({ settings: HOLDS }),
  'H3 end what ran out': seed({ settings: HOLDS }),
  'H4 refuse less than all': seed({ settings: HOLDS }),
  'H5 followers only follow': seed({ settings: HOLDS }),
  'H5 ask the deciding book': seed({ settings: HOLDS }),
  'H6 no more than was sold': seed({ settings: HOLDS }),
  'K1 claim keys': seed({ settings: ADMINISTRATION }),
  'K2 later claims only': seed({ settings: ADMINISTRATION }),
  'K3 keep keys until replaced': seed({ settings: ADMINISTRATION }),
  'V1 hidden is not sold': seed({ settings: ADMINISTRATION }),
  'S1 follow by origin': seed({ policy: 'split' }),
  'S1 alone takes by merges only': schedule(splits.takeByMergesOnly),
  'S2 commit what is pending': schedule(splits.commitWhatIsPending),
  'S3 name the standstill': schedule(splits.nameTheStandstill),
  'S4 ids stay given out': seed({ policy: 'split' }),
  'S5 pair who was told': seed({ policy: 'split' }),
  'S6 see what was pending': schedule(splits.seeWhatWasPending),
  'S7 sell baskets whole': schedule(splits.sellBasketsWhole),
  'request ids do not repeat': seed(),
  shortensGrants: schedule(caching.shortenGrants),
  tellsStartNumbersApart: schedule(caching.startNumbersApart),
  lapsedSessionsAreOver: seed(),
  keepsOnlyCacheable: seed(),
  sessionRanSinceBeforeFetch: schedule(caching.sessionRanSinceBeforeFetch),
  invalidationsBreakFetches: seed(),
  sharesOnlyWhatMayBeKept: seed(),
  // Shown by postgres/mutations.spec.ts.
  needsEveryMember: { grounds: null, runs: [], unshown: 'it is of shared engines' },
  forgetsFoundBooks: seed({ settings: SEARCHES_BY_WORDS }),
};

export function allRules(): AnyRule[] {
  return Object.keys(SHOWN) as AnyRule[];
}

/** In the words of the README: rules without which a kept run breaks a promise, those of shared engines too, and all others. */
export function countOfRules(): string {
  const savesTime = allRules().filter((rule) => SHOWN[rule].unshown === 'it only saves time');
  const all = new Set([...allRules(), ...Object.keys(SHOWN_ON_SHARED_ENGINES)]);
  return `${all.size - savesTime.length} rules; ${savesTime.length} more only save time`;
}

/** Switches one rule off, of the core or of the front-ends' caches. */
export function mutationNamed(rule: string): Mutation {
  if (rule in ALL_RULES) return { rules: { [rule]: false } };
  if (rule in CACHING_RULES) return { cachingRules: { [rule]: false } };
  throw new Error(`no such rule: ${rule}; there are: ${allRules().join(', ')}`);
}

/** What is kept of a rule breaks a promise without it, and none with it. */
export function shows(rule: AnyRule, { policy, settings }: Grounds, { seed, replicas }: KeptSeed): boolean {
  const fails = (mutation: Mutation): boolean =>
    runSeed(seed, replicas, { policy, settings, mutation }).violations.length > 0;
  return fails(mutationNamed(rule)) && !fails({});
}
