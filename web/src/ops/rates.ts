import { type AnswerCounts, type ClusterSnapshot, type FrontEndStatus } from './types.js';

/** What one process did between two snapshots. Null: nothing that could be told. */
export interface Rates {
  readonly answersPerSecond: number;
  readonly errorsPerSecond: number;
  readonly p50Ms: number | null;
  readonly p99Ms: number | null;
  /** Of a front-end. */
  readonly hitPercent: number | null;
}

export interface Point {
  /** Seconds since 1970. */
  readonly at: number;
  /** By address; those of whom nothing can be told are left out. */
  readonly rates: ReadonlyMap<string, Rates>;
}

/** Five minutes of seconds. */
export const MOST_POINTS = 300;

export function pointBetween(before: ClusterSnapshot | null, now: ClusterSnapshot): Point {
  const rates = new Map<string, Rates>();
  const seconds = before === null ? 0 : (now.at - before.at) / 1000;
  if (before !== null && seconds > 0) {
    const earlier = new Map(everybody(before).map(({ address, status }) => [address, status]));
    for (const { address, status } of everybody(now)) {
      const told = ratesBetween(earlier.get(address) ?? null, status, seconds);
      if (told !== null) rates.set(address, told);
    }
  }
  return { at: now.at / 1000, rates };
}

type Counting = { readonly answers: AnswerCounts } & Partial<Pick<FrontEndStatus, 'caches'>>;

function everybody({
  frontEnds,
  orders,
  catalogs,
}: ClusterSnapshot): { address: string; status: Counting | null }[] {
  return [...frontEnds, ...orders, ...catalogs];
}

function ratesBetween(before: Counting | null, now: Counting | null, seconds: number): Rates | null {
  if (before === null || now === null) return null;
  const [was, is] = [before.answers, now.answers];
  // A process that was started anew counts anew.
  if (is.total < was.total) return null;
  return {
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

function hitPercent(before: Counting, now: Counting): number | null {
  const sum = ({ caches = [] }: Counting, field: 'hits' | 'misses'): number =>
    caches.reduce((total, cache) => total + cache[field], 0);
  const hits = sum(now, 'hits') - sum(before, 'hits');
  const reads = hits + sum(now, 'misses') - sum(before, 'misses');
  return reads === 0 ? null : (100 * hits) / reads;
}
