import { monotonic } from '../clocks.js';
import { HedgeBudget } from './hedge-budget.js';

/** How many of `tries` it lets through at that time. */
const taken = (budget: HedgeBudget, tries: number, now: number): number =>
  Array.from({ length: tries }, () => budget.take(monotonic(now))).filter(Boolean).length;

const spent = (underWay: number): HedgeBudget => {
  const budget = new HedgeBudget();
  for (let request = 0; request < underWay; request += 1) budget.began();
  taken(budget, 1_000, 0);
  return budget;
};

describe('HedgeBudget', () => {
  it('lets a burst through, and no more', () => {
    expect(taken(new HedgeBudget(), 1_000, 0)).toBe(50);
  });

  it('lets one in twenty of the traffic through when the burst is spent', () => {
    const budget = spent(0);
    let through = 0;
    for (let request = 0; request < 1_000; request += 1) {
      budget.began();
      through += taken(budget, 2, 0);
      budget.ended();
    }
    expect(through).toBeGreaterThanOrEqual(49);
    expect(through).toBeLessThanOrEqual(50);
  });

  it('lets ten a second through while little is under way', () => {
    const budget = spent(1);
    expect(taken(budget, 100, 99)).toBe(0);
    expect(taken(budget, 100, 1_099)).toBe(10);
  });

  it('lets none through for the time that passes while much is under way', () => {
    const budget = spent(100);
    expect(taken(budget, 100, 60_000)).toBe(0);
    for (let request = 0; request < 90; request += 1) budget.ended();
    expect(taken(budget, 100, 60_100)).toBe(1);
  });
});
