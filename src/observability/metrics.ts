import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import {
  collectDefaultMetrics,
  Counter,
  Gauge,
  Histogram,
  type LabelValues,
  type Metric,
  Registry,
} from 'prom-client';
import { type Config } from '../config/index.js';
import { AnswerDurations } from './answer-durations.js';
import { Answers } from './answers.js';
import { CONFIG } from '../runtime/config.token.js';

/** Those of a timer that would wake an idle process a hundred times a second; what is measured at each scrape stays. */
const LAG_BY_TIMER = ['min', 'max', 'mean', 'stddev', 'p50', 'p90', 'p99'].map(
  (what) => `nodejs_eventloop_lag_${what}_seconds`,
);
const NEVER_MS = 2 ** 31 - 1;

/** One value of a metric, as prom-client tells it. */
export interface MetricValue {
  readonly value: number;
  readonly labels: Readonly<Record<string, string | number | undefined>>;
  readonly metricName?: string;
}

/** One registry for each app, since two of them may run in one process. Names start with `bazar_`. */
@Injectable()
export class Metrics implements OnApplicationShutdown {
  readonly registry = new Registry();
  private readonly durations = new AnswerDurations();

  constructor(@Inject(CONFIG) config: Pick<Config, 'role'>, answers: Answers) {
    this.registry.setDefaultLabels({ role: config.role });
    collectDefaultMetrics({ register: this.registry, eventLoopMonitoringPrecision: NEVER_MS });
    for (const name of LAG_BY_TIMER) this.registry.removeSingleMetric(name);
    // All that a registry asks of a metric is `get`.
    this.registry.registerMetric(this.durations as unknown as Metric);
    answers.observe((answered) => this.durations.observe(answered));
  }

  counter<Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[] = [],
  ): Counter<Label> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
  }

  /** A counter whose values are asked at each scrape: for what is counted too often for prom-client. They may only grow. */
  countedElsewhere<Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
    read: () => readonly (readonly [LabelValues<Label>, number])[],
  ): void {
    new Counter({
      name,
      help,
      labelNames,
      registers: [this.registry],
      collect() {
        this.reset();
        for (const [labels, value] of read()) this.inc(labels, value);
      },
    });
  }

  histogram(name: string, help: string, buckets: number[]): Histogram {
    return new Histogram({ name, help, buckets, registers: [this.registry] });
  }

  /** `collect` is asked at each scrape. */
  gauge(name: string, help: string, collect: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.set(collect());
      },
    });
  }

  /** With labels; what `collect` does not name any more is gone. */
  gauges<Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[],
    collect: () => readonly { readonly labels: Record<Label, string>; readonly value: number }[],
  ): void {
    new Gauge<Label>({
      name,
      help,
      labelNames,
      registers: [this.registry],
      collect() {
        this.reset();
        for (const { labels, value } of collect()) this.set(labels, value);
      },
    });
  }

  /** What one metric holds now; nothing if there is none of this name. */
  async values(name: string): Promise<readonly MetricValue[]> {
    return (await this.registry.getSingleMetric(name)?.get())?.values ?? [];
  }

  onApplicationShutdown(): void {
    this.registry.clear();
  }
}
