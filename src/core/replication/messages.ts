import {
  type Ballot,
  type BookId,
  type Change,
  type Entry,
  type MonotonicMs,
  type NamedChange,
  type Operation,
  type Pending,
  type ReplicaId,
  type Successor,
} from './types.js';
import { type SubmitResult } from './results.js';

/** A message with its addresses. A replica drops what is not meant for the identity it has now (C3). */
export interface Envelope {
  readonly from: ReplicaId;
  readonly fromStart: number;
  /** Position of the sender in the shared, sorted list of addresses. */
  readonly fromPosition: number;
  /** Null while the sender does not know who answers at that address: only lease messages travel so. */
  readonly to: ReplicaId | null;
  /** Those that took the place of others, as far as the sender knows (C3); left out: none, or it is of an earlier release. */
  readonly successors?: readonly Successor[];
  readonly body: PeerMessage;
}

/** By what an acceptor's answer is told apart, and the clock reading a later commit gives back to it (W5). */
export interface Token {
  readonly startNumber: number;
  /** The acceptor's clock when its ok left. */
  readonly at: MonotonicMs;
}

export interface ListedLease {
  readonly holder: ReplicaId;
  readonly remainingMs: number;
}

/** A book, the number of its pending entry and the ballot that it is pending under, and whether it creates books or changes a title or topic. */
export type NamedPending = readonly [bookId: BookId, sequenceNumber: number, ballot: Ballot, titles: boolean];

/** Where a replica stands under `reachable` (see `Partnership`). */
export interface Standing {
  /** It is the quorum by itself. */
  readonly alone: boolean;
  /** It was alone, as the other was, and has taken the other's entries over. */
  readonly merged: boolean;
  /** Names the time for which it adds nothing to its ledgers, for both were alone; null: it does not stand still. Releases up to 3.0 leave it out. */
  readonly still?: string | null;
  /** The name of the other's, whose entries it has all taken over. */
  readonly took?: string;
  /** While it stands still: the first id that it has not given out. */
  readonly nextBookId?: BookId;
}

/** What one that is joining has to know of another that it learns from (C3). */
export interface Elder {
  /** Whether it votes; *founded together*: from the beginning, and the one that joins was there. */
  readonly as: 'new as well' | 'founded together' | 'voter';
  /** None of its promises is of a higher round. */
  readonly promisedUpTo: number;
}

