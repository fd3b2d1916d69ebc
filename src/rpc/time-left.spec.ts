import { timeLeftMs } from './time-left.js';

describe('timeLeftMs', () => {
  it.each([
    ['250', 250],
    ['0', 0],
    ['999999999', 60_000],
    ['-1', 1500],
    ['1.5', 1500],
    ['soon', 1500],
    [undefined, 1500],
  ])('reads %j as %j', (header, expected) => {
    expect(timeLeftMs({ 'x-bazar-time-left-ms': header }, 1500)).toBe(expected);
  });
});
