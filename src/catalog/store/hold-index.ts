import { type HeldCopies, type HoldRecord } from '../../contract/holding.js';
import { type HoldId, type StoredHold } from '../../core/replication/types.js';
import { type HoldsFound, type HoldsQuery } from './catalogue-index.js';
import { type Connection } from './database.js';
import { type HoldTable } from './hold-table.js';

interface PlaceRow {
  readonly hold_id: string;
  readonly until: number;
}

/** Of holds of several books those are listed that decide: the others are shown with them. */
const LIST = `
  SELECT hold.hold_id, hold.until FROM hold
  WHERE hold.due IS NOT NULL AND hold.decided_by IS NULL AND (hold.due, hold.hold_id) > (@due, @holdId)
    AND (@reference IS NULL OR hold.reference = @reference)
    AND (@bookId IS NULL OR hold.book_id = @bookId OR EXISTS (
      SELECT 1 FROM hold AS follower WHERE follower.decided_by = hold.hold_id AND follower.book_id = @bookId))
  ORDER BY hold.due, hold.hold_id LIMIT @limit`;

/** Holds as people see them: a basket is one of them. */
export class HoldIndex {
  readonly #following;
  readonly #list;
  readonly #title;

  constructor(
    connection: Connection,
    private readonly holds: HoldTable,
  ) {
    this.#following = connection
      .prepare<[string], string>('SELECT hold_id FROM hold WHERE decided_by = ?')
      .pluck();
    this.#list = connection.prepare<
      [{ due: number; holdId: string; reference: string | null; bookId: number | null; limit: number }],
      PlaceRow
    >(LIST);
    this.#title = connection.prepare<[number], string | null>('SELECT title FROM book WHERE id = ?').pluck();
  }

  hold(holdId: HoldId): HoldRecord | undefined {
    const hold = this.holds.hold(holdId);
    if (hold === undefined || hold.decidedBy !== null) return undefined;
    const others = hold.otherBooks.length === 0 ? [] : this.#followersOf(holdId);
    const { end, until, otherBooks, reference } = hold;
    return {
      holdId,
      state: end === null ? 'held' : end.kind === 'sold' ? 'confirmed' : end.kind,
      until,
      items: [hold, ...others].sort((a, b) => a.bookId - b.bookId).map((each) => this.#item(each)),
      whole: otherBooks.every((bookId) => others.some((other) => other.bookId === bookId)),
      ...(end?.kind === 'sold' && { orderId: end.orderId }),
      ...(reference !== null && { reference }),
    };
  }

  /** Cursor: when the last one shown runs out, and its id. */
  open({ bookId, reference, after, limit }: HoldsQuery): HoldsFound | undefined {
    const from = after === null ? { due: -1, holdId: '' } : parseCursor(after);
    if (from === undefined) return undefined;
    const rows = this.#list.all({ ...from, bookId, reference, limit: limit + 1 });
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    return {
      holds: shown.flatMap(({ hold_id: holdId }) => this.hold(holdId) ?? []),
      next: rows.length > limit && last !== undefined ? `${last.until}.${last.hold_id}` : null,
    };
  }

  #followersOf(holdId: HoldId): StoredHold[] {
    return this.#following.all(holdId).flatMap((each) => this.holds.hold(each) ?? []);
  }

  #item({ bookId, copies, priceCents, holdId }: StoredHold): HeldCopies {
    return { bookId, title: this.#title.get(bookId) ?? '', copies, priceCents, holdId };
  }
}

function parseCursor(cursor: string): { due: number; holdId: string } | undefined {
  const [, digits, holdId] = /^(\d{1,15})\.([hb][\da-z]{1,11}-[\da-z]{1,64})$/.exec(cursor) ?? [];
  return digits === undefined || holdId === undefined ? undefined : { due: Number(digits), holdId };
}
