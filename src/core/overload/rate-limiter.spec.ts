import { monotonic } from '../clocks.js';
import { RateLimiter } from './rate-limiter.js';

describe('RateLimiter', () => {
  /** Ten a second, three at once. */
  const limits = { perSecond: 10, burst: 3, mostClients: 2 };

  it.each<[string, [client: string, at: number, waitMs: number][]]>([
    [
      'lets a burst in, then one each tenth of a second',
      [
        ['a', 0, 0],
        ['a', 0, 0],
        ['a', 0, 0],
        ['a', 0, 100],
        ['a', 40, 60],
        ['a', 100, 0],
        ['a', 100, 100],
      ],
    ],
    [
      'fills the burst again with time, and no further',
      [
        ['a', 0, 0],
        ['a', 0, 0],
        ['a', 0, 0],
        ['a', 60_000, 0],
        ['a', 60_000, 0],
        ['a', 60_000, 0],
        ['a', 60_000, 100],
      ],
    ],
    [
      'counts each client for itself',
      [
        ['a', 0, 0],
        ['a', 0, 0],
        ['a', 0, 0],
        ['b', 0, 0],
        ['a', 0, 100],
      ],
    ],
    [
      'forgets who asked least lately when there are too many',
      [
        ['a', 0, 0],
        ['a', 0, 0],
        ['a', 0, 0],
        ['b', 0, 0],
        ['c', 0, 0],
        ['a', 0, 0],
      ],
    ],
  ])('%s', (_name, asked) => {
    const limiter = new RateLimiter(limits);
    const waits = asked.map(([client, at]) => limiter.waitMs(client, monotonic(at)));
    expect(waits).toEqual(asked.map(([, , waitMs]) => waitMs));
  });
});
