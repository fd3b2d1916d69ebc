import { type HoldChange, holdChanges } from '../../core/replication/holds.js';
import { keysGivenBy, type SoldCopies } from '../../core/replication/ledger.js';
import {
  type Book,
  type BookId,
  type Entry,
  type HoldId,
  type Operation,
  type StoredHold,
} from '../../core/replication/types.js';
import { foldSearch } from '../../core/text/fold.js';
import { beginningsOf, canBeMisspelt } from '../store/books/spelling.js';
import { wordsOf } from '../store/books/words.js';
import { isByAdministrator } from '../store/book-history.js';
import {
  BOOK_COLUMNS,
  type BookRow,
  entryOf,
  HOLD_COLUMNS,
  holdOf,
  type HoldRow,
  storedKey,
} from './rows.js';
import { type Client } from './server.js';

// The statements of a write, in the order in which they are used. Hot ones are prepared on each connection, by their names. What changes rows
// is sent at once, all of it, when its function is called: the connection keeps the order.

const AT_ONCE = 0;

/** A row that a write has locked. */
export interface LockedBook {
  readonly row: BookRow;
  /** P2: this catalog is not fenced, and is not until the transaction has ended. */
  readonly writes: boolean;
  /** Something that is held of it may have run out. */
  readonly due: boolean;
}

/** P2: shared by all writes of a member; whoever fences it takes it alone. It begins the transaction as well: one message. */
export function beginAs(member: number): string {
  return `BEGIN; SELECT pg_advisory_xact_lock_shared(-${member})`;
}

/** The snapshot of this statement may be older than the row, for which it waits; whether this catalog is fenced cannot change meanwhile (P2). */
export async function lockBook(
  client: Client,
  bookId: BookId,
  member: number,
  graceMs: number,
): Promise<LockedBook | undefined> {
  const { rows } = await client.query<BookRow & { writes: boolean | null; due: boolean }>({
    name: 'lock book',
    text: `SELECT ${BOOK_COLUMNS}, (SELECT NOT fenced FROM member WHERE number = $2) AS writes,
        EXISTS (SELECT 1 FROM hold WHERE book_id = $1 AND due <= extract(epoch FROM now()) * 1000 - $3) AS due
      FROM book WHERE id = $1 FOR UPDATE OF book`,
    values: [bookId, member, graceMs],
  });
  const [row] = rows;
  return row && { row, writes: row.writes === true, due: row.due };
}

export interface LockedCatalogue {
  readonly committed: number;
  readonly nextBookId: BookId;
  readonly writes: boolean;
}

export async function lockCatalogue(client: Client, member: number): Promise<LockedCatalogue> {
  const { rows } = await client.query<{ committed: number; next_book_id: number; writes: boolean | null }>({
    name: 'lock catalogue',
    text: `SELECT committed, next_book_id, (SELECT NOT fenced FROM member WHERE number = $1) AS writes
      FROM catalogue FOR UPDATE OF catalogue`,
    values: [member],
  });
  const [row] = rows;
  if (row === undefined) throw new Error('The catalogue has no row');
  return { committed: row.committed, nextBookId: row.next_book_id, writes: row.writes === true };
}

export interface KnownOperation {
  readonly bookId: BookId;
  readonly entry: Entry;
}

/** The time of the engine, which is one for all catalogs, and what the ledger has of these operations. P5: takes the record's lock alone. */
export async function lockAnswers(
  client: Client,
  bookId: BookId,
  operationIds: readonly string[],
): Promise<{ at: number; known: Map<string, KnownOperation> }> {
  const { rows } = await client.query<{
    at: number;
    operation_id: string | null;
    book_id: number;
    entry: string;
  }>({
    name: 'lock answers',
    text: `SELECT moment.at, operation_id, operation.book_id, entry
      FROM (SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS at, pg_advisory_xact_lock($2)::text AS locked) moment
      LEFT JOIN operation ON operation_id = ANY($1)
      LEFT JOIN entry ON entry.book_id = operation.book_id AND entry.sequence_number = operation.sequence_number`,
    values: [operationIds, bookId],
  });
  const known = new Map<string, KnownOperation>();
  for (const { operation_id: id, book_id, entry } of rows) {
    if (id !== null) known.set(id, { bookId: book_id, entry: entryOf({ entry }) });
  }
  return { at: Math.floor(rows[0]?.at ?? 0), known };
}

