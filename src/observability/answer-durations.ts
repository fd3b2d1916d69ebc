import { type MetricValueWithName } from 'prom-client';
import { type Answered } from './answers.js';

export const DURATIONS = 'bazar_http_request_duration_seconds';

/** Milliseconds: from a cached look-up to a buy that waits out a lease. */
const BOUNDS_MS = [0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000];

interface Tally {
  readonly labels: { readonly method: string; readonly route: string; readonly status: string };
  /** How many fell between the bound before and this one; the last is above all of them. */
  readonly counts: number[];
  sumMs: number;
}

/**
 * A Prometheus histogram of how long answers took, by method, route and status. prom-client's own makes a text of the labels at each
 * observation, which costs more than all else that is done for a cached look-up; here texts are made when somebody asks.
 */
export class AnswerDurations {
  readonly name = DURATIONS;
  readonly help = 'From the arrival of a request to the end of its answer';
  /** Routes and statuses bound their number. */
  private readonly byRoute = new Map<string, Map<number, Map<string, Tally>>>();

  observe({ method, route, status, durationMs }: Answered): void {
    const tally = this.byRoute.get(route)?.get(status)?.get(method) ?? this.begin(method, route, status);
    let bucket = 0;
    while (bucket < BOUNDS_MS.length && durationMs > (BOUNDS_MS[bucket] ?? Infinity)) bucket += 1;
    tally.counts[bucket] = (tally.counts[bucket] ?? 0) + 1;
    tally.sumMs += durationMs;
  }

  /** What a registry asks of a metric. */
  get() {
    const values = [...this.tallies()].flatMap((tally) => this.valuesOf(tally));
    return Promise.resolve({
      name: this.name,
      help: this.help,
      type: 'histogram',
      aggregator: 'sum',
      values,
    } as const);
  }

  private begin(method: string, route: string, status: number): Tally {
    const byStatus = this.byRoute.get(route) ?? new Map<number, Map<string, Tally>>();
    this.byRoute.set(route, byStatus);
    const byMethod = byStatus.get(status) ?? new Map<string, Tally>();
    byStatus.set(status, byMethod);
    const labels = { method, route, status: String(status) };
    const tally = { labels, counts: new Array<number>(BOUNDS_MS.length + 1).fill(0), sumMs: 0 };
    byMethod.set(method, tally);
    return tally;
  }

  private *tallies(): Iterable<Tally> {
    for (const byStatus of this.byRoute.values()) {
      for (const byMethod of byStatus.values()) yield* byMethod.values();
    }
  }

  private valuesOf({ labels, counts, sumMs }: Tally): MetricValueWithName<string>[] {
    let total = 0;
    const buckets = counts.map((count, bucket) => {
      const boundMs = BOUNDS_MS[bucket];
      const le = boundMs === undefined ? '+Inf' : boundMs / 1000;
      return { metricName: `${this.name}_bucket`, labels: { ...labels, le }, value: (total += count) };
    });
    return [
      ...buckets,
      { metricName: `${this.name}_sum`, labels, value: sumMs / 1000 },
      { metricName: `${this.name}_count`, labels, value: total },
    ];
  }
}
