import {
  type HoldRecord,
  type OrderedCopies,
  type OrderRecord,
  type OrdersPage,
} from '../../contract/holding.js';
import { type BookId, type HoldId, type Operation, type StoredHold } from '../../core/replication/types.js';
import { type HoldsFound, type HoldsQuery, type OrdersQuery } from '../store/catalogue-index.js';
import { ABOVE_ALL_ORDERS, ordersPage, parseOrdersCursor } from '../store/orders-page.js';
import { entryOf, HOLD_COLUMNS, holdOf, type HoldRow } from './rows.js';
import { type Client } from './server.js';

interface SaleRow {
  readonly order_id: string;
  readonly book_id: number;
  readonly sequence_number: number;
  readonly entry: string;
}

type Line = Pick<OrderedCopies, 'bookId' | 'copies' | 'priceCents'>;
type Draft = Omit<OrderRecord, 'items'> & { readonly lines: readonly Line[] };

const SALES = `SELECT sale.order_id, sale.book_id, sale.sequence_number, entry.entry FROM sale
  JOIN entry ON entry.book_id = sale.book_id AND entry.sequence_number = sale.sequence_number`;

/** Orders, read from the ledgers. */
export async function order(client: Client, orderId: string): Promise<OrderRecord | undefined> {
  const { rows } = await client.query<SaleRow>(`${SALES} WHERE sale.order_id = $1`, [orderId]);
  return (await ordersOf(client, rows))[0];
}

/** Newest first: order ids begin with the time. Undefined: `after` is no cursor of such a list. */
export async function orders(
  client: Client,
  { bookId, reference, after, limit }: OrdersQuery,
): Promise<OrdersPage | undefined> {
  const from = after === null ? ABOVE_ALL_ORDERS : parseOrdersCursor(after)?.orderId;
  if (from === undefined) return undefined;
  const { rows } = await client.query<SaleRow>(
    `${SALES} WHERE sale.order_id < $1
       AND ($2::text IS NULL OR sale.order_id IN (SELECT order_id FROM order_reference WHERE reference = $2))
       AND ($3::bigint IS NULL OR sale.book_id = $3 OR EXISTS (SELECT 1 FROM hold WHERE hold.order_id = sale.order_id AND hold.book_id = $3))
     ORDER BY sale.order_id DESC LIMIT $4`,
    [from, reference, bookId, limit + 1],
  );
  return ordersPage(await ordersOf(client, rows), limit);
}

async function ordersOf(client: Client, rows: readonly SaleRow[]): Promise<OrderRecord[]> {
  const references = await referencesOf(client, rows);
  const drafts = rows.flatMap((row) => draftOf(row, references.get(row.order_id)) ?? []);
  const ids = [...new Set(drafts.flatMap(({ lines }) => lines.map(({ bookId }) => bookId)))];
  const titles = await titlesOf(client, ids);
  const cancelled = await cancelledOf(client, drafts);
  return drafts.map(({ lines, ...draft }) => ({
    ...draft,
    items: [...lines]
      .sort((a, b) => a.bookId - b.bookId)
      .map((line) => ({
        bookId: line.bookId,
        title: titles.get(line.bookId) ?? '',
        copies: line.copies,
        priceCents: line.priceCents,
        cancelled: cancelled.get(`${draft.orderId} ${line.bookId}`) ?? 0,
      })),
  }));
}

function draftOf(
  { order_id: orderId, book_id: bookId, sequence_number: sequenceNumber, entry }: SaleRow,
  reference: string | undefined,
): Draft | null {
  for (const { operation, outcome } of entryOf({ entry }).decided) {
    if (outcome.kind !== 'sold' || outcome.orderId !== orderId) continue;
    const lines = linesOf(bookId, operation, outcome.priceCents, outcome.copies ?? 0);
    if (lines === null) continue;
    return { orderId, lines, at: outcome.at, sequenceNumber, ...(reference !== undefined && { reference }) };
  }
  return null;
}

/** Null: what follows a decision is seen with it. */
function linesOf(bookId: BookId, operation: Operation, priceCents: number, held: number): Line[] | null {
  if (operation.kind === 'sale') return [{ bookId, copies: operation.copies, priceCents }];
  if (operation.kind !== 'confirm') return null;
  return [{ bookId, copies: held, priceCents }, ...operation.lines];
}

