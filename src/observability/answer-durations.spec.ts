import { type Metric, Histogram, Registry } from 'prom-client';
import { AnswerDurations } from './answer-durations.js';

const ANSWERS = [
  ['GET', '/a', 200, 0.25],
  ['GET', '/a', 200, 0.5],
  ['GET', '/a', 200, 0.75],
  ['GET', '/a', 404, 5000],
  ['PUT', '/a', 200, 5001],
  ['GET', '/b', 200, 70],
] as const;

describe('durations of answers', () => {
  it("reach Prometheus as those of prom-client's own histogram would", async () => {
    const own = new AnswerDurations();
    const registry = new Registry();
    registry.registerMetric(own as unknown as Metric);
    const theirs = new Registry();
    const histogram = new Histogram({
      name: own.name,
      help: own.help,
      labelNames: ['method', 'route', 'status'],
      buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
      registers: [theirs],
    });
    for (const [method, route, status, durationMs] of ANSWERS) {
      own.observe({ method, route, status, durationMs, url: route });
      histogram.observe({ method, route, status: String(status) }, durationMs / 1000);
    }
    const linesOf = async (each: Registry): Promise<string[]> =>
      (await each.metrics()).split('\n').map(byLabel).sort();
    expect(await linesOf(registry)).toEqual(await linesOf(theirs));
  });
});

/** The order of labels means nothing. */
function byLabel(line: string): string {
  return line.replace(/{(.*)}/, (_, labels: string) => `{${labels.split(',').sort().join(',')}}`);
}
