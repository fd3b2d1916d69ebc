import { CACHING_RULES } from '../../src/core/caching/rules.js';
import { ALL_RULES } from '../../src/core/replication/rules.js';
import { type Mutation } from './settings.js';

export function allRules(): string[] {
  return [...Object.keys(ALL_RULES), ...Object.keys(CACHING_RULES)];
}

/** Switches one rule off, of the core or of the front-ends' caches. */
export function mutationNamed(rule: string): Mutation {
  if (rule in ALL_RULES) return { rules: { [rule]: false } };
  if (rule in CACHING_RULES) return { cachingRules: { [rule]: false } };
  throw new Error(`no such rule: ${rule}; there are: ${allRules().join(', ')}`);
}
