import { quantile, shown, shownCount, shownSpread, spreadOf } from './figures.js';

describe('figures', () => {
  it('have the middle of several, and how far they lie apart', () => {
    expect(spreadOf([3, 1, NaN, 2])).toEqual({ median: 2, lowest: 1, highest: 3 });
    expect(spreadOf([4, 1, 2, 3]).median).toBe(2.5);
    expect(spreadOf([]).median).toBeNaN();
  });

  it('have a share of them below a quantile', () => {
    const hundred = Array.from({ length: 101 }, (_, index) => index);
    expect([0, 0.5, 0.99, 1].map((share) => quantile(hundred, share))).toEqual([0, 50, 99, 100]);
  });

  it.each([
    [0.01234, '0.012'],
    [0.1234, '0.12'],
    [12.34, '12.3'],
    [123.4, '123'],
    [1234.5, '1,235'],
    [12_345_678, '12,345,678'],
    [NaN, '–'],
  ])('show %d with as many digits as mean something', (number, text) => {
    expect(shown(number)).toBe(text);
  });

  it('show a count whole', () => {
    expect([7, 999, 1_000, 1_000_000].map(shownCount)).toEqual(['7', '999', '1,000', '1,000,000']);
  });

  it('show a spread only where there is one', () => {
    expect(shownSpread(spreadOf([1, 2, 3]))).toBe('2.00 (1.00–3.00)');
    expect(shownSpread(spreadOf([2]))).toBe('2.00');
    expect(shownSpread(spreadOf([]))).toBe('–');
  });
});
