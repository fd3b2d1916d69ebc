import { type Plot, svgOf } from './plot.js';

const PLOT: Plot = {
  name: 'growth',
  title: 'Look-ups < 1 ms & more',
  x: { label: 'books', scale: 'log' },
  y: { label: 'ms', scale: 'log' },
  series: [
    {
      name: 'look-up',
      points: [
        { x: 7, y: 0.1, low: 0.05, high: 0.3 },
        { x: 1_000_000, y: 0.2 },
      ],
    },
    {
      name: 'search',
      points: [
        { x: 7, y: 1 },
        { x: 1_000, y: NaN },
        { x: 1_000_000, y: 9 },
      ],
    },
  ],
  marks: [{ x: 1_000, label: 'killed' }],
};

describe('a plot', () => {
  it('draws each series within its frame, and leaves out what was not measured', () => {
    const svg = svgOf(PLOT);
    expect(svg).not.toContain('NaN');
    expect(svg).toContain('Look-ups &lt; 1 ms &amp; more');
    const lines = [...svg.matchAll(/<polyline points="([^"]*)"/g)].map(([, points]) => points?.split(' '));
    expect(lines.map((points) => points?.length)).toEqual([2, 2]);
    for (const [x, y] of lines.flat().map((point) => (point ?? '').split(',').map(Number))) {
      expect(x).toBeGreaterThanOrEqual(74);
      expect(x).toBeLessThanOrEqual(736);
      expect(y).toBeGreaterThanOrEqual(44);
      expect(y).toBeLessThanOrEqual(328);
    }
  });

  it('has equal steps for equal factors on a log axis', () => {
    const svg = svgOf({
      ...PLOT,
      series: [{ name: 's', points: [10, 100, 1_000].map((x) => ({ x, y: x })) }],
    });
    const points = /<polyline points="([^"]*)"/.exec(svg)?.[1]?.split(' ') ?? [];
    const [a = 0, b = 0, c = 0] = points.map((point) => Number(point.split(',')[0]));
    expect(b - a).toBeCloseTo(c - b, 0);
  });

  it('can be drawn of nothing', () => {
    expect(svgOf({ ...PLOT, series: [], marks: [] })).not.toMatch(/NaN|Infinity/);
  });
});
