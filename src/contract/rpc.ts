/**
 * Every call between the roles, once: both sides import it, and what crosses the line is read by its shapes. What each failure means
 * stands with `CallResult`: all of these may be asked again elsewhere, for they are reads or bear operation ids.
 */
import { type Invalidation } from '../core/replication/invalidation.js';
import { type SubmitResult } from '../core/replication/results.js';
import { type BookId, CATALOGUE } from '../core/replication/types.js';
import { BOOK_LIMITS } from './book-limits.js';
import { type Call } from './call.js';
import { type BookAnswer, type FoundBook, MAX_PAGE } from './catalog.js';
import { operationItem, submitResult } from './operation-shapes.js';
import {
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
  optional,
  record,
  someText,
  text,
  variants,
  whole,
} from './shapes.js';

const LONGEST_TEXT = 10_000;
const LONGEST_CURSOR = 300;
/** The longest that LEASE_MS may be. */
const LONGEST_LEASE_MS = 60_000;
const LONGEST_ADDRESS = 300;
const MOST_NAMED = 10_000;
const MOST_INVALIDATIONS = 1_000;

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
    bookId: whole(CATALOGUE + 1, Number.MAX_SAFE_INTEGER),
    operationId: text(1, BOOK_LIMITS.operationIdLength),
    copies: whole(1, BOOK_LIMITS.quantity),
    expectedPriceCents: nullable(whole(0, BOOK_LIMITS.priceCents)),
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

/** From which session of which replica an answer hangs, and whether it may be kept: only when that replica could give it alone (F1, F2, F5). */
export interface Source {
  /** `<replicaId>.<startNumber>`; empty before the replica has one. */
  readonly session: string;
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
  id: whole(CATALOGUE + 1, Number.MAX_SAFE_INTEGER),
  title: someText(LONGEST_TEXT),
  topic: someText(LONGEST_TEXT),
  quantity: whole(-Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
  price: between(0, Number.MAX_SAFE_INTEGER),
  sequenceNumber: whole(0, Number.MAX_SAFE_INTEGER),
  isbn: optional(someText(LONGEST_TEXT)),
  author: optional(someText(LONGEST_TEXT)),
});

/** To a catalog: one book, as every write acknowledged before left it. A front-end that asks is told when the book changes (F5). */
export const lookUpCall: Call<{ readonly bookId: BookId }, LookUpAnswer> = {
  name: 'look-up',
  audience: 'roles',
  vital: false,
  request: record({ bookId: whole(CATALOGUE + 1, Number.MAX_SAFE_INTEGER) }),
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
          id: whole(1, Number.MAX_SAFE_INTEGER),
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

export type SessionAnswer =
  | ({ readonly kind: 'granted' } & SessionResponse)
  /** No majority of leases now, or the front-end owes an answer. */
  | { readonly kind: 'none' };

/** To a catalog: begins or renews the session of the front-end that asks (F1). */
export const sessionCall: Call<object, SessionAnswer> = {
  name: 'session',
  audience: 'roles',
  vital: true,
  request: record<object>({}),
  answer: variants<SessionAnswer>({
    granted: record({
      replicaId: text(1, 100),
      startNumber: whole(0, Number.MAX_SAFE_INTEGER),
      durationMs: between(0, LONGEST_LEASE_MS),
      leaseMs: between(1, LONGEST_LEASE_MS),
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
        bookIds: listOf(whole(0, Number.MAX_SAFE_INTEGER), MOST_NAMED),
        retitledIds: listOf(whole(0, Number.MAX_SAFE_INTEGER), MOST_NAMED),
        topics: listOf(someText(LONGEST_TEXT), MOST_NAMED),
        unknownIds: flag,
        everySearch: flag,
      }),
      MOST_INVALIDATIONS,
    ),
  }),
  answer: record<InvalidationsResponse>({ acknowledged: listOf(text(1, 200), MOST_INVALIDATIONS) }),
};
