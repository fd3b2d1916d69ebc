import { type HoldRecord, type OrderRecord } from '../../contract/holding.js';
import { type OrdersPage } from '../../contract/holding.js';
import { type BookId, type HoldId } from '../../core/replication/types.js';
import {
  type BookListing,
  type BookQuery,
  type CatalogueIndex,
  type FoundBooks,
  type HiddenFound,
  type HiddenQuery,
  type HistoryFound,
  type HistoryQuery,
  type HoldsFound,
  type HoldsQuery,
  type OrdersQuery,
  type StockPosition,
  type TopicCount,
  type TopicMatch,
} from './catalogue-index.js';
import { BookHistory } from './book-history.js';
import { HiddenBooks } from './hidden-books.js';
import { BookSearch } from './books/book-search.js';
import { type BookTexts } from './books/book-texts.js';
import { type Connection } from './database.js';
import { HoldIndex } from './hold-index.js';
import { type HoldTable } from './hold-table.js';
import { OrderIndex } from './order-index.js';
import { LOW_STOCK } from './tables.js';
import { TopicSearch } from './topics/topic-search.js';

const LISTING = `
  SELECT book.id, version AS sequenceNumber, quantity, title, name AS topic, price_cents AS priceCents
  FROM book JOIN topic ON topic.id = topic_id`;

/** On the store's own connection: it sees what the store has written, synced or not. */
export class SqliteCatalogueIndex implements CatalogueIndex {
  readonly #search: TopicSearch;
  readonly #bookSearch: BookSearch;
  readonly #orders: OrderIndex;
  readonly #holds: HoldIndex;
  readonly #history: BookHistory;
  readonly #hidden: HiddenBooks;
  readonly #topics;
  readonly #books;
  readonly #lowStock;
  readonly #check;

  constructor(connection: Connection, texts: BookTexts, holds: HoldTable) {
    this.#search = new TopicSearch(connection);
    this.#bookSearch = new BookSearch(connection, texts);
    this.#orders = new OrderIndex(connection, holds);
    this.#holds = new HoldIndex(connection, holds);
    this.#history = new BookHistory(connection);
    this.#hidden = new HiddenBooks(connection);
    this.#topics = connection.prepare<[TopicCount & { limit: number }], TopicCount>(
      `SELECT name AS topic, books FROM topic WHERE books > 0 AND books <= @books AND (books < @books OR name > @topic)
       ORDER BY books DESC, name LIMIT @limit`,
    );
    this.#books = connection.prepare<[number, number], BookListing>(
      `${LISTING} WHERE book.id > ? ORDER BY book.id LIMIT ?`,
    );
    this.#lowStock = connection.prepare<[number, number, number], BookListing>(
      `${LISTING} WHERE quantity <= ${LOW_STOCK} AND (quantity, book.id) > (?, ?) ORDER BY quantity, book.id LIMIT ?`,
    );
    this.#check = connection.prepare<[]>('SELECT next_book_id FROM catalogue');
  }

  searchByTopic(text: string, afterId: BookId, limit: number): TopicMatch[] {
    return this.#search.search(text, afterId, limit);
  }

  findBooks(query: BookQuery): FoundBooks {
    return this.#bookSearch.find(query);
  }

  topics(limit: number, after: TopicCount | null): TopicCount[] {
    const { books, topic } = after ?? { books: Number.MAX_SAFE_INTEGER, topic: '' };
    return this.#topics.all({ books, topic, limit });
  }

  order(orderId: string): OrderRecord | undefined {
    return this.#orders.order(orderId);
  }

  orders(query: OrdersQuery): OrdersPage | undefined {
    return this.#orders.orders(query);
  }

  hold(holdId: HoldId): HoldRecord | undefined {
    return this.#holds.hold(holdId);
  }

  openHolds(query: HoldsQuery): HoldsFound | undefined {
    return this.#holds.open(query);
  }

  history(query: HistoryQuery): HistoryFound | undefined {
    return this.#history.page(query);
  }

  hidden(query: HiddenQuery): HiddenFound {
    return this.#hidden.page(query);
  }

  books(afterId: BookId, limit: number): BookListing[] {
    return this.#books.all(afterId, limit);
  }

  lowStock(limit: number, after: StockPosition | null): BookListing[] {
    return this.#lowStock.all(after?.quantity ?? -1, after?.id ?? 0, limit);
  }

  check(): void {
    this.#check.get();
  }
}
