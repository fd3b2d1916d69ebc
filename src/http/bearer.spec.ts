import { bearerCheck } from './bearer.js';

describe('bearerCheck', () => {
  const allows = bearerCheck('the-token');
  it.each([
    ['Bearer the-token', true],
    ['bearer  the-token ', true],
    ['Bearer the-tokem', false],
    ['Bearer the-token-and-more', false],
    ['Bearer ', false],
    ['Basic the-token', false],
    ['the-token', false],
    ['', false],
    [undefined, false],
  ])('takes %j: %j', (header, expected) => {
    expect(allows(header)).toBe(expected);
  });
});
