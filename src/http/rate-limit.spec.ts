import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { RateLimit } from './rate-limit.js';

describe('the rate limit at the start', () => {
  const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
  afterEach(() => warn.mockClear());
  afterAll(() => warn.mockRestore());

  it.each([
    { production: true, rateLimitPerSecond: 0, lines: 1, guards: 0 },
    { production: false, rateLimitPerSecond: 0, lines: 0, guards: 0 },
    { production: true, rateLimitPerSecond: 5, lines: 0, guards: 1 },
  ])('says in production that there is none: %o', ({ production, rateLimitPerSecond, lines, guards }) => {
    const guard = jest.fn();
    const rest = [{ guard }, {}, {}, {}] as unknown as [never, never, never, never];
    new RateLimit({ production, rateLimitPerSecond } as never, ...rest).onModuleInit();
    expect(warn.mock.calls).toEqual(
      Array.from({ length: lines }, () => [
        expect.stringMatching(/^RATE_LIMIT_PER_SECOND is not set: .*TRUST_PROXY/),
      ]),
    );
    expect(guard).toHaveBeenCalledTimes(guards);
  });
});
