import { GIVE_UP_MS, pauseMs } from './redelivery.js';

describe('the pause before a delivery is tried again', () => {
  it('doubles up to a quarter of an hour, half of it by chance', () => {
    const longest = Array.from({ length: 12 }, (_, failures) => pauseMs(failures + 1, 1, null) / 1_000);
    expect(longest).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
    expect(pauseMs(3, 0, null)).toBe(2_000);
    expect(pauseMs(5_000, 1, null)).toBe(900_000);
  });

  it('is as long as the receiver asks for, within an hour', () => {
    expect(pauseMs(1, 1, 30_000)).toBe(30_000);
    expect(pauseMs(12, 1, 30_000)).toBe(900_000);
    expect(pauseMs(1, 1, 10 ** 9)).toBe(3_600_000);
  });

  it('ends after a day', () => expect(GIVE_UP_MS).toBe(86_400_000));
});
