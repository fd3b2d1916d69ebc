import { HedgeDelay } from './hedge-delay.js';

const BOUNDS = { floorMs: 10, firstMs: 100, attemptMs: 4_000 };

function after(...answers: readonly number[]): number {
  const delay = new HedgeDelay(BOUNDS);
  for (const tookMs of answers) delay.answeredIn(tookMs);
  return delay.delayMs;
}
const times = (count: number, tookMs: number): number[] => Array.from({ length: count }, () => tookMs);
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

describe('HedgeDelay', () => {
  it.each<[string, readonly number[], number]>([
    ['is a guess at first', [], 100],
    ['is the guess until twenty answers are known', times(19, 20), 100],
    ['is then the p95 of them', upTo(20), 19],
    ['is the p95, whatever their order', [...upTo(100)].reverse(), 95],
    ['is never below the floor', times(20, 1), 10],
    ['follows answers that take longer than the guess', times(20, 400), 400],
    ['is never above the cap', times(20, 5000), 1_000],
    ['is not moved by a single slow one', [...times(39, 20), 5000], 20],
    ['forgets what is long past', [...times(200, 80), ...times(200, 20)], 20],
  ])('%s', (_, answers, expected) => {
    expect(after(...answers)).toBe(expected);
  });
});
