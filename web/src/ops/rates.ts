import { type AnswerCounts, type ClusterSnapshot } from './types.js';

/** What happened between two snapshots. Null: nothing that could be told. */
export interface Point {
  /** Seconds since 1970. */
  readonly at: number;
  readonly answersPerSecond: number | null;
  readonly errorsPerSecond: number | null;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  readonly hitPercent: number | null;
}

/** Five minutes of seconds. */
export const MOST_POINTS = 300;

export function pointBetween(before: ClusterSnapshot | null, now: ClusterSnapshot): Point {
  const at = now.at / 1000;
  const nothing = {
    at,
    answersPerSecond: null,
    errorsPerSecond: null,
    p50Ms: null,
    p99Ms: null,
    hitPercent: null,
  };
  // Another front-end process counts anew.
  if (before === null || before.frontEnd.id !== now.frontEnd.id || now.at <= before.at) return nothing;
  const seconds = (now.at - before.at) / 1000;
  const [was, is] = [before.frontEnd.answers, now.frontEnd.answers];
  return {
    at,
    answersPerSecond: (is.total - was.total) / seconds,
    errorsPerSecond: (is.errors - was.errors) / seconds,
    p50Ms: quantileMs(was, is, 0.5),
    p99Ms: quantileMs(was, is, 0.99),
    hitPercent: hitPercent(before, now),
  };
}

/** Within its bucket a duration is taken to lie evenly, as Prometheus' histogram_quantile does. */
export function quantileMs(was: AnswerCounts, is: AnswerCounts, quantile: number): number | null {
  const counts = is.withinMs.map(({ boundMs, count }) => ({
    boundMs,
    count: count - (was.withinMs.find((bucket) => bucket.boundMs === boundMs)?.count ?? 0),
  }));
  const total = counts.at(-1)?.count ?? 0;
  if (total === 0) return null;
  let [lowerMs, below] = [0, 0];
  for (const { boundMs, count } of counts) {
    if (boundMs === null) return lowerMs;
    if (count >= quantile * total) {
      return lowerMs + (boundMs - lowerMs) * ((quantile * total - below) / Math.max(1, count - below));
    }
    [lowerMs, below] = [boundMs, count];
  }
  return lowerMs;
}

function hitPercent(before: ClusterSnapshot, now: ClusterSnapshot): number | null {
  const sum = ({ frontEnd }: ClusterSnapshot, field: 'hits' | 'misses'): number =>
    frontEnd.caches.reduce((total, cache) => total + cache[field], 0);
  const hits = sum(now, 'hits') - sum(before, 'hits');
  const reads = hits + sum(now, 'misses') - sum(before, 'misses');
  return reads === 0 ? null : (100 * hits) / reads;
}
