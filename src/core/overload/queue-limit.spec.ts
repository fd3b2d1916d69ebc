import { monotonic } from '../clocks.js';
import { QueueLimit } from './queue-limit.js';

const BOUNDS = { mostWaitMs: 400, leastUnderWay: 10 };

/** How many of `tries` it lets in at that time. */
const begun = (limit: QueueLimit, tries: number, now: number): number =>
  Array.from({ length: tries }, () => limit.begin(monotonic(now))).filter(Boolean).length;

/** One that has served so many a second until `now`, with nothing under way. */
function busy(perSecond: number, now: number): QueueLimit {
  const limit = new QueueLimit(BOUNDS);
  for (let at = 0; at <= now; at += 1_000 / perSecond) {
    if (limit.begin(monotonic(at))) limit.end(true);
  }
  return limit;
}

describe('QueueLimit', () => {
  it('lets a few in, whatever is known', () => {
    expect(begun(new QueueLimit(BOUNDS), 100, 0)).toBe(10);
  });

  it('lets in what is served in time at the rate that it has seen', () => {
    expect(begun(busy(1_000, 2_000), 1_000, 2_000)).toBe(400);
  });

  it('lets one in for each that ends', () => {
    const limit = busy(1_000, 2_000);
    begun(limit, 1_000, 2_000);
    for (let ended = 0; ended < 7; ended += 1) limit.end(true);
    expect(begun(limit, 1_000, 2_000)).toBe(7);
  });

  it('takes a pause for a pause', () => {
    const most = begun(busy(1_000, 2_000), 1_000, 3_000);
    expect(most).toBeGreaterThan(300);
    expect(most).toBeLessThan(400);
  });

  it('lets a few in again when nothing was served for long', () => {
    expect(begun(busy(1_000, 2_000), 1_000, 62_000)).toBe(10);
  });

  it('counts nothing as served that was refused or lost', () => {
    const limit = new QueueLimit(BOUNDS);
    for (let at = 0; at <= 2_000; at += 1) if (limit.begin(monotonic(at))) limit.end(false);
    expect(begun(limit, 1_000, 2_000)).toBe(10);
  });
});
