import { monotonic } from '../clocks.js';
import { isQuorum, isQuorumWith, passedBy, quorumSize, runUntil, voters } from './quorum.js';

const electorate = (replicas: number, alone = false) => ({ replicas, self: 'a', alone });
const oks = (ids: string) => new Map([...ids].map((id) => [id, true]));

describe('quorums', () => {
  it.each([
    [1, 1],
    [2, 2],
    [3, 2],
    [4, 3],
    [5, 3],
    [6, 4],
    [7, 4],
  ])('of %i replicas are %i, so that any two share one', (replicas, size) => {
    expect(quorumSize(electorate(replicas))).toBe(size);
    expect(2 * size).toBeGreaterThan(replicas);
    expect(isQuorumWith(electorate(replicas), size - 1)).toBe(true);
    expect(isQuorumWith(electorate(replicas), size - 2)).toBe(false);
  });

  it.each([
    [3, false, 'a', false],
    [3, false, 'ab', true],
    [3, false, 'bc', true],
    [5, false, 'ab', false],
    [5, false, 'cde', true],
    [2, false, 'a', false],
    [2, false, 'b', false],
    [2, false, 'ab', true],
    [2, true, '', false],
    [2, true, 'a', true],
    [2, true, 'b', false],
    [2, true, 'ab', true],
  ])('of %i replicas, by itself %s: oks of "%s": %s', (replicas, sole, ids, expected) => {
    expect(isQuorum(electorate(replicas, sole), oks(ids))).toBe(expected);
  });

  it('hear all who said ok, and by itself only a sole quorum', () => {
    expect(voters(electorate(3), oks('ac'))).toEqual(['a', 'c']);
    expect(voters(electorate(2, true), oks('ab'))).toEqual(['a']);
  });
});

describe('times of a quorum', () => {
  it.each([
    [[], 1, Infinity],
    [[7], 1, 7],
    [[7], 2, Infinity],
    [[9, -Infinity, 5], 2, 5],
    [[9, -Infinity, 5], 3, 9],
  ])('the first of %j to make %i have passed at %d', (times, size, expected) => {
    expect(passedBy(times.map(monotonic), size)).toBe(expected);
  });

  it.each([
    [[], 0, Infinity],
    [[], 1, -Infinity],
    [[3, 9, 5], 1, 9],
    [[3, 9, 5], 2, 5],
    [[3], 2, -Infinity],
  ])('of %j, %i run until %d', (ends, size, expected) => {
    expect(runUntil(ends.map(monotonic), size)).toBe(expected);
  });
});
