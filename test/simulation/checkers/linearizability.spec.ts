import fc from 'fast-check';
import { checkLinearizable, type Invocation } from './linearizability.js';

/** A register with compare-and-set, the classic object of such checkers. */
const write = (start: number, end: number, value: number): Invocation<number> => ({
  start,
  end,
  apply: () => value,
});
const read = (start: number, end: number, value: number): Invocation<number> => ({
  start,
  end,
  apply: (state) => (state === value ? state : null),
});
const swap = (start: number, end: number, from: number, to: number): Invocation<number> => ({
  start,
  end,
  apply: (state) => (state === from ? to : null),
});

const check = (...invocations: Invocation<number>[]) => checkLinearizable(invocations, 0, String).kind;

describe('linearizability', () => {
  it('accepts operations one after the other', () => {
    expect(check(write(0, 1, 5), read(2, 3, 5), swap(4, 5, 5, 6), read(6, 7, 6))).toBe('linearizable');
  });

  it('refuses a read of an old value after an acknowledged write', () => {
    expect(check(write(0, 1, 5), read(2, 3, 0))).toBe('not linearizable');
  });

  it('lets concurrent operations happen in either order', () => {
    expect(check(write(0, 10, 5), read(1, 2, 0), read(3, 4, 5))).toBe('linearizable');
  });

  it('refuses a value that was seen and then was not', () => {
    expect(check(write(0, 10, 5), read(1, 2, 5), read(3, 4, 0))).toBe('not linearizable');
  });

  it('refuses two that both won the same swap', () => {
    expect(check(swap(0, 5, 0, 1), swap(0, 5, 0, 2))).toBe('not linearizable');
  });

  it('lets an unanswered write happen later, or never', () => {
    expect(check(write(0, Infinity, 5), read(10, 11, 0), read(12, 13, 5))).toBe('linearizable');
    expect(check(write(0, Infinity, 5), read(10, 11, 0))).toBe('linearizable');
  });

  it('does not let an unanswered write happen before its call', () => {
    expect(check(read(0, 1, 5), write(2, Infinity, 5))).toBe('not linearizable');
  });

  it('goes back on choices that led nowhere', () => {
    const writes = [1, 2, 3, 4, 5, 6].map((value) => write(0, 100, value));
    expect(check(...writes, read(101, 102, 3), read(103, 104, 3))).toBe('linearizable');
    expect(check(...writes, read(101, 102, 3), read(103, 104, 4))).toBe('not linearizable');
  });

  it('agrees with a search of all orders', () => {
    const operation = fc
      .tuple(fc.nat(12), fc.integer({ min: 1, max: 6 }), fc.nat(2), fc.boolean())
      .map(([start, length, value, isRead]) =>
        isRead ? read(start, start + length, value) : write(start, start + length, value),
      );
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 6 }), (invocations) => {
        const found = checkLinearizable(invocations, 0, String).kind === 'linearizable';
        expect(found).toBe(someOrderWorks(invocations, 0));
      }),
      { numRuns: 500 },
    );
  });
});

function someOrderWorks(left: readonly Invocation<number>[], state: number): boolean {
  if (left.length === 0) return true;
  return left.some((candidate) => {
    const rest = left.filter((other) => other !== candidate);
    if (rest.some(({ end }) => end < candidate.start)) return false;
    const next = candidate.apply(state);
    return next !== null && someOrderWorks(rest, next);
  });
}
