import { pointBetween, quantileMs } from './rates.js';
import { type AnswerCounts, type ClusterSnapshot } from './types.js';

function counts(
  total: number,
  within: readonly (readonly [number | null, number])[],
  errors = 0,
): AnswerCounts {
  return { total, errors, withinMs: within.map(([boundMs, count]) => ({ boundMs, count })) };
}

const NONE = counts(0, []);

function snapshot(
  at: number,
  answers: AnswerCounts,
  hits: number,
  misses: number,
  id = 'one',
): ClusterSnapshot {
  const caches = [{ cache: 'lookup', hits, misses }];
  return { at, frontEnd: { id, address: 'http://127.0.0.1:1', answers, caches }, orders: [], catalogs: [] };
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
          [1, 30],
          [null, 30],
        ],
        4,
      ),
      14,
      6,
    );
    expect(pointBetween(before, now)).toMatchObject({
      at: 3,
      answersPerSecond: 10,
      errorsPerSecond: 2,
      hitPercent: 90,
    });
  });

  test('nothing can be told at first, after a restart, or without a read', () => {
    const now = snapshot(2_000, NONE, 0, 0);
    expect(pointBetween(null, now).answersPerSecond).toBeNull();
    expect(pointBetween(snapshot(1_000, counts(9, []), 0, 0, 'other'), now).answersPerSecond).toBeNull();
    expect(pointBetween(snapshot(1_000, NONE, 0, 0), now)).toMatchObject({
      answersPerSecond: 0,
      hitPercent: null,
      p50Ms: null,
    });
  });
});

describe('quantileMs', () => {
  const now = counts(100, [
    [1, 50],
    [10, 90],
    [100, 100],
    [null, 100],
  ]);
  test.each([
    [0.25, 0.5],
    [0.5, 1],
    [0.7, 5.5],
    [0.95, 55],
  ])('%d of them took %d ms or less', (quantile, ms) => {
    expect(quantileMs(NONE, now, quantile)).toBeCloseTo(ms);
  });

  test('beyond the last bound it is the last bound', () => {
    expect(
      quantileMs(
        NONE,
        counts(10, [
          [1, 0],
          [5, 0],
          [null, 10],
        ]),
        0.99,
      ),
    ).toBe(5);
  });

  test('only what came since counts', () => {
    expect(
      quantileMs(
        now,
        counts(101, [
          [1, 50],
          [10, 90],
          [100, 101],
          [null, 101],
        ]),
        0.5,
      ),
    ).toBeCloseTo(55);
  });
});
