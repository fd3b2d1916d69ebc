import { runSeed } from './run.js';

/** Few enough for each change; `npm run sim -- --seeds 100000` is for a night. */
const SEEDS: readonly [replicas: number, seeds: number][] = [
  [1, 400],
  [2, 600],
  [3, 1_000],
  [5, 500],
];

describe('the bookstore under a hostile world', () => {
  it.each(SEEDS)(
    'keeps its promise with %i replicas',
    (replicas, seeds) => {
      for (let seed = 1; seed <= seeds; seed += 1) {
        const { violations } = runSeed(seed, replicas);
        const texts = violations.map(({ rule, text }) => `${rule}: ${text}`);
        expect([`npm run sim -- --seed ${seed} --replicas ${replicas} --trace`, ...texts]).toHaveLength(1);
      }
    },
    300_000,
  );

  it('does enough to mean something', () => {
    let operations = 0;
    let acknowledged = 0;
    for (let seed = 1; seed <= 50; seed += 1) {
      const result = runSeed(seed, 3);
      operations += result.operations;
      acknowledged += result.acknowledged;
    }
    expect(operations).toBeGreaterThan(50 * 30);
    expect(acknowledged).toBeGreaterThan(operations / 10);
  });

  it('replays a seed exactly', () => {
    const first = runSeed(7, 3, { tracing: true });
    const second = runSeed(7, 3, { tracing: true });
    expect(first.trace).toEqual(second.trace);
    expect(first.trace?.length).toBeGreaterThan(100);
    expect(runSeed(8, 3, { tracing: true }).trace).not.toEqual(first.trace);
  });

  it('does not do otherwise because it is watched', () => {
    const watched = runSeed(9, 5, { tracing: true });
    expect({ ...watched, trace: null }).toEqual(runSeed(9, 5));
  });
});
