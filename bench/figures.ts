/** The middle of several rounds, and how far they lay apart. */
export interface Spread {
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
}

/** NaN for none. */
export function spreadOf(numbers: readonly number[]): Spread {
  const sorted = numbers.filter((number) => Number.isFinite(number)).sort((a, b) => a - b);
  return {
    median: quantile(sorted, 0.5),
    lowest: sorted[0] ?? NaN,
    highest: sorted.at(-1) ?? NaN,
  };
}

/** Of numbers in ascending order; between two of them for the median of an even count. */
export function quantile(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)] ?? NaN;
  const above = sorted[Math.ceil(place)] ?? NaN;
  return below + (above - below) * (place - Math.floor(place));
}

/** With as many digits as mean something. */
export function shown(number: number): string {
  if (!Number.isFinite(number)) return '–';
  const size = Math.abs(number);
  const digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.1 ? 2 : 3;
  return size >= 1_000 ? shownCount(Math.round(number)) : number.toFixed(digits);
}

/** A whole number, with commas. */
export function shownCount(count: number): string {
  return count.toFixed(0).replace(/\B(?=(\d{3})+$)/g, ',');
}

export function shownSpread({ median, lowest, highest }: Spread): string {
  if (!Number.isFinite(median)) return '–';
  return lowest === highest ? shown(median) : `${shown(median)} (${shown(lowest)}–${shown(highest)})`;
}