export async function holdsNamed(client: Client, holdIds: readonly HoldId[]): Promise<StoredHold[]> {
  if (holdIds.length === 0) return [];
  const { rows } = await client.query<HoldRow>(`SELECT ${HOLD_COLUMNS} FROM hold WHERE hold_id = ANY($1)`, [
    holdIds,
  ]);
  return rows.map(holdOf);
}

export async function dueHolds(
  client: Client,
  bookId: BookId,
  time: number,
  limit: number,
): Promise<StoredHold[]> {
  const { rows } = await client.query<HoldRow>(
    `SELECT ${HOLD_COLUMNS} FROM hold WHERE book_id = $1 AND due <= $2 ORDER BY due LIMIT $3`,
    [bookId, time, limit],
  );
  return rows.map(holdOf);
}

/** What these orders sold of a book, and how much of that was cancelled. */
export async function soldIn(
  client: Client,
  bookId: BookId,
  orderIds: readonly string[],
): Promise<Map<string, SoldCopies>> {
  const sold = new Map<string, SoldCopies>();
  if (orderIds.length === 0) return sold;
  const { rows } = await client.query<{
    order_id: string;
    copies: number | null;
    entry: string | null;
    cancelled: number;
  }>(
    `SELECT wanted.order_id, hold.copies, entry.entry, coalesce(cancellation.copies, 0) AS cancelled
     FROM unnest($2::text[]) AS wanted(order_id)
     LEFT JOIN hold ON hold.order_id = wanted.order_id AND hold.book_id = $1
     LEFT JOIN sale ON sale.order_id = wanted.order_id AND sale.book_id = $1
     LEFT JOIN entry ON entry.book_id = sale.book_id AND entry.sequence_number = sale.sequence_number
     LEFT JOIN cancellation ON cancellation.order_id = wanted.order_id AND cancellation.book_id = $1`,
    [bookId, orderIds],
  );
  for (const { order_id: orderId, copies, entry, cancelled } of rows) {
    const all = copies ?? (entry === null ? undefined : copiesSold(entryOf({ entry }), orderId));
    if (all !== undefined) sold.set(orderId, { copies: all, cancelled });
  }
  return sold;
}

function copiesSold({ decided }: Entry, orderId: string): number | undefined {
  for (const { operation, outcome } of decided) {
    if (operation.kind === 'sale' && outcome.kind === 'sold' && outcome.orderId === orderId)
      return operation.copies;
  }
  return undefined;
}

/**
 * The books that have these keys, or are about to. K3: a key stays with the book that it was given out for, until that book's own ledger has
 * a later one.
 */
export async function holdersOf(client: Client, keys: readonly string[]): Promise<Map<string, BookId>> {
  if (keys.length === 0) return new Map();
  const { rows } = await client.query<{ key: string; book_id: number }>(
    `SELECT key, book_id FROM unique_key JOIN book ON book.id = book_id
     WHERE key = ANY($1) AND book.claim <= unique_key.claim`,
    [keys.map(storedKey)],
  );
  return new Map(rows.map(({ key, book_id }) => [key, book_id]));
}

export async function booksNamed(client: Client, ids: readonly BookId[]): Promise<Map<BookId, BookRow>> {
  if (ids.length === 0) return new Map();
  const { rows } = await client.query<BookRow>(`SELECT ${BOOK_COLUMNS} FROM book WHERE id = ANY($1)`, [ids]);
  return new Map(rows.map((row) => [row.id, row]));
}

