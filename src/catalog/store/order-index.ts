import { type OrderRecord, type OrdersPage } from '../../contract/internal.js';
import { type BookId } from '../../core/replication/types.js';
import { type OrdersQuery } from './catalogue-index.js';
import { type Connection } from './database.js';
import { entryOf, type EntryText } from './rows.js';

/** An entry with sales, and its book's title. */
interface SalesRow extends EntryText {
  readonly book_id: number;
  readonly title: string | null;
}

/** No order id, which are lower-case letters and digits, comes after it. */
const ABOVE_ALL = '~';
const SALES = 'SELECT entry.book_id, entry.entry, entry.checksum, book.title';

/** Orders, read from the ledger: the tables `sale` and `entry_of_book` say where. */
export class OrderIndex {
  readonly #byId;
  readonly #byTime;
  readonly #byBook;

  constructor(connection: Connection) {
    this.#byId = connection.prepare<[string], SalesRow>(
      `${SALES} FROM sale JOIN entry USING (change) JOIN book ON book.id = book_id WHERE order_id = ?`,
    );
    // Order ids begin with the time (core/replication/batch.ts): an index of the time would be one more to write for each sale.
    this.#byTime = connection.prepare<[string, number], SalesRow & { order_id: string }>(
      `${SALES}, order_id FROM sale JOIN entry USING (change) JOIN book ON book.id = book_id
       WHERE order_id < ? ORDER BY order_id DESC LIMIT ?`,
    );
    this.#byBook = connection.prepare<[number, number, number], SalesRow>(
      `${SALES} FROM entry JOIN book ON book.id = book_id
       WHERE book_id = ? AND sequence_number <= ? AND sales > 0 ORDER BY sequence_number DESC LIMIT ?`,
    );
  }

  order(orderId: string): OrderRecord | undefined {
    const row = this.#byId.get(orderId);
    return row && ordersIn(row).find((order) => order.orderId === orderId);
  }

  orders({ bookId, after, limit }: OrdersQuery): OrdersPage | undefined {
    return bookId === null ? this.#newest(after, limit) : this.#ofBook(bookId, after, limit);
  }

  /** Cursor: time and order id of the last order shown; it means the same on every replica. */
  #newest(after: string | null, limit: number): OrdersPage | undefined {
    const from = after === null ? { rest: ABOVE_ALL } : parseCursor(after);
    if (from === undefined) return undefined;
    const rows = this.#byTime.all(from.rest, limit + 1);
    const parsed = new Map<string, OrderRecord[]>();
    const orders: OrderRecord[] = [];
    for (const row of rows) {
      // Sales of one entry follow each other often; it is parsed once.
      const known = parsed.get(row.entry) ?? ordersIn(row);
      parsed.set(row.entry, known);
      const order = known.find(({ orderId }) => orderId === row.order_id);
      if (order !== undefined) orders.push(order);
    }
    return pageOf(orders, limit, ({ at, orderId }) => `${at}.${orderId}`);
  }

  /** Cursor: sequence number and order id of the last order shown. */
  #ofBook(bookId: BookId, after: string | null, limit: number): OrdersPage | undefined {
    const from = after === null ? { number: Number.MAX_SAFE_INTEGER, rest: '' } : parseCursor(after);
    if (from === undefined) return undefined;
    // Each row has a sale at least, but those of the first may all have been shown.
    const rows = this.#byBook.all(bookId, from.number, limit + 2);
    const orders = rows.flatMap((row) => ordersIn(row).reverse());
    const shown = orders.findIndex(({ orderId }) => orderId === from.rest);
    return pageOf(
      orders.slice(shown + 1),
      limit,
      ({ sequenceNumber, orderId }) => `${sequenceNumber}.${orderId}`,
    );
  }
}

function pageOf(orders: OrderRecord[], limit: number, cursorAt: (order: OrderRecord) => string): OrdersPage {
  const shown = orders.slice(0, limit);
  const last = shown.at(-1);
  return { orders: shown, next: orders.length > limit && last !== undefined ? cursorAt(last) : null };
}

function parseCursor(cursor: string): { number: number; rest: string } | undefined {
  const [, digits, rest] = /^(\d{1,15})\.([\da-z]{1,64})$/.exec(cursor) ?? [];
  return digits === undefined || rest === undefined ? undefined : { number: Number(digits), rest };
}

function ordersIn(row: SalesRow): OrderRecord[] {
  const { book_id: bookId, title } = row;
  const { sequenceNumber, decided } = entryOf(row);
  const orders: OrderRecord[] = [];
  for (const { operation, outcome } of decided) {
    if (operation.kind !== 'sale' || outcome.kind !== 'sold') continue;
    const { orderId, priceCents, at, oversold } = outcome;
    orders.push({
      orderId,
      bookId,
      title: title ?? '',
      copies: operation.copies,
      priceCents,
      at,
      sequenceNumber,
      ...(oversold === undefined ? {} : { oversold }),
    });
  }
  return orders;
}
