import { quantile, shown } from '../figures.js';
import { type Plot, type Series } from '../plot.js';
import { type Kind, type Sample } from './open-loop.js';

/** What was seen around one fault. */
export interface Row {
  readonly fault: string;
  readonly samples: readonly Sample[];
  /** By `performance.now()`; samples before `countedFrom` only warmed up. */
  readonly countedFrom: number;
  readonly faultAt: number;
}

interface Window {
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

export const FIRST_MS = 1_000;
const LEASE_MS = 500;
/** What issue 4 asks for. */
const TARGETS = { p50Ratio: 1.1, p99Ratio: 2, firstBuyMs: LEASE_MS + 200, firstReadMs: 250 };
const BUCKET_MS = 100;

const windowOf = (samples: readonly Sample[]): Window => {
  const sorted = samples.map(({ latencyMs }) => latencyMs).sort((a, b) => a - b);
  return {
    count: sorted.length,
    p50Ms: quantile(sorted, 0.5),
    p99Ms: quantile(sorted, 0.99),
    maxMs: sorted.at(-1) ?? NaN,
  };
};

/** One kind of request around one fault, in numbers. */
export function measured({ samples, countedFrom, faultAt }: Row, kind: Kind) {
  const mine = samples.filter((sample) => sample.kind === kind && sample.dueAt >= countedFrom);
  const between = (from: number, to: number): Window =>
    windowOf(mine.filter(({ dueAt }) => dueAt >= from && dueAt < to));
  const before = between(countedFrom, faultAt);
  const first = between(faultAt, faultAt + FIRST_MS);
  const then = between(faultAt + FIRST_MS, Infinity);
  const failures = mine.flatMap(({ failure }) => (failure === null ? [] : [failure]));
  return {
    requests: mine.length,
    failures,
    before,
    first,
    then,
    p50Ratio: then.p50Ms / before.p50Ms,
    p99Ratio: then.p99Ms / before.p99Ms,
  };
}

function misses(row: ReturnType<typeof measured>, kind: Kind): string {
  const bound = kind === 'read' ? TARGETS.firstReadMs : TARGETS.firstBuyMs;
  return [
    ...(row.failures.length > 0 ? [`${row.failures.length} failed`] : []),
    ...(row.first.maxMs > bound ? [`first second above ${bound} ms`] : []),
    ...(row.p50Ratio > TARGETS.p50Ratio ? [`p50 above ${TARGETS.p50Ratio}x`] : []),
    ...(row.p99Ratio > TARGETS.p99Ratio ? [`p99 above ${TARGETS.p99Ratio}x`] : []),
  ].join(', ');
}

const HEAD = [
  'fault',
  'requests',
  'failed',
  'before: p50 ms',
  'p99',
  'first second: p50 ms',
  'p99',
  'max',
  'from 1 s on: p50 ms',
  'p99',
  'max',
  'p50 ratio',
  'p99 ratio',
  'misses',
];

/** A table of one kind of request. */
export function tableOf(rows: readonly Row[], kind: Kind): string {
  const lines = rows.map((row) => {
    const figures = measured(row, kind);
    const { requests, failures, before, first, then, p50Ratio, p99Ratio } = figures;
    const times = [before.p50Ms, before.p99Ms, first.p50Ms, first.p99Ms, first.maxMs];
    const later = [then.p50Ms, then.p99Ms, then.maxMs, p50Ratio, p99Ratio];
    const cells = [row.fault, requests, failures.length, ...[...times, ...later].map(shown)];
    return `| ${[...cells, misses(figures, kind)].join(' | ')} |`;
  });
  return [`| ${HEAD.join(' | ')} |`, `|${' --- |'.repeat(HEAD.length)}`, ...lines].join('\n');
}

/** The longest time from a fault on in which no request of a kind was answered well, and how many failed. */
export function gapsOf(rows: readonly Row[]): string {
  const lines = rows.map((row) => {
    const cells = (['read', 'buy'] as const).flatMap((kind) => [
      shown(gapMs(row, kind) / 1_000),
      measured(row, kind).failures.length,
    ]);
    return `| ${[row.fault, ...cells].join(' | ')} |`;
  });
  const head = [
    'fault',
    'no look-up answered for, s',
    'look-ups failed',
    'no buy answered for, s',
    'buys failed',
  ];
  return [`| ${head.join(' | ')} |`, `|${' --- |'.repeat(head.length)}`, ...lines].join('\n');
}

function gapMs({ samples, faultAt }: Row, kind: Kind): number {
  const answeredAt = samples
    .filter((sample) => sample.kind === kind && sample.failure === null)
    .map(({ dueAt, latencyMs }) => dueAt + latencyMs)
    .filter((at) => at >= faultAt)
    .sort((a, b) => a - b);
  return answeredAt.reduce(
    (longest, at, index) => Math.max(longest, at - (answeredAt[index - 1] ?? faultAt)),
    0,
  );
}

/** The slowest request of each tenth of a second, over time. */
export function plotOf(name: string, rows: readonly Row[], kind: Kind): Plot {
  const series = rows.map((row): Series => {
    const slowest = new Map<number, number>();
    for (const { kind: each, dueAt, latencyMs } of row.samples) {
      if (each !== kind || dueAt < row.countedFrom) continue;
      const bucket = Math.floor((dueAt - row.faultAt) / BUCKET_MS);
      slowest.set(bucket, Math.max(slowest.get(bucket) ?? 0, latencyMs));
    }
    const points = [...slowest]
      .sort(([a], [b]) => a - b)
      .map(([bucket, y]) => ({ x: (bucket * BUCKET_MS) / 1_000, y }));
    return { name: row.fault, points };
  });
  return {
    name,
    title: `${kind === 'read' ? 'Look-ups' : 'Buys'}: the slowest of each ${BUCKET_MS} ms`,
    x: { label: 'seconds after the fault', scale: 'linear' },
    y: { label: 'ms', scale: 'log' },
    series,
    marks: [{ x: 0, label: 'fault' }],
    dots: false,
  };
}

/** Named each once, with how often. */
export function failuresOf(rows: readonly Row[]): string[] {
  return rows.flatMap(({ fault, samples, countedFrom }) => {
    const counts = new Map<string, number>();
    for (const { kind, failure, dueAt } of samples) {
      if (failure === null || dueAt < countedFrom) continue;
      const what = `${fault}, ${kind}: ${failure}`;
      counts.set(what, (counts.get(what) ?? 0) + 1);
    }
    return [...counts].map(([what, count]) => `- ${count} × ${what}`);
  });
}