/** Appends an entry with its operations and orders. Its place in the feed is taken under the row's lock, so that each book's are in order. */
const APPEND = `WITH appended AS (INSERT INTO entry VALUES ($1, $2, $3, $4, $5, nextval('change_number'))),
  named AS (INSERT INTO operation SELECT id, $1, $2 FROM unnest($6::text[]) AS id),
  sold AS (INSERT INTO sale SELECT id, $1, $2 FROM unnest($7::text[]) AS id)`;

function appended(bookId: BookId, entry: Entry): unknown[] {
  const operations = entry.decided.map(({ operation }) => operation.operationId);
  const sold = entry.decided.filter(({ outcome }) => outcome.kind === 'sold');
  // What follows a decision is part of its order, which stands where it was decided.
  const orders = sold.flatMap(({ operation, outcome }) =>
    outcome.kind === 'sold' && operation.kind !== 'settle' ? [outcome.orderId] : [],
  );
  const administered = entry.decided.filter(isByAdministrator).length;
  return [bookId, entry.sequenceNumber, sold.length, administered, JSON.stringify(entry), operations, orders];
}

/** `retexted`: what the book is found by may have changed. */
export async function writeBook(
  client: Client,
  bookId: BookId,
  entry: Entry,
  { book, version, retexted }: { readonly book: Book; readonly version: number; readonly retexted: boolean },
): Promise<void> {
  // COMMIT may have been sent when this is answered: a number that does not follow has to fail the statement, by a division by zero.
  const written = client.query({
    name: 'write book',
    text: `${APPEND} UPDATE book SET committed = $2 / (committed = $2 - 1)::int, version = $8, quantity = $9, price_cents = $10
      WHERE id = $1`,
    values: [...appended(bookId, entry), version, book.quantity, book.priceCents],
  });
  await Promise.all([
    written,
    ...(retexted ? [writeTexts(client, bookId, book)] : []),
    ...followHolds(client, bookId, entry),
  ]);
}

export async function writeCatalogue(client: Client, entry: Entry, nextBookId: BookId): Promise<void> {
  await client.query({
    name: 'write catalogue',
    text: `${APPEND} UPDATE catalogue SET committed = $2, next_book_id = $8 WHERE $1 = 0`,
    values: [...appended(0, entry), nextBookId],
  });
}

export async function createBook(client: Client, bookId: BookId, genesis: Entry, book: Book): Promise<void> {
  const { folded, topic, words } = textsOf(book);
  const created = client.query({
    name: 'create book',
    text: `WITH genesis AS (INSERT INTO entry VALUES ($1, 0, 0, 1, $11, NULL))
      INSERT INTO book VALUES ($1, 0, 0, $2, $3, $4, $5, $6, $7, false, 0, $8, $9, $10)`,
    values: [
      bookId,
      book.quantity,
      book.priceCents,
      book.title,
      book.topic,
      book.isbn,
      book.author,
      folded,
      topic,
      words,
      JSON.stringify(genesis),
    ],
  });
  await Promise.all([created, learn(client, words)]);
}

/** The keys that an entry of record 0 gives out: the last one counts. */
export async function giveKeys(client: Client, entry: Entry): Promise<void> {
  const given = keysGivenBy(entry).map(([key, { bookId, claim }]) =>
    client.query({
      name: 'give key',
      text: `INSERT INTO unique_key VALUES ($1, $2, $3)
        ON CONFLICT (key) DO UPDATE SET book_id = excluded.book_id, claim = excluded.claim`,
      values: [storedKey(key), bookId, claim],
    }),
  );
  await Promise.all(given);
}

async function writeTexts(client: Client, bookId: BookId, book: Book): Promise<void> {
  const { folded, topic, words } = textsOf(book);
  const written = client.query(
    `UPDATE book SET title = $2, topic = $3, isbn = $4, author = $5, folded_title = $6, folded_topic = $7, words = $8,
      hidden = $9, claim = $10 WHERE id = $1`,
    [
      bookId,
      book.title,
      book.topic,
      book.isbn,
      book.author,
      folded,
      topic,
      words,
      book.hidden ?? false,
      book.claim ?? 0,
    ],
  );
  await Promise.all([written, learn(client, words)]);
}

