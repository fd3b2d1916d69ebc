import { later, monotonic as at, shortened, SuspensionWatch } from './clocks.js';
import { type BookId, type WallClockMs } from './replication/types.js';

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
    expect(watch.look(at(7), 1_000_000)).toBe(true);
    expect(watch.clocksAgree(at(7 + monotonicMs), 1_000_000 + wallMs)).toBe(agree);
    expect(watch.look(at(7 + monotonicMs), 1_000_000 + wallMs)).toBe(agree);
    expect(watch.look(at(8 + monotonicMs), 1_000_001 + wallMs)).toBe(true);
  });
});

describe('the two clocks, and books', () => {
  it('are told apart by the compiler', () => {
    const watch = new SuspensionWatch();
    const now = at(1);
    const wallClock: WallClockMs = 2;
    const bookId: BookId = 3;
    // @ts-expect-error The wall clock's reading is none of the monotonic clock.
    watch.look(wallClock, wallClock);
    // @ts-expect-error Nor the other way round.
    watch.look(now, now);
    // @ts-expect-error A plain number says nothing of a clock.
    watch.look(1, wallClock);
    // @ts-expect-error A book's id is no time.
    watch.look(now, bookId);
    expect(later(now, 1)).toBe(2);
  });
});
