import { mutationNamed, SHOWN, type AnyRule, type KeptSeed } from './mutations.js';
import { runSeed } from './run.js';
import { type Schedule } from './schedules.js';

const shown = Object.entries(SHOWN) as [AnyRule, (typeof SHOWN)[AnyRule]][];
const seeds = shown.flatMap(([rule, how]): [string, KeptSeed][] =>
  how.by === 'seed' ? [[rule, how.run]] : [],
);
const schedules = shown.flatMap(([rule, how]): [string, Schedule][] =>
  how.by === 'schedule' ? [[rule, how.run]] : [],
);

describe('each rule is missed', () => {
  it.each(seeds)('%s: by a checker', (rule, { seed, replicas, policy, settings }) => {
    const outcome = (mutation = {}) => runSeed(seed, replicas, { policy, settings, mutation }).violations;
    expect(outcome()).toEqual([]);
    expect(outcome(mutationNamed(rule))).not.toEqual([]);
  });

  it.each(schedules)('%s: in a schedule made by hand', (rule, run) => {
    expect(run({})).toBeNull();
    expect(run({ [rule]: false })).toEqual(expect.any(String));
  });
});
