import { clockOf, wordsOf } from './countdown.js';

test.each([
  [600_000, '10:00'],
  [599_999, '10:00'],
  [599_000, '9:59'],
  [61_000, '1:01'],
  [60_000, '1:00'],
  [9_500, '0:10'],
  [1, '0:01'],
  [0, '0:00'],
  [-5_000, '0:00'],
])('%i ms are shown as %s', (leftMs, clock) => {
  expect(clockOf(leftMs)).toBe(clock);
});

test.each([
  [600_000, '10 minutes left to pay'],
  [301_000, '10 minutes left to pay'],
  [300_000, '5 minutes left to pay'],
  [120_000, '2 minutes left to pay'],
  [59_000, '1 minute left to pay'],
  [30_000, '30 seconds left to pay'],
  [5_000, '10 seconds left to pay'],
  [0, 'The time is up'],
])('with %i ms left a screen reader has heard “%s”', (leftMs, words) => {
  expect(wordsOf(leftMs)).toBe(words);
});

test('a whole checkout is told of seven times, not each second', () => {
  const said = new Set(Array.from({ length: 601 }, (_, second) => wordsOf((600 - second) * 1_000)));
  expect(said.size).toBe(7);
});
