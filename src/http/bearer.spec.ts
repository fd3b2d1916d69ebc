import { bearerCheck } from './bearer.js';

describe('bearerCheck', () => {
  const allows = bearerCheck(['the-token', 'the-one-before']);
  it.each([
    ['Bearer the-token', true],
    ['bearer  the-token ', true],
    ['Bearer the-one-before', true],
    ['Bearer the-token,the-one-before', false],
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
