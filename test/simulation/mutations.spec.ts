import { KEPT_SEEDS } from './kept-seeds.js';
import { SHOWN, shows, type AnyRule, type Grounds } from './mutations.js';
import { type Schedule } from './schedules.js';

const shown = Object.entries(SHOWN) as [AnyRule, (typeof SHOWN)[AnyRule]][];
const seeds = shown.flatMap(([rule, { grounds }]): [AnyRule, Grounds][] =>
  grounds === null ? [] : [[rule, grounds]],
);
const schedules = shown.flatMap(([rule, { runs }]) =>
  runs.map((run, index): [string, number, Schedule] => [rule, index + 1, run]),
);

describe('each rule is missed', () => {
  it.each(seeds)('%s: by a checker (else: npm run sim -- --keep)', (rule, grounds) => {
    const kept = KEPT_SEEDS[rule];
    expect(kept).toBeDefined();
    expect(kept !== undefined && shows(rule, grounds, kept)).toBe(true);
  });

  it.each(schedules)('%s: in a schedule made by hand (%i)', (rule, _, run) => {
    expect(run({})).toBeNull();
    expect(run({ [rule]: false })).toEqual(expect.any(String));
  });
});