export type PeerMessage =
  // Writing (W1 to W5)
  | { readonly kind: 'check'; readonly bookId: BookId; readonly ballot: Ballot; readonly committed: number }
  | {
      readonly kind: 'check ok';
      readonly bookId: BookId;
      readonly ballot: Ballot;
      readonly committed: number;
      readonly pending: Pending | null;
      /** Entries newer than the coordinator's, at most a page of them. */
      readonly newer: readonly Entry[];
    }
  | {
      readonly kind: 'conflict';
      readonly bookId: BookId;
      /** The ballot that was refused. */
      readonly ballot: Ballot;
      readonly promised: Ballot;
      readonly committed: number;
      readonly newer: readonly Entry[];
    }
  | {
      readonly kind: 'update';
      readonly bookId: BookId;
      readonly ballot: Ballot;
      /** Everything below its number is committed. */
      readonly entry: Entry;
      /** The entries just below it, for an acceptor that said *behind*. */
      readonly before: readonly Entry[];
    }
  | {
      readonly kind: 'update ok';
      readonly bookId: BookId;
      readonly ballot: Ballot;
      readonly sequenceNumber: number;
      readonly leases: readonly ListedLease[];
      readonly token: Token;
    }
  | {
      /** The acceptor has the number already: here is what stands there, and after it. */
      readonly kind: 'update committed';
      readonly bookId: BookId;
      readonly ballot: Ballot;
      readonly committed: number;
      readonly entries: readonly Entry[];
    }
  /** A holder on that acceptor's list has lost its mark on the book by another way, and its front-ends have forgotten it. */
  | {
      readonly kind: 'discharge';
      readonly bookId: BookId;
      readonly ballot: Ballot;
      readonly sequenceNumber: number;
      readonly holder: ReplicaId;
    }
  | { readonly kind: 'behind'; readonly bookId: BookId; readonly ballot: Ballot; readonly committed: number }
  | {
      readonly kind: 'commit';
      readonly bookId: BookId;
      readonly sequenceNumber: number;
      readonly ballot: Ballot;
      readonly token: Token | null;
    }
  // Reading (R2) and asking for what a replica lacks (C2)
  | {
      readonly kind: 'get';
      readonly requestId: number;
      readonly bookId: BookId;
      readonly committed: number;
      readonly asked: readonly ReplicaId[];
    }
  | {
      readonly kind: 'got';
      readonly requestId: number;
      readonly bookId: BookId;
      readonly committed: number;
      readonly entries: readonly Entry[];
      /** Whether somebody on the chain could answer locally. */
      readonly valid: boolean;
    }
  | { readonly kind: 'fetch'; readonly bookId: BookId; readonly committed: number }
  | {
      readonly kind: 'fetched';
      readonly bookId: BookId;
      readonly committed: number;
      readonly entries: readonly Entry[];
    }
  // Leases (R3, R4) and catching up (C1)
  | {
      readonly kind: 'lease request';
      readonly sentAt: MonotonicMs;
      /** Tells this run of the asker from every other (C3). */
      readonly life: string;
      readonly standing: Standing;
      /** False for a new replica that has not yet learned what its lost disk may have voted for (C3). */
      readonly joined: boolean;
      /** Of those that are safe on its disk: after a crash it has no fewer. */
      readonly lastChange: number;
      /**
       * Books that the asker may not mark before it has seen that number committed, and that its front-ends have forgotten (R4), with the
       * highest ballot under which it knows them to be pending.
       */
      readonly barred: readonly (readonly [BookId, number, Ballot])[];
    }
  | {
      readonly kind: 'lease grant';
      readonly sentAt: MonotonicMs;
      /** That of the request: `sentAt` means nothing on the clock of another life. */
      readonly toLife: string;
      readonly standing: Standing;
      readonly durationMs: number;
      /** What the granter holds pending at this moment (R4). */
      readonly pending: readonly NamedPending[];
    }
  /** The granter remembers more of the asker than the asker may: its disk was put back from a copy. `life`: that of the request. */
  | {
      readonly kind: 'identity refused';
      readonly life: string;
      /** Of the latest other life that the granter heard of; 0: of none. */
      readonly knownStart: number;
      readonly knownChange: number;
    }
  /** `byName`: the asker expects to have most of them. `joining`: it is a new identity, and asks before it votes (C3). */
  | {
      readonly kind: 'catch-up';
      readonly requestId: number;
      readonly since: number;
      readonly byName: boolean;
      readonly joining?: true;
    }
  | {
      readonly kind: 'caught up';
      readonly requestId: number;
      readonly changes: readonly Change[];
      readonly upTo: number;
      readonly done: boolean;
      /** Once done: what the answerer holds pending, of the same moment. Releases up to 3.0 leave it out. */
      readonly pending?: readonly NamedPending[];
      /** Once done, and to one that is joining. Releases up to 3.0 leave it out. */
      readonly elder?: Elder;
    }
  | {
      readonly kind: 'changes named';
      readonly requestId: number;
      readonly changes: readonly NamedChange[];
      readonly upTo: number;
      readonly done: boolean;
      readonly pending?: readonly NamedPending[];
      readonly elder?: Elder;
    }
  // Steering (W9)
  | {
      readonly kind: 'forward';
      readonly requestId: number;
      readonly bookId: BookId;
      readonly operation: Operation;
      readonly remainingMs: number;
    }
  | { readonly kind: 'forwarded'; readonly requestId: number; readonly result: SubmitResult }
  /** A replica that stops gives its leases back and asks to be left alone. Of a life that is over by now it says nothing any more. */
  | { readonly kind: 'farewell'; readonly life: string };
