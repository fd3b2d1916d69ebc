import { type BookChange } from '../../contract/book-history.js';
import { type BookOrder } from '../../contract/book-search.js';
import { type HoldRecord, type OrderRecord } from '../../contract/holding.js';
import { type OrdersPage } from '../../contract/holding.js';
import { type BookId, type HoldId } from '../../core/replication/types.js';

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
  /** Null: with any, or none. */
  readonly reference: string | null;
  /** `next` of the page before; null for the first. */
  readonly after: string | null;
  readonly limit: number;
}

export interface HistoryQuery {
  readonly bookId: BookId;
  /** `next` of the page before; null for the first. */
  readonly after: string | null;
  readonly limit: number;
}

export interface HistoryFound {
  readonly changes: readonly BookChange[];
  /** Null on the last page. */
  readonly next: string | null;
}

export interface HiddenQuery {
  /** Somewhere in what a book is found by, folded; empty: all. */
  readonly text: string;
  readonly afterId: BookId;
  readonly limit: number;
}

export interface HiddenFound {
  /** In id order. A page may be short and have a next one all the same. */
  readonly ids: readonly BookId[];
  /** Go on behind this one; null on the last page. */
  readonly next: BookId | null;
}

export type HoldsQuery = OrdersQuery;

export interface HoldsFound {
  readonly holds: readonly HoldRecord[];
  /** Null on the last page. */
  readonly next: string | null;
}

/** Where a list of books by stock goes on: behind its last book. */
export type StockPosition = Pick<BookListing, 'quantity' | 'id'>;

export interface BookQuery {
  /** Words in any order, the last one as far as it is typed; empty: all books. */
  readonly text: string;
  /** Of this very topic only; null: of any. */
  readonly topic: string | null;
  readonly order: BookOrder;
  /** `next` of the page before; null for the first. */
  readonly after: string | null;
  readonly limit: number;
}

export type FoundBooks =
  | {
      readonly kind: 'found';
      /** In the order asked for. A page may be short and have a next one all the same. */
      readonly ids: readonly BookId[];
      /** Opaque; null on the last page. */
      readonly next: string | null;
      /** No book holds the words as they were typed: these hold similar ones. */
      readonly near: boolean;
      /** The search would have taken too long; there may be others. */
      readonly cutShort: boolean;
    }
  | { readonly kind: 'wrong cursor' }
  /** The index of an older file is still being filled up. */
  | { readonly kind: 'not filled' };

/** What is asked of a replica's disk beyond the protocol: answers that span books. They show what the store says at that moment. */
export interface CatalogueIndex {
  /**
   * Books with an id above `afterId` whose topic contains the text, in id order. They are compared as `foldSearch` says, and every
   * character stands for itself; an empty text is in every topic.
   */
  searchByTopic(text: string, afterId: BookId, limit: number): TopicMatch[];
  /** Books that hold the words, the best first (docs/adr/0032): work is bounded, whatever is asked. */
  findBooks(query: BookQuery): FoundBooks;
  /** Topics with most books first, those of as many in the order of their names. */
  topics(limit: number, after: TopicCount | null): TopicCount[];
  order(orderId: string): OrderRecord | undefined;
  /** Newest first. Undefined: `after` is not a cursor of such a list. */
  orders(query: OrdersQuery): OrdersPage | undefined;
  /** Not one that only follows another. */
  hold(holdId: HoldId): HoldRecord | undefined;
  /** What is held, that which runs out first before all. Undefined: `after` is not a cursor of such a list. */
  openHolds(query: HoldsQuery): HoldsFound | undefined;
  /** What administrators did to a book, the newest first. Undefined: `after` is not a cursor of such a list. */
  history(query: HistoryQuery): HistoryFound | undefined;
  /** Books that are hidden: no other search or list shows them. */
  hidden(query: HiddenQuery): HiddenFound;
  /** In id order. */
  books(afterId: BookId, limit: number): BookListing[];
  /** Books with at most `LOW_STOCK` copies, fewest first. */
  lowStock(limit: number, after: StockPosition | null): BookListing[];
  /** Throws if the store cannot be read. Cheap: for health checks. */
  check(): void;
}
