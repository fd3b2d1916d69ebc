import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { type Config } from '../config/index.js';
import { type Answered, Answers } from './answers.js';
import { CONFIG } from './config.token.js';

/** Seconds: from a cached look-up to a buy that waits out a lease. */
const DURATION_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** One registry for each app, since two of them may run in one process. Names start with `bazar_`. */
@Injectable()
export class Metrics implements OnApplicationShutdown {
  readonly registry = new Registry();
  private readonly durations: Histogram<'method' | 'route' | 'status'>;
  /** Looking labels up costs more than observing: each combination is bound once. Routes and statuses bound their number. */
  private readonly bound = new Map<string, Histogram.Internal<'method' | 'route' | 'status'>>();

  constructor(@Inject(CONFIG) config: Pick<Config, 'role'>, answers: Answers) {
    this.registry.setDefaultLabels({ role: config.role });
    collectDefaultMetrics({ register: this.registry });
    this.durations = new Histogram({
      name: 'bazar_http_request_duration_seconds',
      help: 'From the arrival of a request to the end of its answer',
      labelNames: ['method', 'route', 'status'],
      buckets: DURATION_BUCKETS,
      registers: [this.registry],
    });
    answers.observe((answered) => this.count(answered));
  }

  counter<Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[] = [],
  ): Counter<Label> {
    return new Counter({ name, help, labelNames, registers: [this.registry] });
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

  private count({ method, route, status, durationMs }: Answered): void {
    const key = `${method} ${status} ${route}`;
    let observer = this.bound.get(key);
    if (observer === undefined) {
      observer = this.durations.labels({ method, route, status: String(status) });
      this.bound.set(key, observer);
    }
    observer.observe(durationMs / 1000);
  }

  onApplicationShutdown(): void {
    this.registry.clear();
  }
}
