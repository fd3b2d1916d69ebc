/**
 * Every call between the roles, once, but those about holds (holding-calls.ts); how they watch each other is in watching.ts. Both sides import it, and what crosses the line is read by
 * its shapes. What each failure means stands with `CallResult`: all of these may be asked again elsewhere, for they are reads or bear
 * operation ids.
 */
import { type SharedGrant } from '../core/replication/api.js';
import { type Invalidation } from '../core/replication/invalidation.js';
import { type SubmitResult } from '../core/replication/results.js';
import { type BookId, CATALOGUE } from '../core/replication/types.js';
import { BOOK_LIMITS, REFERENCE_LENGTH } from './book-limits.js';
import { type Call } from './call.js';
import { BOOK_ORDERS, type BookOrder } from './book-search.js';
import { type BookAnswer, type FoundBook, type LowStockBook, MAX_PAGE, type TopicCount } from './catalog.js';
import { type OrderRecord, orderRecord } from './holding.js';
import { operationItem, submitResult } from './operation-shapes.js';
import {
  type FoundBookIds,
  type InvalidationsRequest,
  type InvalidationsResponse,
  MAX_OPERATIONS,
  type OperationsRequest,
  type OperationsResponse,
  type SaleRequest,
  type SessionResponse,
} from './internal.js';
import {
  between,
  flag,
  listOf,
  nullable,
  oneOf,
  onlyTrue,
  optional,
  record,
  type Shape,
  someText,
  text,
  variants,
  whole,
} from './shapes.js';

const MOST = Number.MAX_SAFE_INTEGER;
const LONGEST_TEXT = 10_000;
/** It may hold the name of a topic. */
const LONGEST_CURSOR = 2_000;
const LONGEST_ORDER_ID = 200;
/** The longest that LEASE_MS may be. */
const LONGEST_LEASE_MS = 60_000;
const LONGEST_ADDRESS = 300;
const LONGEST_KEY = 100;
/** Catalogs that share one engine. */
const MOST_MEMBERS = 1_000;
const MOST_NAMED = 10_000;
const MOST_INVALIDATIONS = 1_000;

const bookId = whole(CATALOGUE + 1, MOST);

/** To a catalog: each stands for itself and is applied at most once; results come in the order asked. */
export const submitCall: Call<OperationsRequest, OperationsResponse> = {
  name: 'submit',
  audience: 'roles',
  vital: false,
  request: record<OperationsRequest>({ operations: listOf(operationItem, MAX_OPERATIONS) }),
  answer: record<OperationsResponse>({
    results: listOf(submitResult, MAX_OPERATIONS),
    elsewhere: optional(
      listOf(record({ at: whole(0, MAX_OPERATIONS), leader: text(1, LONGEST_ADDRESS) }), MAX_OPERATIONS),
    ),
  }),
};

/** What an order server says of a sale. */
export type SaleAnswer =
  | SubmitResult
  /** No catalog could be reached; `mayHaveSold`: one of them may have got it all the same. */
  | { readonly kind: 'unreachable'; readonly mayHaveSold: boolean }
  /** Definite: the catalogs that could be reached had too much to do. */
  | { readonly kind: 'overloaded' };

/** To an order server. Asked again elsewhere, or of two at once, it bears the same operation id, so it sells once. */
export const sellCall: Call<SaleRequest, SaleAnswer> = {
  name: 'sell',
  audience: 'roles',
  vital: false,
  request: record<SaleRequest>({
    bookId,
    operationId: text(1, BOOK_LIMITS.operationIdLength),
    copies: whole(1, BOOK_LIMITS.quantity),
    expectedPriceCents: nullable(whole(0, BOOK_LIMITS.priceCents)),
    reference: optional(text(1, REFERENCE_LENGTH)),
  }),
  answer: saleAnswer(),
};

function saleAnswer(): Call<SaleRequest, SaleAnswer>['answer'] {
  const other = variants<Exclude<SaleAnswer, SubmitResult>>({
    unreachable: record({ mayHaveSold: flag }),
    overloaded: record({}),
  });
  return (value) => {
    const kind = (value as { kind?: unknown } | null)?.kind;
    return kind === 'unreachable' || kind === 'overloaded' ? other(value) : submitResult(value);
  };
}

/** From which session of which replica an answer hangs, and whether it may be kept: only when that replica could give it locally (F1, F2, F5). */
export interface Source {
  /** `<replicaId>.<startNumber>`; empty before the replica has one. */
  readonly session: string;
  /** It may be kept. The core says `cacheable`; on the line it has the name that roles of earlier releases send and expect. */
  readonly alone: boolean;
}

const source = record<Source>({ session: someText(100), alone: flag });

/** Definite: this replica cannot answer now, another one may. */
export interface Unavailable {
  readonly kind: 'unavailable';
}

