import { Injectable } from '@nestjs/common';
import { type AnswerCounts } from '../contract/ops.js';
import { DURATIONS } from './answer-durations.js';
import { Metrics, type MetricValue } from './metrics.js';

/** Whether a route is one of those that count. */
export type Asked = (route: string) => boolean;

/** Calls of the line, by their names, and HTTP paths that begin so. */
export function askedBy(calls: readonly { readonly name: string }[], ...paths: readonly string[]): Asked {
  const names = new Set(calls.map(({ name }) => name));
  return (route) => names.has(route) || paths.some((path) => route === path || route.startsWith(`${path}/`));
}

/** What this process has counted of its answers, out of its own metrics. */
@Injectable()
export class AnswerCounter {
  constructor(private readonly metrics: Metrics) {}

  /** Of the routes that `asked` knows: pages, probes and the bookstore's own talk would drown what it is there for. */
  async read(asked: Asked): Promise<AnswerCounts> {
    const values = await this.metrics.values(DURATIONS);
    return answersIn(values.filter(({ labels }) => asked(String(labels['route']))));
  }
}

function answersIn(values: readonly MetricValue[]): AnswerCounts {
  const counts = values.filter(({ metricName }) => metricName === `${DURATIONS}_count`);
  const within = new Map<number | null, number>();
  for (const { labels, value, metricName } of values) {
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

function sum(values: readonly MetricValue[]): number {
  return values.reduce((total, { value }) => total + value, 0);
}
