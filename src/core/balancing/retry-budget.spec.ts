import { monotonic } from '../clocks.js';
import { RetryBudget } from './retry-budget.js';

/** How many of `tries` it lets through at that time. */
const taken = (budget: RetryBudget, tries: number, now: number): number =>
  Array.from({ length: tries }, () => budget.take(monotonic(now))).filter(Boolean).length;

describe('RetryBudget', () => {
  it('lets a burst through, and no more', () => {
    expect(taken(new RetryBudget(), 1000, 0)).toBe(100);
  });

  it('lets a fifth of the traffic through when the burst is spent', () => {
    const budget = new RetryBudget();
    taken(budget, 1000, 0);
    let through = 0;
    for (let request = 0; request < 1000; request += 1) {
      budget.earn();
      through += taken(budget, 2, 0);
    }
    expect(through).toBeGreaterThanOrEqual(199);
    expect(through).toBeLessThanOrEqual(200);
  });

  it('lets ten a second through without traffic', () => {
    const budget = new RetryBudget();
    taken(budget, 1000, 0);
    expect(taken(budget, 100, 99)).toBe(0);
    expect(taken(budget, 100, 1000)).toBe(10);
    expect(taken(budget, 100, 1500)).toBe(5);
  });

  it('saves up no more than the burst', () => {
    const budget = new RetryBudget();
    taken(budget, 1000, 0);
    for (let request = 0; request < 10_000; request += 1) budget.earn();
    expect(taken(budget, 1000, 3_600_000)).toBe(100);
  });
});
