import { type ChangeAnswer } from '../../src/contract/public-changes.js';

/** What a reader of the feed keeps: each change once, by book and number. */
export class Consumer {
  readonly changes: ChangeAnswer[] = [];
  /** Told again. */
  repeats = 0;
  private readonly last = new Map<number, number>();

  take(told: readonly ChangeAnswer[]): void {
    for (const change of told) {
      if (change.number <= (this.last.get(change.bookId) ?? -1)) {
        this.repeats += 1;
        continue;
      }
      this.last.set(change.bookId, change.number);
      this.changes.push(change);
    }
  }
  events(): ({ bookId: number } & ChangeAnswer['events'][number])[] {
    return this.changes.flatMap(({ bookId, events }) => events.map((event) => ({ bookId, ...event })));
  }
  orderIds(): string[] {
    return [
      ...new Set(this.events().flatMap(({ kind, orderId }) => (kind === 'sold' ? (orderId ?? []) : []))),
    ];
  }
  has(kind: string, holdId: string): boolean {
    return this.events().some((event) => event.kind === kind && event.holdId === holdId);
  }
}
