import { type ChangesAnswer, type ChangesRequest } from '../contract/changes.js';
import { type HoldRecord, type OrderRecord, type OrdersPage } from '../contract/holding.js';
import { type BookRecord, type CatalogStatus } from '../contract/ops.js';
import { type SessionGrant } from '../core/replication/api.js';
import { type ReadResult, type SubmitResult } from '../core/replication/results.js';
import { type BookId, type HoldId, type Operation } from '../core/replication/types.js';
import { type ReadinessState } from '../observability/readiness.js';
import {
  type BookListing,
  type BookQuery,
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
} from './store/catalogue-index.js';

/** What an engine saw that reflects all that was acknowledged before it was asked. */
export interface View<T> {
  readonly seen: T;
  /** Whether a front-end may keep it (F2). */
  readonly cacheable: boolean;
}

/** Null: it could not be said in time. */
export type Seen<T> = Promise<View<T> | null>;

export interface DumpedListing extends BookListing {
  /** Whether this catalog could answer for the book by itself. */
  readonly valid: boolean;
}

/** What an engine knows of itself. */
export type EngineStatus = Omit<CatalogStatus, 'answers' | 'sessions' | 'webhook'> & {
  readonly sessions: readonly Omit<CatalogStatus['sessions'][number], 'address'>[];
};

/**
 * The port between the catalog's callers and what keeps the books: replicas that agree over SQLite files of their own (`replica/`), or one
 * PostgreSQL that all share (`postgres/`). Controllers, calls and sessions know nothing else. An abstract class, so that Nest hands it in.
 */
export abstract class CatalogEngine {
  /** Begins to become ready; returns at once. `changed` is called when `state` may say something else. */
  abstract start(changed: () => void): void;
  abstract state(): ReadinessState;
  /** While callers are still answered: takes no more of them, answers those under way, tells who has to know. Within a bound. */
  abstract leave(): Promise<void>;
  /** Nobody asks any more. */
  abstract close(): Promise<void>;

  /** Each is applied at most once, by its operation id, whichever catalog it is handed to. */
  abstract submit(bookId: BookId, operation: Operation, timeoutMs: number): Promise<SubmitResult>;
  /** Hidden books too (see `asShown`). `frontEndId`: who may keep the answer, and is then told when it changes (F5); null: nobody may. */
  abstract read(bookId: BookId, timeoutMs: number, frontEndId: string | null): Promise<ReadResult>;
  /** Address of the catalog that writes of this book had better be sent to: a hint. Null: to this one, or to any. */
  abstract leader(bookId: BookId): string | null;

  /** Of which answers of this catalog hang (F1); null while there is none. */
  abstract sessionKey(): string | null;
  /** Null: none can be granted now, or the front-end has owed an answer for a lease (F3). */
  abstract session(frontEndId: string, address: string): SessionGrant | null;
  abstract endSession(frontEndId: string): void;

  abstract searchByTopic(
    text: string,
    afterId: BookId,
    limit: number,
    timeoutMs: number,
  ): Seen<readonly TopicMatch[]>;
  abstract findBooks(query: BookQuery, timeoutMs: number): Seen<FoundBooks>;
  abstract orders(query: OrdersQuery, timeoutMs: number): Seen<OrdersPage | undefined>;
  abstract order(orderId: string, timeoutMs: number): Seen<OrderRecord | undefined>;
  abstract openHolds(query: HoldsQuery, timeoutMs: number): Seen<HoldsFound | undefined>;
  abstract hold(holdId: HoldId, timeoutMs: number): Seen<HoldRecord | undefined>;
  abstract hidden(query: HiddenQuery, timeoutMs: number): Seen<HiddenFound>;
  abstract history(query: HistoryQuery, timeoutMs: number): Seen<HistoryFound | undefined>;

  /** What was committed for good, in order per book, each at least once, whichever catalog tells (docs/adr/0035). Never rejects. */
  abstract changes(request: ChangesRequest): Promise<ChangesAnswer>;

  // As the catalog has it at this moment, which may be a little late. They throw when its store cannot be read.
  abstract topics(limit: number, after: TopicCount | null): Promise<readonly TopicCount[]>;
  abstract lowStock(limit: number, after: StockPosition | null): Promise<readonly BookListing[]>;
  abstract books(afterId: BookId, limit: number): Promise<readonly DumpedListing[]>;

  /** Null while it does not run: see `stopped`. */
  abstract status(): Promise<EngineStatus | null>;
  /** Of one book, with the newest `lines` entries of its ledger. Null while it does not run. */
  abstract record(
    bookId: BookId,
    lines: number,
  ): Promise<{ readonly replicaId: string; readonly record: BookRecord } | null>;
  /** Why it does not run. */
  abstract stopped(): string;
}
