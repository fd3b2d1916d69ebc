import { type RunResult } from '../run.js';
import { isModelRule } from './mutations.js';
import { MODEL_RULES } from './rules.js';
import { runSeed } from './run.js';

export const SHARED_RULES: readonly string[] = Object.keys(MODEL_RULES);

/** A run of the model, as the command line shows runs. */
export function runShared(seed: number, mutate: string | null, tracing: boolean): RunResult {
  if (mutate !== null && !isModelRule(mutate)) {
    throw new Error(`no such rule: ${mutate}; there are: ${SHARED_RULES.join(', ')}`);
  }
  const { violations, operations, acknowledged, trace } = runSeed(seed, { without: mutate, tracing });
  const told = violations.map((text) => {
    const rule = text.startsWith('stale') ? ('stale search' as const) : ('not linearizable' as const);
    return { rule, text };
  });
  return { seed, replicas: 0, violations: told, trace, operations, acknowledged, events: 0 };
}
