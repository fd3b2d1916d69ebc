import { type Availability } from '../core/balancing/endpoint-health.js';
import { type RecordStatus, type ReplicaStatus } from '../core/replication/api.js';
import { type Ballot, type Book, type BookId, type WallClockMs } from '../core/replication/types.js';

/** What the ops page is told each second (`cluster` of `GET /ops/events`): the bookstore as one front-end sees it. */
export interface ClusterSnapshot {
  readonly at: WallClockMs;
  /** Address of the front-end that says this. */
  readonly self: string;
  readonly frontEnds: readonly Seen<FrontEndStatus>[];
  readonly orders: readonly Seen<OrderStatus>[];
  readonly catalogs: readonly Seen<CatalogStatus>[];
  /** Null unless `npm start` runs this bookstore: then its processes may be stopped and brought back. */
  readonly processes: readonly SupervisedProcess[] | null;
}

/** One process, from outside. */
export interface Seen<Status> {
  readonly address: string;
  readonly ready: boolean;
  /** What it says of itself; null: no answer. */
  readonly status: Status | null;
  readonly answeredInMs: number | null;
}

/** Of a front-end. */
export interface FrontEndStatus {
  readonly id: string;
  readonly answers: AnswerCounts;
  readonly caches: readonly CacheCounts[];
  readonly upstreams: readonly EndpointView[];
}

/** How a process that is asked by another stands with it. */
export interface EndpointView {
  readonly address: string;
  readonly availability: Availability;
}

/** Of an order server. */
export interface OrderStatus {
  readonly answers: AnswerCounts;
  readonly upstreams: readonly EndpointView[];
}

/** Of a catalog. */
export interface CatalogStatus extends Omit<ReplicaStatus, 'sessions'> {
  readonly answers: AnswerCounts;
  /** Left out: WEBHOOK_URL is not set, or it is of an earlier release. */
  readonly webhook?: WebhookStatus | undefined;
  readonly sessions: readonly (ReplicaStatus['sessions'][number] & { readonly address: string | null })[];
  /** Of a catalog that shares its engine with others, which has no peers then. */
  readonly shared?: SharedEngineStatus | undefined;
}

export interface SharedEngineStatus {
  /** Host and port of the server that takes its writes; empty: none does now. */
  readonly server: string;
  readonly version: string;
  /** Why no server can be used; null: one can. */
  readonly trouble: string | null;
  /** Of the server; null: not known yet, or its user may not read them. */
  readonly standbys: readonly StandbyStatus[] | null;
  /** Whether what it knows of the members is new enough to grant front-ends sessions, without which they keep nothing (P1). */
  readonly fresh: boolean;
  readonly members: readonly { readonly address: string; readonly fenced: boolean; readonly self: boolean }[];
}

/** What a server says of another one that follows it. */
export interface StandbyStatus {
  readonly name: string;
  /** As the server has it: `streaming` when all is well. */
  readonly state: string;
  /** Whether what is acknowledged waits for it. */
  readonly synchronous: boolean;
  /** Of its log, not replayed there yet; null: nothing was sent yet. */
  readonly behindBytes: number | null;
  /** How long the last of it took to be replayed there; null: nothing was sent lately. */
  readonly lagMs: number | null;
}

/** What one catalog delivers to WEBHOOK_URL, or would. */
export interface WebhookStatus {
  /** `stands by`: another catalog delivers. `stopped`: the receiver answered 410. */
  readonly state: 'delivers' | 'stands by' | 'stopped';
  /** Scheme, host and port of the receiver: the rest may be secret. */
  readonly to: string;
  /** Entries of the ledger that it has not taken; those with nothing to tell count until they are looked at. */
  readonly undelivered: number;
  /** Since when the oldest of them has been tried in vain; null: it has not. */
  readonly failingSince: WallClockMs | null;
  /** Of the last attempt that failed since the start. */
  readonly lastError: string | null;
  /** Changes, since the start. */
  readonly delivered: number;
  readonly givenUp: number;
}

/** Counted since the process started; rates are for the reader to make. */
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

/** One book, on every catalog (`book` of `GET /ops/events?book=`, and `GET /ops/books/:id`). */
export interface BookOnCatalogs {
  readonly bookId: BookId;
  readonly catalogs: readonly {
    readonly address: string;
    readonly replicaId: string | null;
    readonly record: BookRecord | null;
  }[];
}

/** Of one book, by a catalog. */
export interface BookRecord extends RecordStatus {
  /** Null: not known here, or the catalogue's own record. */
  readonly book: Pick<Book, 'title' | 'quantity' | 'priceCents'> | null;
  /** The newest entries, newest first. */
  readonly ledger: readonly LedgerLine[];
}

export interface LedgerLine {
  readonly sequenceNumber: number;
  /** Under which the entry was first built. */
  readonly origin: Ballot;
  /** The first few of them. */
  readonly operations: readonly LedgerOperation[];
  readonly operationCount: number;
}

export interface LedgerOperation {
  readonly kind: string;
  readonly outcome: string;
  /** Sold or added. */
  readonly copies: number | null;
}

/** A process of the local cluster, as who runs it knows it. */
export interface SupervisedProcess {
  readonly name: string;
  readonly address: string;
  readonly state: ProcessState;
}

export type ProcessState = 'running' | 'hanging' | 'cut off' | 'stopped';
