import { Injectable } from '@nestjs/common';
import { type AnswerCounts, type CacheCounts } from '../../contract/operations.js';
import { Metrics } from '../../platform/metrics.js';

interface Value {
  readonly value: number;
  readonly labels: Readonly<Record<string, string | number | undefined>>;
  readonly metricName?: string;
}

const DURATIONS = 'bazar_http_request_duration_seconds';
/** What buyers and clients ask; pages, probes and the bookstore's own talk would drown it. */
const SHOP_ROUTE = /^\/(lookup|search|buy|orders|topics|books)(\/|$)/;

/** What this front-end has counted of itself, out of its own metrics. */
@Injectable()
export class OwnCounts {
  constructor(private readonly metrics: Metrics) {}

  async read(): Promise<{ answers: AnswerCounts; caches: CacheCounts[] }> {
    const [durations, reads] = await Promise.all([
      this.values(DURATIONS),
      this.values('bazar_cache_reads_total'),
    ]);
    return {
      answers: answersIn(durations),
      caches: ['lookup', 'search'].map((cache) => cacheIn(reads, cache)),
    };
  }

  private async values(name: string): Promise<Value[]> {
    return (await this.metrics.registry.getSingleMetric(name)?.get())?.values ?? [];
  }
}

function answersIn(values: readonly Value[]): AnswerCounts {
  const shop = values.filter(({ labels }) => SHOP_ROUTE.test(String(labels['route'])));
  const counts = shop.filter(({ metricName }) => metricName === `${DURATIONS}_count`);
  const within = new Map<number | null, number>();
  for (const { labels, value, metricName } of shop) {
    if (metricName !== `${DURATIONS}_bucket`) continue;
    const bound = labels['le'] === '+Inf' ? null : Number(labels['le']) * 1000;
    within.set(bound, (within.get(bound) ?? 0) + value);
  }
  return {
    total: sum(counts),
    errors: sum(counts.filter(({ labels }) => Number(labels['status']) >= 500)),
    withinMs: [...within]
      .map(([boundMs, count]) => ({ boundMs, count }))
      .sort((a, b) => (a.boundMs ?? Infinity) - (b.boundMs ?? Infinity)),
  };
}

function cacheIn(reads: readonly Value[], cache: string): CacheCounts {
  const count = (outcome: string): number =>
    sum(reads.filter(({ labels }) => labels['cache'] === cache && labels['outcome'] === outcome));
  return { cache, hits: count('hit'), misses: count('miss') };
}

function sum(values: readonly Value[]): number {
  return values.reduce((total, { value }) => total + value, 0);
}