function textsOf({ title, author, topic }: Book): { folded: string; topic: string; words: string[] } {
  const texts = [title, author ?? '', topic].map(foldSearch);
  return { folded: texts[0] ?? '', topic: texts[2] ?? '', words: [...new Set(texts.flatMap(wordsOf))] };
}

/** In the order of the words, so that two who learn the same do not wait for each other in a circle. */
async function learn(client: Client, words: readonly string[]): Promise<void> {
  const sorted = [...words].sort();
  const beginnings = sorted.map((word) => JSON.stringify(canBeMisspelt(word) ? beginningsOf(word) : []));
  await client.query({
    name: 'learn words',
    text: `INSERT INTO word (word, beginnings)
      SELECT word, ARRAY(SELECT jsonb_array_elements_text(beginnings::jsonb))
      FROM unnest($1::text[], $2::text[]) AS learnt(word, beginnings)
      WHERE NOT EXISTS (SELECT 1 FROM word WHERE word.word = learnt.word) ORDER BY word COLLATE "C"
      ON CONFLICT DO NOTHING`,
    values: [sorted, beginnings],
  });
}

function followHolds(client: Client, bookId: BookId, entry: Entry): Promise<unknown>[] {
  const followed = holdChanges(bookId, entry).map((change) => followHold(client, bookId, change));
  const referred = entry.decided.map(({ operation, outcome }) =>
    outcome.kind === 'sold' ? refer(client, operation, outcome.orderId) : null,
  );
  return [...followed, ...referred.filter((each) => each !== null)];
}

function followHold(client: Client, bookId: BookId, change: HoldChange): Promise<unknown> {
  switch (change.kind) {
    case 'opened': {
      const { holdId, copies, priceCents, until, decidedBy, otherBooks, reference } = change.hold;
      return client.query(
        `INSERT INTO hold VALUES ($1, $2, $3, $4, $5::float8,
          CASE WHEN EXISTS (SELECT 1 FROM hold WHERE hold_id = $6 AND ended IS NOT NULL) THEN ${AT_ONCE} ELSE $5::float8 END,
          $6, $7, $8)`,
        [holdId, bookId, copies, priceCents, until, decidedBy, otherBooks, reference],
      );
    }
    case 'ended': {
      const { holdId, end } = change;
      const orderId = end.kind === 'sold' ? end.orderId : null;
      return Promise.all([
        client.query('UPDATE hold SET ended = $2, order_id = $3, due = NULL WHERE hold_id = $1', [
          holdId,
          end.kind,
          orderId,
        ]),
        client.query(`UPDATE hold SET due = ${AT_ONCE} WHERE decided_by = $1 AND due IS NOT NULL`, [holdId]),
      ]);
    }
    case 'cancelled':
      return client.query(
        `INSERT INTO cancellation VALUES ($1, $2, $3)
         ON CONFLICT (order_id, book_id) DO UPDATE SET copies = cancellation.copies + excluded.copies`,
        [change.orderId, bookId, change.copies],
      );
    default:
      return change satisfies never;
  }
}

/** The client's own name for the order that an operation makes: given with it, or with the hold that it confirms. */
async function refer(client: Client, operation: Operation, orderId: string): Promise<void> {
  if (operation.kind === 'sale' && operation.reference !== undefined) {
    await client.query('INSERT INTO order_reference VALUES ($1, $2) ON CONFLICT DO NOTHING', [
      operation.reference,
      orderId,
    ]);
  }
  if (operation.kind !== 'confirm') return;
  await client.query(
    `INSERT INTO order_reference SELECT reference, $2 FROM hold WHERE hold_id = $1 AND reference IS NOT NULL ON CONFLICT DO NOTHING`,
    [operation.holdId, orderId],
  );
}
