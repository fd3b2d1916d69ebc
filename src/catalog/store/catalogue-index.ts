import { type OrderRecord, type OrdersPage } from '../../contract/internal.js';
import { type BookId } from '../../core/replication/types.js';

/** Token by which Nest hands a `CatalogueIndex` in. */
export const CATALOGUE_INDEX = Symbol('CatalogueIndex');

export interface TopicMatch {
  readonly id: BookId;
  readonly title: string;
  readonly topic: string;
}

export interface TopicCount {
  readonly topic: string;
  /** How many books have it, at least 1. */
  readonly books: number;
}

export interface BookListing {
  readonly id: BookId;
  readonly sequenceNumber: number;
  readonly quantity: number;
  readonly title: string;
  readonly topic: string;
  readonly priceCents: number;
}

export interface OrdersQuery {
  /** Null: of all books. */
  readonly bookId: BookId | null;
  /** `next` of the page before; null for the first. */
  readonly after: string | null;
  readonly limit: number;
}

/** Where a list of books by stock goes on: behind its last book. */
export type StockPosition = Pick<BookListing, 'quantity' | 'id'>;

/** What is asked of a replica's disk beyond the protocol: answers that span books. They show what the store says at that moment. */
export interface CatalogueIndex {
  /**
   * Books with an id above `afterId` whose topic contains the text, in id order. They are compared as `foldSearch` says, and every
   * character stands for itself; an empty text is in every topic.
   */
  searchByTopic(text: string, afterId: BookId, limit: number): TopicMatch[];
  /** Topics with most books first. */
  topics(limit: number): TopicCount[];
  order(orderId: string): OrderRecord | undefined;
  /** Newest first. Undefined: `after` is not a cursor of such a list. */
  orders(query: OrdersQuery): OrdersPage | undefined;
  /** In id order. */
  books(afterId: BookId, limit: number): BookListing[];
  /** Books with at most `LOW_STOCK` copies, fewest first. */
  lowStock(limit: number, after: StockPosition | null): BookListing[];
  /** Throws if the store cannot be read. Cheap: for health checks. */
  check(): void;
}
