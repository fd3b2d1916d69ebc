import { shortened, SuspensionWatch } from './clocks.js';

describe('shortened', () => {
  it('ends on the slowest clock before it ends on the fastest', () => {
    for (const durationMs of [1, 500, 30_000]) {
      const onSlowest = shortened(durationMs) / (1 - 0.05);
      expect(onSlowest).toBeLessThanOrEqual(durationMs / (1 + 0.05) + 1e-9);
    }
  });
});

describe('SuspensionWatch', () => {
  it.each([
    ['both went on', 1_000, 1_000, true],
    ['the wall clock was put right by a little', 1_000, 1_025, true],
    ['the machine slept', 1_000, 1_026, false],
    ['the wall clock was put back', 1_000, 974, false],
  ])('%s', (_, monotonicMs, wallMs, agree) => {
    const watch = new SuspensionWatch();
    expect(watch.look(7, 1_000_000)).toBe(true);
    expect(watch.clocksAgree(7 + monotonicMs, 1_000_000 + wallMs)).toBe(agree);
    expect(watch.look(7 + monotonicMs, 1_000_000 + wallMs)).toBe(agree);
    expect(watch.look(8 + monotonicMs, 1_000_001 + wallMs)).toBe(true);
  });
});
