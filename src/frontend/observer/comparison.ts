import { type RangeAnswer, type RangeSum } from '../../contract/observation.js';

/** What one place, a front-end or a catalog, said of a book; null: it has no such book. */
export interface Answer {
  readonly place: string;
  readonly sequenceNumber: number | null;
}

/**
 * Of answers that were asked for one after the other, each when the one before was there: those older than one before them. Look-ups are
 * linearizable, so there is none, wherever they are asked for.
 */
export function staleAmong(answers: readonly Answer[]): Answer[] {
  let newest = -1;
  const stale: Answer[] = [];
  for (const answer of answers) {
    const number = answer.sequenceNumber ?? -1;
    if (number < newest) stale.push(answer);
    newest = Math.max(newest, number);
  }
  return stale;
}

/** Ranges whose sums are not the same everywhere, also where one has fewer: they have to be looked at book by book. */
export function rangesThatDiffer(catalogs: readonly (readonly RangeSum[])[]): number[] {
  const seen = new Map<number, Set<string>>();
  const counts = new Map<number, number>();
  for (const ranges of catalogs) {
    for (const { range, books, checked, committed, checksum } of ranges) {
      const sums = seen.get(range) ?? new Set();
      seen.set(range, sums.add(`${books} ${checked} ${committed} ${checksum}`));
      counts.set(range, (counts.get(range) ?? 0) + 1);
    }
  }
  return [...seen]
    .filter(([range, sums]) => sums.size > 1 || counts.get(range) !== catalogs.length)
    .map(([range]) => range);
}

/** Books that are at the same number on two catalogs, and not the same: one that lags is at another number. */
export function booksThatDiffer(catalogs: readonly RangeAnswer[]): number[] {
  const seen = new Map<string, number>();
  const found = new Set<number>();
  for (const { books } of catalogs) {
    for (const { id, committed, checksum } of books) {
      if (checksum === null) continue;
      const known = seen.get(`${id} ${committed}`);
      if (known !== undefined && known !== checksum) found.add(id);
      seen.set(`${id} ${committed}`, checksum);
    }
  }
  return [...found];
}
