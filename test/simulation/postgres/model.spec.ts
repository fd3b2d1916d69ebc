import { SHOWN, shows, type Shown } from './mutations.js';
import { runSeed } from './run.js';
import { type ModelRule } from './rules.js';

const SEEDS = 300;

describe('catalogs that share one engine, in a hostile world', () => {
  it('keep their promise', () => {
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const command = `npm run sim -- --engine postgres --seed ${seed} --trace`;
      expect([command, ...runSeed(seed).violations]).toHaveLength(1);
    }
  }, 120_000);

  it('do enough to mean something', () => {
    const runs = Array.from({ length: 50 }, (_, index) => runSeed(index + 1));
    const sum = (of: (run: (typeof runs)[number]) => number) =>
      runs.reduce((total, run) => total + of(run), 0);
    expect(sum(({ operations }) => operations)).toBeGreaterThan(50 * 20);
    expect(sum(({ acknowledged }) => acknowledged)).toBeGreaterThan(50 * 15);
    expect(sum(({ hits }) => hits)).toBeGreaterThan(50 * 4);
  });

  it('replays a seed exactly', () => {
    expect(runSeed(7, { tracing: true })).toEqual(runSeed(7, { tracing: true }));
  });

  const shown = (Object.entries(SHOWN) as [ModelRule, Shown][]).flatMap(
    ([rule, kept]): [ModelRule, Exclude<Shown, string>][] => (typeof kept === 'string' ? [] : [[rule, kept]]),
  );
  it.each(shown)('miss the rule %s', (rule, kept) => {
    expect(shows(rule, kept)).toBe(true);
  });
});
