/**
 * What crosses the wire between roles (Authorization: Bearer $CLUSTER_SECRET). Public shapes are the DTO classes beside this file.
 *
 * catalog  POST /operations              OperationsRequest -> 200 OperationsResponse, results in the order asked
 *          GET  /query/item/:id          200 | 404, with the headers below, of which the asking front-end sends its own
 *          GET  /query/topic/:topic      200 [{id, title, topic}], with the headers below; ?limit=&cursor=, Link rel="next"
 *          GET  /books                   FoundBookIds, with the headers below (parameters: contract/book-search.ts)
 *          GET  /orders/:orderId         200 OrderRecord | 404;  GET /orders?bookId=&limit=&cursor= -> OrdersPage
 *          PUT  /sessions/:frontEndId    SessionRequest -> 200 SessionResponse | 503;  DELETE /sessions/:frontEndId -> 204
 * order    POST /sales                   SaleRequest -> 200 SubmitResult | 504 { message, outcome? }
 * frontend POST /invalidations           InvalidationsRequest -> 200 InvalidationsResponse
 */
import { type Invalidation } from '../core/replication/invalidation.js';
import { type SubmitResult } from '../core/replication/results.js';
import { type SessionGrant } from '../core/replication/api.js';
import {
  type BookId,
  type Operation,
  type OperationId,
  type WallClockMs,
} from '../core/replication/types.js';

/** On every answer of a catalog: `<replicaId>.<startNumber>`, which names the session that a cached copy hangs from (F1). */
export const REPLICA_HEADER = 'x-bazar-replica';
/** `1` when the replica could give this answer alone at that moment (F2) and knows whom to tell of changes: only then may it be cached. */
export const ALONE_HEADER = 'x-bazar-alone';
/** Milliseconds that the caller will still wait: each hop subtracts what it used. */
export const TIME_LEFT_HEADER = 'x-bazar-time-left-ms';

/** Most operations in one request. */
export const MAX_OPERATIONS = 256;

export interface OperationsRequest {
  readonly operations: readonly { readonly bookId: BookId; readonly operation: Operation }[];
}
export interface OperationsResponse {
  readonly results: readonly SubmitResult[];
  /** Which of these books another catalog leads; left out by a release that does not say. */
  readonly elsewhere?: readonly LedElsewhere[] | undefined;
}
/** Who asks that catalog next time saves the way by the one that it asked. */
export interface LedElsewhere {
  /** Place in the results. */
  readonly at: number;
  /** Advertised address of the catalog that coordinates this book's writes. */
  readonly leader: string;
}

export interface SaleRequest {
  readonly bookId: BookId;
  readonly operationId: OperationId;
  readonly copies: number;
  readonly expectedPriceCents: number | null;
}

/** A sale in the ledger. */
export interface OrderRecord {
  readonly orderId: string;
  readonly bookId: BookId;
  readonly title: string;
  readonly copies: number;
  /** Price of one copy. */
  readonly priceCents: number;
  readonly at: WallClockMs;
  readonly sequenceNumber: number;
  /** Copies that were not there: only when two sides sold while cut off from each other (WRITE_POLICY=reachable). */
  readonly oversold?: number;
}
export interface OrdersPage {
  readonly orders: readonly OrderRecord[];
  /** Opaque; null on the last page. */
  readonly next: string | null;
}

/** What a catalog says of a search for books: which ones, in their order. */
export interface FoundBookIds {
  readonly ids: readonly BookId[];
  /** Cursor of the next page; null on the last. */
  readonly next: string | null;
  /** No book holds the words as they were typed: these hold similar ones. */
  readonly near: boolean;
}

export interface SessionResponse extends SessionGrant {
  readonly leaseMs: number;
}

export interface InvalidationsRequest {
  readonly invalidations: readonly Invalidation[];
}
export interface InvalidationsResponse {
  readonly acknowledged: readonly string[];
}
