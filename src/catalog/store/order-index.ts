import { type OrderedCopies, type OrderRecord, type OrdersPage } from '../../contract/holding.js';
import { type BookId, type Decided, type Outcome } from '../../core/replication/types.js';
import { type OrdersQuery } from './catalogue-index.js';
import { type Connection } from './database.js';
import { type HoldTable } from './hold-table.js';
import { ABOVE_ALL_ORDERS, ordersPage, parseOrdersCursor } from './orders-page.js';
import { entryOf, type EntryText } from './rows.js';

/** An entry with sales. */
interface SalesRow extends EntryText {
  readonly book_id: number;
  readonly sequence_number: number;
}
type Sold = Extract<Outcome, { kind: 'sold' }>;

const SALES = 'SELECT entry.book_id, sequence_number, entry.entry, entry.checksum';

/** Orders, read from the ledger: the tables `sale` and `entry_of_book` say where. */
export class OrderIndex {
  readonly #byId;
  readonly #byTime;
  readonly #byBook;
  readonly #byReference;
  readonly #title;

  constructor(
    connection: Connection,
    private readonly holds: HoldTable,
  ) {
    this.#byId = connection.prepare<[string], SalesRow>(
      `${SALES} FROM sale JOIN entry USING (change) WHERE order_id = ?`,
    );
    // Order ids begin with the time (core/replication/batch.ts): an index of the time would be one more to write for each sale.
    this.#byTime = connection.prepare<[string, number], SalesRow & { order_id: string }>(
      `${SALES}, order_id FROM sale JOIN entry USING (change) WHERE order_id < ? ORDER BY order_id DESC LIMIT ?`,
    );
    this.#byBook = connection.prepare<[number, number, number], SalesRow>(
      `${SALES} FROM entry WHERE book_id = ? AND sequence_number <= ? AND sales > 0 ORDER BY sequence_number DESC LIMIT ?`,
    );
    this.#byReference = connection.prepare<[string, string, number], SalesRow & { order_id: string }>(
      `${SALES}, order_id FROM order_reference JOIN sale USING (order_id) JOIN entry USING (change)
       WHERE reference = ? AND order_id < ? ORDER BY order_id DESC LIMIT ?`,
    );
    this.#title = connection.prepare<[number], string | null>('SELECT title FROM book WHERE id = ?').pluck();
  }

  order(orderId: string): OrderRecord | undefined {
    const row = this.#byId.get(orderId);
    return row && this.#ordersIn(row).find((order) => order.orderId === orderId);
  }

  orders({ bookId, reference, after, limit }: OrdersQuery): OrdersPage | undefined {
    if (bookId !== null && reference === null) return this.#ofBook(bookId, after, limit);
    const from = after === null ? { orderId: ABOVE_ALL_ORDERS } : parseOrdersCursor(after);
    if (from === undefined) return undefined;
    const page = this.#newest(from.orderId, reference, limit);
    if (bookId === null) return page;
    const ofBook = page.orders.filter(({ items }) => items.some((item) => item.bookId === bookId));
    return { ...page, orders: ofBook };
  }

  /** Cursor: time and order id of the last order shown; it means the same on every replica. */
  #newest(from: string, reference: string | null, limit: number): OrdersPage {
    const rows =
      reference === null
        ? this.#byTime.all(from, limit + 1)
        : this.#byReference.all(reference, from, limit + 1);
    const parsed = new Map<string, OrderRecord[]>();
    const orders: OrderRecord[] = [];
    for (const row of rows) {
      // Sales of one entry follow each other often; it is parsed once.
      const known = parsed.get(row.entry) ?? this.#ordersIn(row);
      parsed.set(row.entry, known);
      const order = known.find(({ orderId }) => orderId === row.order_id);
      if (order !== undefined) orders.push(order);
    }
    return ordersPage(orders, limit);
  }

  /** Cursor: sequence number, in this book's ledger, and order id of the last order shown. */
  #ofBook(bookId: BookId, after: string | null, limit: number): OrdersPage | undefined {
    const from = after === null ? { number: Number.MAX_SAFE_INTEGER, orderId: '' } : parseOrdersCursor(after);
    if (from === undefined) return undefined;
    // Each row has a sale at least, but those of the first may all have been shown.
    const rows = this.#byBook.all(bookId, from.number, limit + 2);
    const places = new Map<OrderRecord, number>();
    for (const row of rows) {
      for (const order of this.#ordersIn(row).reverse()) places.set(order, row.sequence_number);
    }
    const orders = [...places.keys()];
    const shown = orders.findIndex(({ orderId }) => orderId === from.orderId);
    return ordersPage(orders.slice(shown + 1), limit, (order) => places.get(order) ?? 0);
  }

  #ordersIn(row: SalesRow): OrderRecord[] {
    const { book_id: bookId, sequence_number: sequenceNumber } = row;
    const { decided } = entryOf(row);
    return decided.flatMap((each) => {
      const { operation, outcome } = each;
      if (outcome.kind !== 'sold') return [];
      // What follows a decision is seen with it.
      if (operation.kind === 'settle') return this.order(outcome.orderId) ?? [];
      const items = this.#itemsOf(bookId, each, outcome);
      if (items === null) return [];
      const reference = this.holds.referenceOf(operation);
      const { orderId, at, oversold } = outcome;
      return {
        orderId,
        items,
        at,
        sequenceNumber,
        ...(reference !== null && { reference }),
        ...(oversold !== undefined && { oversold }),
      };
    });
  }

  #itemsOf(bookId: BookId, { operation }: Decided, sold: Sold): OrderedCopies[] | null {
    const { orderId, priceCents } = sold;
    if (operation.kind === 'sale')
      return [this.#item(orderId, { bookId, copies: operation.copies, priceCents })];
    if (operation.kind !== 'confirm') return null;
    const own = { bookId, copies: sold.copies ?? 0, priceCents };
    return [own, ...operation.lines]
      .sort((a, b) => a.bookId - b.bookId)
      .map((line) => this.#item(orderId, line));
  }

  #item(
    orderId: string,
    { bookId, copies, priceCents }: Pick<OrderedCopies, 'bookId' | 'copies' | 'priceCents'>,
  ): OrderedCopies {
    const title = this.#title.get(bookId) ?? '';
    return { bookId, title, copies, priceCents, cancelled: this.holds.cancelled(bookId, orderId) };
  }
}