export type LookUpAnswer =
  | { readonly kind: 'found'; readonly book: BookAnswer; readonly source: Source }
  | { readonly kind: 'no such book'; readonly source: Source }
  | Unavailable;

const bookAnswer = record<BookAnswer>({
  id: bookId,
  title: someText(LONGEST_TEXT),
  topic: someText(LONGEST_TEXT),
  quantity: whole(-MOST, MOST),
  price: between(0, MOST),
  sequenceNumber: whole(0, MOST),
  isbn: optional(someText(LONGEST_TEXT)),
  author: optional(someText(LONGEST_TEXT)),
  hidden: optional(onlyTrue),
});

export interface LookUpRequest {
  readonly bookId: BookId;
  /** For administrators: what is hidden is found, too, and nothing of the answer may be kept. */
  readonly hiddenToo?: true;
}

/** To a catalog: one book, as every write acknowledged before left it. A front-end that asks is told when the book changes (F5). */
export const lookUpCall: Call<LookUpRequest, LookUpAnswer> = {
  name: 'look-up',
  audience: 'roles',
  vital: false,
  request: record<LookUpRequest>({ bookId, hiddenToo: optional(onlyTrue) }),
  answer: variants<LookUpAnswer>({
    found: record({ book: bookAnswer, source }),
    'no such book': record({ source }),
    unavailable: record({}),
  }),
};

export interface SearchRequest {
  readonly text: string;
  readonly limit: number;
  /** Of the page before; null for the first. */
  readonly cursor: string | null;
}

export type SearchAnswer =
  | {
      readonly kind: 'found';
      readonly books: readonly FoundBook[];
      /** Cursor of the next page; null on the last. */
      readonly next: string | null;
      readonly source: Source;
    }
  | { readonly kind: 'cursor unknown' }
  | Unavailable;

/** To a catalog: books whose topic contains the text, in id order. */
export const searchCall: Call<SearchRequest, SearchAnswer> = {
  name: 'search',
  audience: 'roles',
  vital: false,
  request: record<SearchRequest>({
    text: someText(BOOK_LIMITS.searchLength),
    limit: whole(1, MAX_PAGE),
    cursor: nullable(someText(LONGEST_CURSOR)),
  }),
  answer: variants<SearchAnswer>({
    found: record({
      books: listOf(
        record<FoundBook>({
          id: bookId,
          title: someText(LONGEST_TEXT),
          topic: someText(LONGEST_TEXT),
        }),
        MAX_PAGE,
      ),
      next: nullable(someText(LONGEST_CURSOR)),
      source,
    }),
    'cursor unknown': record({}),
    unavailable: record({}),
  }),
};

/** To a catalog: books that hold some words, which ones and in what order. What is shown of each is its own look-up (F7). */
export interface FindBooksRequest extends SearchRequest {
  /** Of this very topic only; null: of any. */
  readonly topic: string | null;
  readonly sort: BookOrder;
}

export type FindBooksAnswer =
  | ({ readonly kind: 'found'; readonly source: Source } & FoundBookIds)
  | { readonly kind: 'cursor unknown' }
  | Unavailable;

export const findBooksCall: Call<FindBooksRequest, FindBooksAnswer> = {
  name: 'find books',
  audience: 'roles',
  vital: false,
  request: record<FindBooksRequest>({
    text: someText(BOOK_LIMITS.searchLength),
    topic: nullable(someText(LONGEST_TEXT)),
    sort: oneOf(...BOOK_ORDERS),
    limit: whole(1, MAX_PAGE),
    cursor: nullable(someText(LONGEST_CURSOR)),
  }),
  answer: variants<FindBooksAnswer>({
    found: record({
      ids: listOf(bookId, MAX_PAGE),
      next: nullable(someText(LONGEST_CURSOR)),
      near: flag,
      source,
    }),
    'cursor unknown': record({}),
    unavailable: record({}),
  }),
};

export interface PageRequest {
  readonly limit: number;
  /** Of the page before; null for the first. */
  readonly cursor: string | null;
}

export type Page<Item> =
  | {
      readonly kind: 'page';
      readonly items: readonly Item[];
      /** Cursor of the next page; null on the last. */
      readonly next: string | null;
    }
  | { readonly kind: 'cursor unknown' }
  | Unavailable;

export const pageRequest = { limit: whole(1, MAX_PAGE), cursor: nullable(someText(LONGEST_CURSOR)) };

export function pageOf<Item>(item: Shape<Item>): Shape<Page<Item>> {
  return variants<Page<Item>>({
    page: record({ items: listOf(item, MAX_PAGE), next: nullable(someText(LONGEST_CURSOR)) }),
    'cursor unknown': record({}),
    unavailable: record({}),
  });
}

