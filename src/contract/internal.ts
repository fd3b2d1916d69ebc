/** What the calls between the roles carry (rpc.ts). Public shapes are the DTO classes beside this file. */
import { type Invalidation } from '../core/replication/invalidation.js';
import { type SubmitResult } from '../core/replication/results.js';
import { type SessionGrant } from '../core/replication/api.js';
import { type BookId, type Operation, type OperationId } from '../core/replication/types.js';

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
  readonly reference?: string;
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
