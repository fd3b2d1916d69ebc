import { pointBetween, quantileMs } from './rates.js';
import { type AnswerCounts, type ClusterSnapshot } from './types.js';

const ADDRESS = 'http://127.0.0.1:1';

function counts(
  total: number,
  within: readonly (readonly [number | null, number])[],
  errors = 0,
): AnswerCounts {
  return { total, errors, withinMs: within.map(([boundMs, count]) => ({ boundMs, count })) };
}

const NONE = counts(0, []);

function snapshot(at: number, answers: AnswerCounts, hits = 0, misses = 0): ClusterSnapshot {
  const caches = [{ cache: 'lookup', hits, misses }];
  const status = { id: 'one', answers, caches, upstreams: [] };
  const frontEnds = [{ address: ADDRESS, ready: true, status, answeredInMs: 0 }];
  return { at, self: ADDRESS, frontEnds, orders: [], catalogs: [], processes: null };
}

describe('pointBetween', () => {
  test('rates are those of the time between', () => {
    const before = snapshot(
      1_000,
      counts(10, [
        [1, 10],
        [null, 10],
      ]),
      5,
      5,
    );
    const now = snapshot(
      3_000,
      counts(
        30,
        [
          [1, 20],
          [10, 30],
          [null, 30],
        ],
        4,
      ),
      20,
      10,
    );
    const { at, rates } = pointBetween(before, now);
    expect(at).toBe(3);
    expect(rates.get(ADDRESS)).toMatchObject({ answersPerSecond: 10, errorsPerSecond: 2, hitPercent: 75 });
  });

  test('nothing is told of a first snapshot, nor of a process that counts anew', () => {
    const now = snapshot(2_000, counts(5, [[null, 5]]));
    expect(pointBetween(null, now).rates.size).toBe(0);
    expect(pointBetween(snapshot(1_000, counts(50, [[null, 50]])), now).rates.size).toBe(0);
  });

  test('without reads there is no share of hits', () => {
    const { rates } = pointBetween(snapshot(1_000, NONE), snapshot(2_000, NONE));
    expect(rates.get(ADDRESS)).toMatchObject({ hitPercent: null, p99Ms: null });
  });
});

describe('quantileMs', () => {
  test('lies evenly within its bucket', () => {
    const now = counts(100, [
      [1, 50],
      [5, 90],
      [null, 100],
    ]);
    expect(quantileMs(NONE, now, 0.5)).toBe(1);
    expect(quantileMs(NONE, now, 0.7)).toBe(3);
    // Beyond the last bound nothing more is known than that bound.
    expect(quantileMs(NONE, now, 0.99)).toBe(5);
  });

  test('counts only what is new', () => {
    const before = counts(100, [
      [1, 100],
      [10, 100],
      [null, 100],
    ]);
    const now = counts(110, [
      [1, 100],
      [10, 110],
      [null, 110],
    ]);
    expect(quantileMs(before, now, 0.5)).toBe(5.5);
    expect(quantileMs(before, before, 0.5)).toBeNull();
  });
});
