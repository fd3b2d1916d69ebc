import { type Context } from './context.js';
import { type Coordinator } from './coordinator.js';
import { bookOfHold, EXPIRY_GRACE_MS, MOST_ENDED, SWEEP_MS } from './holds.js';
import { type Peers } from './peers.js';
import { type Records } from './records.js';
import { type BookId } from './types.js';

/**
 * Sees to it that holds end with nobody's help: each second those that have run out (H3), and at once those that follow one that has been
 * decided (H5). It only has the book's coordinator look; that one decides, by its own clock.
 */
export class Sweeper {
  constructor(
    private readonly context: Context,
    private readonly records: Records,
    private readonly coordinator: Coordinator,
    private readonly peers: Peers,
    private readonly ready: () => boolean,
  ) {}

  start(): void {
    const { sweepMs = SWEEP_MS } = this.context.options;
    if (!this.context.rules['H3 end what ran out'] || sweepMs === Infinity) return;
    this.context.after(sweepMs, () => {
      if (this.ready()) this.#sweep();
      this.start();
    });
  }

  decided(followers: readonly BookId[]): void {
    if (this.ready()) this.#look(followers);
  }

  #sweep(): void {
    const { store, clock } = this.context.ports;
    const graceMs = this.context.options.expiryGraceMs ?? EXPIRY_GRACE_MS;
    const books = new Set<BookId>();
    for (const { bookId, decidedBy } of store.dueHolds(null, clock.wallClockMs() - graceMs, MOST_ENDED)) {
      books.add(bookId);
      const deciding = decidedBy === null ? null : bookOfHold(decidedBy);
      // What it follows has run out as well, and may not have come here.
      if (decidedBy !== null && deciding !== null && (store.hold(decidedBy)?.end ?? null) === null)
        books.add(deciding);
    }
    this.#look(books);
  }

  /** One replica for each book, as long as that one is well: all at once would only hinder each other. */
  #look(books: Iterable<BookId>): void {
    for (const bookId of books) {
      const { promised } = this.records.get(bookId);
      const other = promised === null ? undefined : this.peers.byId(promised.replicaId);
      if (other === undefined || !this.peers.healthy(other)) this.coordinator.sweep(bookId);
    }
  }
}