async function referencesOf(client: Client, rows: readonly SaleRow[]): Promise<Map<string, string>> {
  if (rows.length === 0) return new Map();
  const found = await client.query<{ reference: string; order_id: string }>(
    'SELECT reference, order_id FROM order_reference WHERE order_id = ANY($1)',
    [rows.map(({ order_id }) => order_id)],
  );
  return new Map(found.rows.map(({ order_id, reference }) => [order_id, reference]));
}

async function titlesOf(client: Client, ids: readonly BookId[]): Promise<Map<BookId, string>> {
  if (ids.length === 0) return new Map();
  const { rows } = await client.query<{ id: number; title: string }>(
    'SELECT id, title FROM book WHERE id = ANY($1)',
    [ids],
  );
  return new Map(rows.map(({ id, title }) => [id, title]));
}

async function cancelledOf(client: Client, drafts: readonly Draft[]): Promise<Map<string, number>> {
  if (drafts.length === 0) return new Map();
  const { rows } = await client.query<{ order_id: string; book_id: number; copies: number }>(
    'SELECT order_id, book_id, copies FROM cancellation WHERE order_id = ANY($1)',
    [drafts.map(({ orderId }) => orderId)],
  );
  return new Map(rows.map(({ order_id, book_id, copies }) => [`${order_id} ${book_id}`, copies]));
}

/** Not one that only follows another. */
export async function hold(client: Client, holdId: HoldId): Promise<HoldRecord | undefined> {
  return (await holdRecords(client, [holdId]))[0];
}

/** What is held, that which runs out first before all. Undefined: `after` is no cursor of such a list. */
export async function openHolds(
  client: Client,
  { bookId, reference, after, limit }: HoldsQuery,
): Promise<HoldsFound | undefined> {
  const [, digits, afterId] = /^(\d{1,15})\.([hb][\da-z]{1,11}-[\da-z]{1,64})$/.exec(after ?? '') ?? [];
  if (after !== null && (digits === undefined || afterId === undefined)) return undefined;
  const { rows } = await client.query<{ hold_id: string; until: number }>(
    `SELECT hold_id, until FROM hold
     WHERE due IS NOT NULL AND decided_by IS NULL AND (due, hold_id) > ($1::float8, $2)
       AND ($3::text IS NULL OR reference = $3)
       AND ($4::bigint IS NULL OR book_id = $4 OR EXISTS (
         SELECT 1 FROM hold AS follower WHERE follower.decided_by = hold.hold_id AND follower.book_id = $4))
     ORDER BY due, hold_id LIMIT $5`,
    [Number(digits ?? -1), afterId ?? '', reference, bookId, limit + 1],
  );
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    holds: await holdRecords(
      client,
      shown.map(({ hold_id }) => hold_id),
    ),
    next: rows.length > limit && last !== undefined ? `${last.until}.${last.hold_id}` : null,
  };
}

/** In the order given. */
async function holdRecords(client: Client, holdIds: readonly HoldId[]): Promise<HoldRecord[]> {
  if (holdIds.length === 0) return [];
  const { rows } = await client.query<HoldRow>(
    `SELECT ${HOLD_COLUMNS} FROM hold WHERE hold_id = ANY($1) OR decided_by = ANY($1)`,
    [holdIds],
  );
  const holds = rows.map(holdOf);
  const titles = await titlesOf(client, [...new Set(holds.map(({ bookId }) => bookId))]);
  return holdIds.flatMap((holdId) => {
    const deciding = holds.find((each) => each.holdId === holdId);
    if (deciding === undefined || deciding.decidedBy !== null) return [];
    return recordOf(
      deciding,
      holds.filter(({ decidedBy }) => decidedBy === holdId),
      titles,
    );
  });
}

function recordOf(
  deciding: StoredHold,
  others: readonly StoredHold[],
  titles: ReadonlyMap<BookId, string>,
): HoldRecord {
  const { holdId, end, until, otherBooks, reference } = deciding;
  return {
    holdId,
    state: end === null ? 'held' : end.kind === 'sold' ? 'confirmed' : end.kind,
    until,
    items: [deciding, ...others]
      .sort((a, b) => a.bookId - b.bookId)
      .map((each) => ({
        bookId: each.bookId,
        title: titles.get(each.bookId) ?? '',
        copies: each.copies,
        priceCents: each.priceCents,
        holdId: each.holdId,
      })),
    whole: otherBooks.every((bookId) => others.some((other) => other.bookId === bookId)),
    ...(end?.kind === 'sold' && { orderId: end.orderId }),
    ...(reference !== null && { reference }),
  };
}
