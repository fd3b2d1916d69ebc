import { createHash } from 'node:crypto';
import { type Book, type BookId, CATALOGUE, type Entry } from '../core/replication/types.js';
import { Mistake } from './mistake.js';

const BOOKS_AT_A_TIME = 200;

/** One record: its book (null: the catalogue), and all entries of its ledger, the beginning included. */
export interface WholeRecord {
  readonly id: BookId;
  readonly committed: number;
  readonly version: number;
  readonly book: Book | null;
  readonly entries: readonly Entry[];
}

export interface Counts {
  readonly orders: number;
  /** Ids under which operations are known; null: each was looked up when the file was sealed. */
  readonly operations: number | null;
}

/** The ledgers of a bookstore, wherever they are. */
export interface Ledgers {
  /** For people. */
  readonly name: string;
  /** Books in the order of their ids, at most `limit`, behind `after`. */
  books(after: BookId, limit: number): Promise<WholeRecord[]>;
  catalogue(): Promise<WholeRecord>;
  counts(): Promise<Counts>;
}

export interface Sums {
  readonly books: number;
  readonly copies: number;
  readonly entries: number;
  readonly operations: number;
  readonly orders: number;
  /** SHA-256 over all books and ledgers. */
  readonly hash: string;
}

/** Holds each book and its whole ledger of two bookstores against each other. Throws `Mistake` for the first difference. */
export async function compare(one: Ledgers, other: Ledgers): Promise<Sums> {
  const catalogue = await one.catalogue();
  if (hashOf(catalogue) !== hashOf(await other.catalogue()))
    throw new Mistake(`${one.name} and ${other.name} do not have the same creations of books`);
  const total = new Total(catalogue);
  for (let after = CATALOGUE; ;) {
    const page = await one.books(after, BOOKS_AT_A_TIME);
    const opposite = await other.books(after, BOOKS_AT_A_TIME);
    const differs = firstDifference(page, opposite);
    if (differs !== null)
      throw new Mistake(`book ${differs} is not the same in ${one.name} and ${other.name}`);
    for (const record of page) total.add(record);
    if (page.length < BOOKS_AT_A_TIME) break;
    after = page.at(-1)?.id ?? after;
  }
  const { orders } = await one.counts();
  for (const each of [one, other]) {
    const counts = await each.counts();
    const known = counts.operations ?? total.operations;
    if (known !== total.operations)
      throw new Mistake(`${each.name} knows ${known} operations by their ids, of ${total.operations}`);
    if (counts.orders !== orders) throw new Mistake(`${each.name} has ${counts.orders} orders, of ${orders}`);
  }
  return total.sums(orders);
}

class Total {
  operations = 0;
  private books = -1;
  private copies = 0;
  private entries = 0;
  private readonly hash = createHash('sha256');

  constructor(catalogue: WholeRecord) {
    this.add(catalogue);
  }

  add(record: WholeRecord): void {
    this.hash.update(hashOf(record));
    this.books += 1;
    this.copies += record.book?.quantity ?? 0;
    for (const { sequenceNumber, decided } of record.entries) {
      // A book's beginning holds what the catalogue's entry does.
      if (sequenceNumber === 0) continue;
      this.entries += 1;
      this.operations += decided.length;
    }
  }

  sums(orders: number): Sums {
    const { books, copies, entries, operations, hash } = this;
    return { books, copies, entries, operations, orders, hash: hash.digest('hex') };
  }
}

/** Null: there is none. */
function firstDifference(page: readonly WholeRecord[], opposite: readonly WholeRecord[]): BookId | null {
  for (let at = 0; at < Math.max(page.length, opposite.length); at += 1) {
    const [here, there] = [page[at], opposite[at]];
    if (here === undefined || there === undefined) return (here ?? there)?.id ?? null;
    if (hashOf(here) !== hashOf(there)) return Math.min(here.id, there.id);
  }
  return null;
}

function hashOf({ id, committed, version, book, entries }: WholeRecord): string {
  const text = JSON.stringify([
    id,
    book === null ? 0 : version,
    committed,
    sorted(book),
    entries.map(sorted),
  ]);
  return createHash('sha256').update(text).digest('hex');
}

/** With its fields in order: what was written first stands first in one engine, and not in another. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(
    fields.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, each]) => [name, sorted(each)]),
  );
}
