import { CACHING_RULES, type CachingRules } from '../../../src/core/caching/rules.js';
import { MEMBER_RULES } from '../../../src/core/members/rules.js';
import { ALL_RULES } from '../../../src/core/replication/rules.js';

/** Rules of the shared engine that stand where it is used, as the model has them. */
const ENGINE_RULES = {
  'P2 the fenced write nothing': true,
  'P2 fencing waits for writers': true,
  'P5 lock before telling': true,
  'P5 tell front-ends': true,
  'P6 lock before reading': true,
  'P7 lock of the catalogue': true,
  'operations once': true,
} as const;

/** Rules of the core that hold here as well. */
const SHARED_RULES = {
  'F3 wait for front-ends': true,
  'F3 wait for renewed sessions': true,
  'F3 no longer while owing': true,
} as const;

const CACHE_RULES = {
  needsEveryMember: true,
  sessionRanSinceBeforeFetch: true,
  invalidationsBreakFetches: true,
  keepsOnlyCacheable: true,
} as const satisfies Partial<CachingRules>;

export const MODEL_RULES = { ...ENGINE_RULES, ...MEMBER_RULES, ...SHARED_RULES, ...CACHE_RULES } as const;
export type ModelRule = keyof typeof MODEL_RULES;

/** All rules but one; null: all. */
export class Rules {
  readonly model: Readonly<Record<ModelRule, boolean>>;

  constructor(readonly without: ModelRule | null) {
    this.model = without === null ? MODEL_RULES : { ...MODEL_RULES, [without]: false };
  }

  get caching(): CachingRules {
    return { ...CACHING_RULES, ...pick(this.model, CACHE_RULES) };
  }

  get members(): Readonly<Record<keyof typeof MEMBER_RULES, boolean>> {
    return pick(this.model, MEMBER_RULES);
  }

  /** F5 knows only whom this catalog told, and here another may have: all are told (P5). */
  get sessions() {
    return { ...ALL_RULES, 'F5 tell only those who were told': false, ...pick(this.model, SHARED_RULES) };
  }
}

function pick<K extends ModelRule>(
  from: Readonly<Record<ModelRule, boolean>>,
  keys: Readonly<Partial<Record<K, boolean>>>,
): Record<K, boolean> {
  const names = Object.keys(keys) as K[];
  return Object.fromEntries(names.map((name) => [name, from[name]])) as Record<K, boolean>;
}
