import { runSeed } from './run.js';
import { ADMINISTRATION, HOLDS, LOST_DISKS, SEARCHES_BY_WORDS, type Policy } from './settings.js';

/** Few enough for each change; `npm run sim -- --seeds 100000` is for a night. */
const SEEDS: readonly [policy: Policy, replicas: number, seeds: number][] = [
  ['majority', 1, 300],
  ['majority', 2, 300],
  ['majority', 3, 1_000],
  ['majority', 5, 400],
  ['reachable', 2, 500],
  ['split', 2, 300],
];

describe('the bookstore under a hostile world', () => {
  it.each(SEEDS)(
    'keeps its promise under %s with %i replicas',
    (policy, replicas, seeds) => {
      for (let seed = 1; seed <= seeds; seed += 1) {
        const { violations } = runSeed(seed, replicas, { policy });
        const texts = violations.map(({ rule, text }) => `${rule}: ${text}`);
        const command = `npm run sim -- --seed ${seed} --replicas ${replicas} --policy ${policy} --trace`;
        expect([command, ...texts]).toHaveLength(1);
      }
    },
    300_000,
  );

  it('keeps searches by words fresh (F7)', () => {
    for (let seed = 1; seed <= 60; seed += 1) {
      const { violations } = runSeed(seed, 3, { settings: SEARCHES_BY_WORDS });
      expect([`seed ${seed}`, ...violations.map(({ rule, text }) => `${rule}: ${text}`)]).toHaveLength(1);
    }
  }, 120_000);

  it.each<[Policy, number, number]>([
    ['majority', 1, 60],
    ['majority', 3, 300],
    ['majority', 5, 100],
    ['reachable', 2, 100],
    ['split', 2, 60],
  ])(
    'keeps what is held, and baskets whole, under %s with %i replicas',
    (policy, replicas, seeds) => {
      for (let seed = 1; seed <= seeds; seed += 1) {
        const { violations } = runSeed(seed, replicas, { policy, settings: HOLDS });
        const texts = violations.map(({ rule, text }) => `${rule}: ${text}`);
        const command = `npm run sim -- --holds --seed ${seed} --replicas ${replicas} --policy ${policy} --trace`;
        expect([command, ...texts]).toHaveLength(1);
      }
    },
    300_000,
  );

  it.each<[Policy, number, number]>([
    ['majority', 3, 150],
    ['reachable', 2, 50],
  ])(
    'gives each key to one book, and sells nothing hidden, under %s with %i replicas',
    (policy, replicas, seeds) => {
      for (let seed = 1; seed <= seeds; seed += 1) {
        const { violations } = runSeed(seed, replicas, { policy, settings: ADMINISTRATION });
        const texts = violations.map(({ rule, text }) => `${rule}: ${text}`);
        const command = `npm run sim -- --administration --seed ${seed} --replicas ${replicas} --policy ${policy} --trace`;
        expect([command, ...texts]).toHaveLength(1);
      }
    },
    300_000,
  );

  it.each([
    [3, 40],
    [5, 80],
  ])(
    'forgets nothing while disks are lost one after the other, with %i replicas',
    (replicas, seeds) => {
      for (let seed = 1; seed <= seeds; seed += 1) {
        const { violations } = runSeed(seed, replicas, { settings: LOST_DISKS });
        const texts = violations.map(({ rule, text }) => `${rule}: ${text}`);
        const command = `npm run sim -- --disks --seed ${seed} --replicas ${replicas} --trace`;
        expect([command, ...texts]).toHaveLength(1);
      }
    },
    120_000,
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
