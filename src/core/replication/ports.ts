import {
  type Ballot,
  type Book,
  type BookId,
  type Change,
  type Decided,
  type Entry,
  type HoldId,
  type MonotonicMs,
  type NamedChange,
  type OperationId,
  type Pending,
  type ReplicaId,
  type StoredHold,
  type StoredRecord,
  type Successor,
  type WallClockMs,
} from './types.js';
import { type HeldKey, type SoldCopies } from './ledger.js';
import { type Envelope } from './messages.js';
import { type Invalidation } from './invalidation.js';

/** Everything the protocol needs from outside. Nothing else in `core/replication` touches the world. */
export interface ReplicaPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly store: ReplicaStore;
  readonly network: Network;
}

export interface Clock {
  monotonicMs(): MonotonicMs;
  wallClockMs(): WallClockMs;
  /** Calls `action` once, not before `delayMs`; the answer cancels it. */
  after(delayMs: number, action: () => void): () => void;
}

export interface Random {
  /** Uniform in [0, 1). */
  fraction(): number;
  /** 128 bits that nobody can guess, in lower-case letters and digits. */
  token(): string;
}

/** Sending never waits and never throws; a message may be lost, late, repeated or overtaken. */
export interface Network {
  /** `to` is the position of the peer in the configured list of addresses, for its id may not be known yet. */
  send(to: number, envelope: Envelope): void;
  /** The answer comes back as `Replica.invalidated(frontEndId, invalidation.id)`. */
  invalidate(frontEndId: string, address: string, invalidation: Invalidation): void;
}

/** Who a replica is, durable. `startNumber` is raised and synced at each start before anything else is said. */
export interface Identity {
  readonly replicaId: ReplicaId;
  readonly startNumber: number;
  /** False until a new replica has learned from enough others what its lost disk may have voted for (C3). */
  readonly joined: boolean;
  /** True while no grant can be outstanding: never ran, or stopped in good order after all its grants had ended (W10). */
  readonly grantsEnded: boolean;
  /** `reachable` only: this replica was the last quorum by itself; its peer may not have what it committed. */
  readonly alone: boolean;
  readonly past: Past;
}

/** What an identity has to know of those before it, and of its own beginning (C3). */
export interface Past {
  /** Those that met before any of them had voted, this one among them; none: it came later, or by a release that did not keep this. */
  readonly founders: readonly ReplicaId[];
  /** At most one of each place. */
  readonly successors: readonly Successor[];
  /** No promise that was made under this identity is of a higher round. */
  readonly promisedUpTo: number;
  /** That of those it learned from: it keeps what the lost disk had promised, and says ok to no ballot of such a round. */
  readonly floor: number;
  /** By an administrator's word it joins through those that are there. */
  readonly admitted: boolean;
  /** How many replicas there are, this one among them: what a majority is hangs from it. 0: it ran last by a release that did not keep this. */
  readonly among: number;
}

export const NO_PAST: Past = {
  founders: [],
  successors: [],
  promisedUpTo: 0,
  floor: 0,
  admitted: false,
  among: 0,
};

/**
 * One replica's disk. Reads see every earlier write at once; writes are durable with the next `sync`.
 * All writes between two syncs are one transaction: after a crash all of them are there or none.
 * Any method may throw when the disk fails; the replica is then started anew from what is durable.
 */
export interface ReplicaStore {
  identity(): Identity | undefined;
  saveIdentity(identity: Identity): void;

  /** Undefined: no such record. Record 0 always exists. */
  record(bookId: BookId): StoredRecord | undefined;
  /** Every record with a pending entry. */
  pendingIds(): BookId[];
  /** Ledger entries with numbers from `from` up, in order, at most `limit`. */
  entries(bookId: BookId, from: number, limit: number): Entry[];
  /** Where the ledger holds this operation. */
  operation(operationId: OperationId): { bookId: BookId; sequenceNumber: number } | undefined;
  /** The highest order id in the ledger of those that begin with a time (see `OrderClock`). */
  lastOrderId(): string | undefined;
  /** What record 0 gave a key (see `catalogueKey`) out for last. */
  heldKey(key: string): HeldKey | undefined;
  /** The next free book id: the fold of record 0. */
  nextBookId(): BookId;
  /** A hold, also one that has ended. */
  hold(holdId: HoldId): StoredHold | undefined;
  /**
   * Holds, of one book or (null) of all, that have not ended and ran out at `time` or before; those that follow one that has ended count
   * as run out. The earliest first, at most `limit`.
   */
  dueHolds(bookId: BookId | null, time: WallClockMs, limit: number): StoredHold[];
  /** What an order sold of a book, and how much of that was cancelled. */
  sold(bookId: BookId, orderId: string): SoldCopies | undefined;

  /** A record that nobody has heard of may be promised and accepted too: it is then stored without a book, at `committed` -1. */
  savePromised(bookId: BookId, promised: Ballot): void;
  savePending(bookId: BookId, promised: Ballot, pending: Pending): void;
  /**
   * Appends an entry to a record's ledger, sets its book and number, and its version if the entry changes it, and forgets its pending entry if that is no longer
   * committed + 1 or later. Indexes its operations, keeps what it changes of holds and orders (`holdChanges`), and gives it the next change number. Entry 0 of a book that is not here yet
   * (learned from a peer before record 0's entry) begins it, as `create` does.
   */
  commit(bookId: BookId, entry: Entry, book: Book | null): void;
  /** Gives a book its beginning (entry 0), as the commit of its creation on record 0 does, and its key, if nobody has that; no change number. */
  create(bookId: BookId, genesis: Entry, book: Book): void;
  saveNextBookId(nextBookId: BookId): void;
  /** Record 0 gave the key out, whoever had it before. */
  saveKey(key: string, held: HeldKey): void;

  /**
   * Takes back a record's entries from number `from` up, as the losing side of a split does (`reachable`), and returns them: its book is
   * again as before them, its pending entry is gone, their operations, orders and change numbers are no longer known. Ids and keys that
   * they gave out on record 0 stay given out.
   */
  rollback(bookId: BookId, from: number, book: Book | null, version: number): Entry[];
  /** Operations of entries that were taken back, to be applied again with the outcomes that their callers were told. */
  saveReapplication(bookId: BookId, decided: Decided): void;
  reapplications(limit: number): { bookId: BookId; decided: Decided }[];
  removeReapplication(operationId: OperationId): void;

  /** Highest change number given out. */
  lastChange(): number;
  /** Own commits with numbers above `since`, in order, at most `limit`. */
  changes(since: number, limit: number): Change[];
  /** The same without their entries, many of which may be large. */
  namedChanges(since: number, limit: number): NamedChange[];
  /** Up to which change of a peer this replica has seen; 0 if never. */
  cursor(peer: ReplicaId): number;
  saveCursor(peer: ReplicaId, change: number): void;

  /**
   * Calls `done` when every write made before this call is durable. Calls of one turn share one sync.
   * An error: nothing since the last sync is durable, and the replica has to be started anew.
   */
  sync(done: (error?: Error) => void): void;
}
