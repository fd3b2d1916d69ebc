import { quantile, spreadOf, type Spread } from '../figures.js';
import { OpenLoop, type Sample } from './open-loop.js';
import { type Shop } from './shop.js';

/** How a shop stood twice what it can sell. */
export interface Overload {
  /** What it sold at its best, and what it sold then, a second. */
  readonly best: number;
  readonly sold: number;
  readonly soldP99Ms: number;
  readonly refused: number;
  readonly refusedP99Ms: number;
  /** No answer, or another than a sale or 503, a second. */
  readonly failed: number;
  /** Medians of half its best: before, and in the first and second second after. */
  readonly calmP50Ms: number;
  readonly afterP50Ms: readonly [number, number];
  readonly afterFailed: number;
}

const CALM_SECONDS = 2;
const REFUSED = 503;

export async function overload(shop: Shop, best: number, seconds: number): Promise<Overload> {
  const loop = new OpenLoop(
    shop.addresses,
    () => `/buy/${shop.books[Math.floor(Math.random() * shop.books.length)] ?? 0}`,
  );
  const calm = { perSecond: best / 2, seconds: CALM_SECONDS };
  await loop.run([calm, { perSecond: best * 2, seconds }, calm]);
  const between = (from: number, to: number): Sample[] =>
    loop.samples.filter(({ dueMs }) => dueMs >= from * 1_000 && dueMs < to * 1_000);
  const end = CALM_SECONDS + seconds;
  const during = between(CALM_SECONDS, end);
  // What was asked then, and is answered only later, is not served at that rate.
  const sold = during.filter(({ status, answeredMs }) => status === 200 && answeredMs < end * 1_000);
  const refused = during.filter(({ status }) => status === REFUSED);
  const failed = during.filter(({ status }) => status !== 200 && status !== REFUSED);
  const first = between(end, end + 1);
  const second = between(end + 1, end + 2);
  return {
    best,
    sold: sold.length / seconds,
    soldP99Ms: latency(sold, 0.99),
    refused: refused.length / seconds,
    refusedP99Ms: latency(refused, 0.99),
    failed: failed.length / seconds,
    calmP50Ms: latency(between(0, CALM_SECONDS), 0.5),
    afterP50Ms: [latency(first, 0.5), latency(second, 0.5)],
    afterFailed: [...first, ...second].filter(({ status }) => status !== 200).length,
  };
}

function latency(samples: readonly Sample[], share: number): number {
  const sorted = samples.map(({ dueMs, answeredMs }) => answeredMs - dueMs).sort((a, b) => a - b);
  return quantile(sorted, share);
}

export function spreadOfOverload(overloads: readonly Overload[], of: (each: Overload) => number): Spread {
  return spreadOf(overloads.map(of));
}