/** To a catalog: topics with how many books each has, the fullest first, as this replica has them: an answer may be a moment old. */
export const topicsCall: Call<PageRequest, Page<TopicCount>> = {
  name: 'topics',
  audience: 'roles',
  vital: false,
  request: record<PageRequest>(pageRequest),
  answer: pageOf(record<TopicCount>({ topic: someText(LONGEST_TEXT), books: whole(1, MOST) })),
};

/** To a catalog: books of which few copies are left, the fewest first; a moment old likewise. */
export const lowStockCall: Call<PageRequest, Page<LowStockBook>> = {
  name: 'low stock',
  audience: 'roles',
  vital: false,
  request: record<PageRequest>(pageRequest),
  answer: pageOf(
    record<LowStockBook>({
      id: bookId,
      title: someText(LONGEST_TEXT),
      topic: someText(LONGEST_TEXT),
      quantity: whole(-MOST, MOST),
      price: between(0, MOST),
    }),
  ),
};

export interface HiddenRequest extends PageRequest {
  /** Somewhere in the title, the author, the topic or the ISBN; empty: all. */
  readonly text: string;
}

/** To a catalog: hidden books, in the order of their ids. A page may be short and have a next one all the same. */
export const hiddenCall: Call<HiddenRequest, Page<BookAnswer>> = {
  name: 'hidden books',
  audience: 'roles',
  vital: false,
  request: record<HiddenRequest>({ ...pageRequest, text: someText(BOOK_LIMITS.searchLength) }),
  answer: pageOf(bookAnswer),
};

export interface OrdersRequest extends PageRequest {
  /** Null: of all books. */
  readonly bookId: BookId | null;
  /** Null: with any, or none. */
  readonly reference: string | null;
}

export const ordersRequest = record<OrdersRequest>({
  ...pageRequest,
  bookId: nullable(bookId),
  // Earlier ones ask without.
  reference: (value) => (value === undefined ? null : nullable(text(1, REFERENCE_LENGTH))(value)),
});

/** To a catalog: sales, the newest first. */
export const ordersCall: Call<OrdersRequest, Page<OrderRecord>> = {
  name: 'orders',
  audience: 'roles',
  vital: false,
  request: ordersRequest,
  answer: pageOf(orderRecord),
};

export type OrderFound =
  { readonly kind: 'found'; readonly order: OrderRecord } | { readonly kind: 'no such order' } | Unavailable;

/** To a catalog: one sale. */
export const orderCall: Call<{ readonly orderId: string }, OrderFound> = {
  name: 'order',
  audience: 'roles',
  vital: false,
  request: record({ orderId: text(1, LONGEST_ORDER_ID) }),
  answer: variants<OrderFound>({
    found: record({ order: orderRecord }),
    'no such order': record({}),
    unavailable: record({}),
  }),
};

export type SessionAnswer =
  | ({ readonly kind: 'granted' } & SessionResponse)
  /** No majority of leases now, or the front-end has owed an answer for a lease. */
  | { readonly kind: 'none' };

const sharedGrant = record<SharedGrant>({
  engine: text(1, LONGEST_KEY),
  version: whole(0, MOST),
  keys: listOf(text(1, LONGEST_KEY), MOST_MEMBERS),
});

/** To a catalog: begins or renews the session of the front-end that asks (F1). */
export const sessionCall: Call<object, SessionAnswer> = {
  name: 'session',
  audience: 'roles',
  vital: true,
  request: record<object>({}),
  answer: variants<SessionAnswer>({
    granted: record({
      replicaId: text(1, 100),
      startNumber: whole(0, MOST),
      durationMs: between(0, LONGEST_LEASE_MS),
      leaseMs: between(1, LONGEST_LEASE_MS),
      shared: optional(sharedGrant),
    }),
    none: record({}),
  }),
};

/** To a catalog: a front-end that stops gives its session back. */
export const endSessionCall: Call<object, object> = {
  name: 'end session',
  audience: 'roles',
  vital: true,
  request: record<object>({}),
  answer: record<object>({}),
};

/** To a front-end: forget these before the write counts (F3). Asked again until it is acknowledged or its session is over. */
export const invalidateCall: Call<InvalidationsRequest, InvalidationsResponse> = {
  name: 'invalidate',
  audience: 'roles',
  vital: true,
  request: record<InvalidationsRequest>({
    invalidations: listOf(
      record<Invalidation>({
        id: text(1, 200),
        bookIds: listOf(whole(0, MOST), MOST_NAMED),
        retitledIds: listOf(whole(0, MOST), MOST_NAMED),
        topics: listOf(someText(LONGEST_TEXT), MOST_NAMED),
        unknownIds: flag,
        everySearch: flag,
      }),
      MOST_INVALIDATIONS,
    ),
  }),
  answer: record<InvalidationsResponse>({ acknowledged: listOf(text(1, 200), MOST_INVALIDATIONS) }),
};
