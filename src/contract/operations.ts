import { type RecordStatus, type ReplicaStatus } from '../core/replication/api.js';
import { type BookId, type WallClockMs } from '../core/replication/types.js';

/** What the operations page is told each second (`GET /ops/events`): the bookstore as one front-end sees it. */
export interface ClusterSnapshot {
  readonly at: WallClockMs;
  readonly frontEnd: FrontEndSeen;
  readonly orders: readonly OrderServerSeen[];
  readonly catalogs: readonly CatalogSeen[];
}

export interface FrontEndSeen {
  readonly id: string;
  readonly address: string;
  readonly answers: AnswerCounts;
  readonly caches: readonly CacheCounts[];
}

/** Counted since the front-end started; rates are for the reader to make. */
export interface AnswerCounts {
  readonly total: number;
  /** With a status of 500 and up. */
  readonly errors: number;
  /** How many took at most so long; the last bound is infinity, written null. */
  readonly withinMs: readonly { readonly boundMs: number | null; readonly count: number }[];
}

export interface CacheCounts {
  readonly cache: string;
  readonly hits: number;
  readonly misses: number;
}

export interface OrderServerSeen {
  readonly address: string;
  readonly ready: boolean;
  /** Of the question whether it is ready; null: no answer. */
  readonly answeredInMs: number | null;
}

export interface CatalogSeen {
  readonly address: string;
  /** Null: it did not answer, or does not run. */
  readonly status: ReplicaStatus | null;
  readonly answeredInMs: number | null;
}

/** `GET /ops/books/:id`: one book, on every catalog. */
export interface BookOnCatalogs {
  readonly bookId: BookId;
  readonly catalogs: readonly {
    readonly address: string;
    readonly replicaId: string | null;
    readonly record: RecordStatus | null;
  }[];
}
