import { type BookRecord } from '../../contract/ops.js';
import { type BookId, CATALOGUE } from '../../core/replication/types.js';
import { foldSearch } from '../../core/text/fold.js';
import { ledgerLines } from '../ledger-lines.js';
import { entryBefore, historyPage, LOOKED_BACK } from '../store/book-history.js';
import {
  type BookListing,
  type HiddenFound,
  type HiddenQuery,
  type HistoryFound,
  type HistoryQuery,
  type StockPosition,
  type TopicCount,
  type TopicMatch,
} from '../store/catalogue-index.js';
import { hiddenPage, type HiddenRow, MAX_PASSED } from '../store/hidden-books.js';
import { LOW_STOCK } from '../store/tables.js';
import { entryOf } from './rows.js';
import { type Client } from './server.js';

const LISTING =
  'SELECT id, version AS "sequenceNumber", quantity, title, topic, price_cents AS "priceCents" FROM book';

/** Books whose topic contains the text, in id order. Every character stands for itself. */
export async function topicMatches(
  client: Client,
  text: string,
  afterId: BookId,
  limit: number,
): Promise<TopicMatch[]> {
  const { rows } = await client.query<TopicMatch>(
    'SELECT id, title, topic FROM book WHERE NOT hidden AND id > $1 AND strpos(folded_topic, $2) > 0 ORDER BY id LIMIT $3',
    [afterId, foldSearch(text), limit],
  );
  return rows;
}

/** Topics with most books first, those of as many in the order of their names. */
export async function topics(client: Client, limit: number, after: TopicCount | null): Promise<TopicCount[]> {
  const { books, topic } = after ?? { books: Number.MAX_SAFE_INTEGER, topic: '' };
  const { rows } = await client.query<TopicCount>(
    `SELECT topic, books FROM (SELECT topic, count(*) AS books FROM book WHERE NOT hidden GROUP BY topic) AS counted
     WHERE books < $1 OR (books = $1 AND topic > $2) ORDER BY books DESC, topic LIMIT $3`,
    [books, topic, limit],
  );
  return rows;
}

export async function listings(client: Client, afterId: BookId, limit: number): Promise<BookListing[]> {
  const { rows } = await client.query<BookListing>(
    `${LISTING} WHERE NOT hidden AND id > $1 ORDER BY id LIMIT $2`,
    [afterId, limit],
  );
  return rows;
}

export async function lowStock(
  client: Client,
  limit: number,
  after: StockPosition | null,
): Promise<BookListing[]> {
  const { rows } = await client.query<BookListing>(
    `${LISTING} WHERE NOT hidden AND quantity <= ${LOW_STOCK} AND (quantity, id) > ($1::bigint, $2::bigint) ORDER BY quantity, id LIMIT $3`,
    [after?.quantity ?? -1, after?.id ?? 0, limit],
  );
  return rows;
}

export interface DueBook {
  readonly bookId: BookId;
  /** The hold that it follows, when that has not ended. */
  readonly waitsFor: string | null;
}

/** Books with holds that have run out, or that follow one that has ended. */
export async function dueBooks(client: Client, graceMs: number, limit: number): Promise<DueBook[]> {
  const { rows } = await client.query<DueBook>(
    `SELECT book_id AS "bookId", CASE WHEN due > 0 THEN decided_by END AS "waitsFor" FROM hold
     WHERE due <= extract(epoch FROM now()) * 1000 - $1 ORDER BY due LIMIT $2`,
    [graceMs, limit],
  );
  return rows;
}

/** Of one book, or of the catalogue itself, with the newest entries of its ledger. */
export async function bookRecord(client: Client, bookId: BookId, lines: number): Promise<BookRecord> {
  const known = await client.query<{
    committed: number;
    title: string | null;
    quantity: number;
    price_cents: number;
  }>(
    bookId === CATALOGUE
      ? 'SELECT committed, NULL AS title, 0::bigint AS quantity, 0::bigint AS price_cents FROM catalogue WHERE $1 = 0'
      : 'SELECT committed, title, quantity, price_cents FROM book WHERE id = $1',
    [bookId],
  );
  const entries = await client.query<{ entry: string }>(
    'SELECT entry FROM entry WHERE book_id = $1 ORDER BY sequence_number DESC LIMIT $2',
    [bookId, lines],
  );
  const [row] = known.rows;
  const title = row?.title ?? null;
  return {
    committed: row?.committed ?? -1,
    promised: null,
    pendingNumber: null,
    coordinator: null,
    marked: true,
    book:
      row === undefined || title === null
        ? null
        : { title, quantity: row.quantity, priceCents: row.price_cents },
    ledger: ledgerLines(entries.rows.map(entryOf).reverse()),
  };
}

/** Books that are hidden: no other search or list shows them. */
export async function hidden(client: Client, query: HiddenQuery): Promise<HiddenFound> {
  const { rows } = await client.query<HiddenRow>(
    'SELECT id, title, author, isbn, topic FROM book WHERE hidden AND id > $1 ORDER BY id LIMIT $2',
    [query.afterId, MAX_PASSED + 1],
  );
  return hiddenPage(query, rows);
}

/** What administrators did to a book, the newest first. Undefined: `after` is no cursor of such a list. */
export async function history(
  client: Client,
  { bookId, after, limit }: HistoryQuery,
): Promise<HistoryFound | undefined> {
  const from = entryBefore(after);
  if (from === undefined) return undefined;
  const { rows } = await client.query<{ entry: string }>(
    `SELECT entry FROM entry WHERE book_id = $1 AND sequence_number < $2 AND administered > 0
     ORDER BY sequence_number DESC LIMIT $3`,
    [bookId, from, limit + LOOKED_BACK],
  );
  return historyPage(rows.map(entryOf), limit);
}
