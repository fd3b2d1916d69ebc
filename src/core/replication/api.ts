import { type Envelope } from './messages.js';
import { type Rules } from './rules.js';
import { type ReadResult, type SubmitResult } from './results.js';
import { type Ballot, type BookId, type MonotonicMs, type Operation, type ReplicaId } from './types.js';

/** What becomes of an administrator's word that a new identity is to join without the catalogs that are named. */
export type Admission =
  | { readonly kind: 'admitted'; readonly replicaId: ReplicaId }
  /** It votes. */
  | { readonly kind: 'votes already' }
  /** One of those that are named can be asked, or one that is not named cannot. */
  | { readonly kind: 'there' | 'not there'; readonly position: number }
  /** Nobody who is left has voted: there is nothing to go on with. */
  | { readonly kind: 'nobody votes' };

/** How replicas agree. `majority` never gives way; `reachable` is for two replicas (docs/protocol.md). */
export type WritePolicy = 'majority' | 'reachable';

export interface ReplicaOptions {
  /** How many catalogs there are, this one included. */
  readonly replicas: number;
  /** This one's place in the sorted list of all addresses. */
  readonly position: number;
  /** All addresses by their positions; left out: they are named by these. */
  readonly places?: readonly string[];
  readonly leaseMs: number;
  readonly writePolicy: WritePolicy;
  /** Most changes in one page of a catch-up; left out: 256. The simulator has it small too, so that few operations fill many pages. */
  readonly changesPerPage?: number;
  /** H3: left out, `EXPIRY_GRACE_MS` and `SWEEP_MS`. The simulator, whose runs are short, has them small; `Infinity`: nobody looks. */
  readonly expiryGraceMs?: number;
  readonly sweepMs?: number;
  /** Rules switched off, for the simulator's mutations only. */
  readonly rules?: Rules;
}

/** What a front-end is granted (F1): shorter than the replica's own majority lease. */
export interface SessionGrant {
  readonly replicaId: ReplicaId;
  readonly startNumber: number;
  /** From when the front-end sent its request; the front-end shortens it for clock drift. */
  readonly durationMs: number;
  /** Of a catalog that shares its engine with others (P3); left out: it answers for itself. */
  readonly shared?: SharedGrant | undefined;
}

/** P3: what hangs from `engine` counts while sessions run with all of these. */
export interface SharedGrant extends MemberList {
  /** Names the engine: answers that may be kept hang from it, not from the catalog that gave them. */
  readonly engine: string;
}

/** The catalogs that write to one engine, by the keys of their sessions. */
export interface MemberList {
  /** A later list has a higher one. */
  readonly version: number;
  readonly keys: readonly string[];
}

/**
 * One catalog replica, as its host drives it. Single-threaded: no call may come from inside a port's method.
 * Every callback is called exactly once, at the latest soon after its deadline, unless the replica crashes.
 */
export interface CatalogReplica {
  /** Raises and syncs the start number, then asks for leases. */
  start(): void;
  /** Ends every timer. Nothing is said any more. */
  halt(): void;
  /** Stops in good order: gives leases back, waits until its own grants have ended, stores that they have (W10). */
  leave(done: () => void): void;

  receive(envelope: Envelope): void;
  /** A front-end has forgotten what `invalidationId` named. */
  invalidated(frontEndId: string, invalidationId: string): void;
  /** The transport could not hand a message to that peer: a hint for steering and hops, never for safety. */
  unreachable(position: number): void;

  submit(bookId: BookId, operation: Operation, timeoutMs: number, done: (result: SubmitResult) => void): void;
  /** `frontEndId`: who may cache the answer, and is then told when it changes (F5); nobody else may. */
  read(
    bookId: BookId,
    timeoutMs: number,
    done: (result: ReadResult) => void,
    frontEndId?: string | null,
  ): void;
  /**
   * For answers that span books (searches, orders; F4). Calls back as soon as every entry that this replica held pending, or was
   * barred by, when asked has come to an end: what the store says from then on reflects every write completed before the call.
   * `titles` waits only for creations and for changes of title or topic.
   */
  barrier(wanted: 'titles' | 'everything', timeoutMs: number, done: (result: BarrierResult) => void): void;

  /** An administrator's word: a new identity is to join without the catalogs at those positions (C3). Calls back when that is on disk. */
  admit(without: readonly number[], done: (admission: Admission) => void): void;

  /** Null: no majority lease now, or the front-end has owed an answer for a lease (F3). */
  session(frontEndId: string, address: string): SessionGrant | null;
  /** A front-end that stops gives its session back. */
  endSession(frontEndId: string): void;

  status(): ReplicaStatus;
  figures(): ReplicaFigures;
  recordStatus(bookId: BookId): RecordStatus;
  /** Position of the replica that coordinates writes of this book as far as is known here: a hint. Null: none does. */
  leader(bookId: BookId): number | null;
}

/** `cacheable`: nothing of the wanted kind is pending at this very moment, so a front-end may keep the answer (F2). */
export type BarrierResult =
  { readonly kind: 'passed'; readonly cacheable: boolean } | { readonly kind: 'unavailable' };

export interface ReplicaStatus {
  readonly replicaId: ReplicaId;
  readonly startNumber: number;
  readonly joined: boolean;
  /** Caught up and holding a majority of leases. */
  readonly ready: boolean;
  readonly lastChange: number;
  /** Up to which change this replica knows to be safe on its disk. */
  readonly durableChange: number;
  readonly peers: readonly {
    readonly position: number;
    readonly replicaId: ReplicaId | null;
    readonly healthy: boolean;
    readonly leaseRemainingMs: number;
  }[];
  readonly sessions: readonly {
    readonly frontEndId: string;
    readonly remainingMs: number;
    readonly owes: number;
  }[];
  readonly pending: readonly BookId[];
  readonly barred: readonly BookId[];
  readonly waiting: number;
  /** Updates sent, and rounds lost to a higher ballot, since the start. */
  readonly rounds: number;
  readonly conflicts: number;
  readonly now: MonotonicMs;
}

/** What is counted besides, since the start of this life, for metrics. */
export interface ReplicaFigures {
  /** Entries of another coordinator that this one brought to commit first (W2). */
  readonly takeovers: number;
  /** Leases of others that ended before they were renewed. */
  readonly leasesLapsed: number;
  /** Books that front-ends may hold an answer of this replica's about, summed over their sessions (F5). */
  readonly interests: number;
  /** Changes of each peer that this replica has not gone through, at most: those that came by commits are among them until it does (C1). */
  readonly unread: readonly { readonly position: number; readonly changes: number }[];
}

/** What one replica knows of one record: for the ops page and traces. */
export interface RecordStatus {
  readonly committed: number;
  readonly promised: Ballot | null;
  readonly pendingNumber: number | null;
  readonly coordinator: ReplicaId | null;
  readonly marked: boolean;
}
