import { type CatalogStatus, type Seen } from '../../contract/ops.js';
import { type MonotonicMs } from '../../core/replication/types.js';

/** A front-end that is gone is shown as such for so long. */
const REMEMBERED_MS = 5 * 60_000;
const MOST_KEPT = 64;

/** The other front-ends, by address: the catalogs tell, for all of them hold sessions there. */
export class Siblings {
  private readonly lastSeen = new Map<string, MonotonicMs>();

  constructor(private readonly own: string) {}

  /** Sorted, so that each keeps its place. */
  addresses(): string[] {
    return [...this.lastSeen.keys()].sort();
  }

  /** Answers those that it has forgotten. */
  learn(catalogs: readonly Seen<CatalogStatus>[], now: MonotonicMs): readonly string[] {
    const forgotten: string[] = [];
    for (const { status } of catalogs) {
      for (const { address } of status?.sessions ?? []) {
        if (address === null || address === this.own) continue;
        this.lastSeen.delete(address);
        this.lastSeen.set(address, now);
      }
    }
    for (const [address, seenAt] of this.lastSeen) {
      if (now - seenAt <= REMEMBERED_MS && this.lastSeen.size <= MOST_KEPT) continue;
      this.lastSeen.delete(address);
      forgotten.push(address);
    }
    return forgotten;
  }
}
