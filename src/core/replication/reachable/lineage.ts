import { type Context } from '../context.js';
import { type Ballot, type BookId, type Entry, sameBallot } from '../types.js';

/** A ledger, up to its last entry here. */
interface Ledger {
  readonly bookId: BookId;
  readonly committed: number;
}

/** S1: a replica that is alone takes what the other committed, or says it did, by a merge only: the other may be alone too. */
export function takesByMergesOnly({ electorate, rules }: Pick<Context, 'electorate' | 'rules'>): boolean {
  return electorate.alone && rules['S1 alone takes by merges only'];
}

/**
 * S1: an entry names the origin of the one that it follows, and is put on no other. So a ledger is always what one side of a split made, and a
 * merge tells where two part. Under `majority`, where nothing parts, entries name none.
 */
export class Lineage {
  /** Of the last entries, as far as anybody asked. */
  readonly #lastOrigins = new WeakMap<Ledger, Ballot | null>();

  constructor(private readonly context: Context) {}

  /** Whether the entry, the next by its number, was made to follow the last one here. The other side of a split may have made it to follow another. */
  continues(ledger: Ledger, { after }: Entry): boolean {
    if (after === undefined || !this.context.rules['S1 follow by origin']) return true;
    return sameBallot(after, this.#lastOrigin(ledger));
  }

  /** What the next entry says of the one before it. */
  named(ledger: Ledger): Pick<Entry, 'after'> {
    if (this.context.options.writePolicy !== 'reachable') return {};
    const after = this.#lastOrigin(ledger);
    return after === null ? {} : { after };
  }

  committed(ledger: Ledger, { origin }: Entry): void {
    this.#lastOrigins.set(ledger, origin);
  }

  /** Null: the record is as it began. */
  #lastOrigin(ledger: Ledger): Ballot | null {
    const { bookId, committed } = ledger;
    const known = this.#lastOrigins.get(ledger);
    if (known !== undefined || committed < 1) return known ?? null;
    const origin = this.context.ports.store.entries(bookId, committed, 1)[0]?.origin ?? null;
    this.#lastOrigins.set(ledger, origin);
    return origin;
  }
}
