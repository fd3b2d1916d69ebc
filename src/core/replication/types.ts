/** What the protocol talks about: books, operations, entries, ballots. See docs/protocol.md; the words are those of its table. */

/** Identity of one replica's disk: `<wall-clock ms at creation, base 36>-<random>`. A lost disk comes back under another, later one (C3). */
export type ReplicaId = string;

/** What a number stands for, for the compiler alone: one kind is never taken for another. */
declare const kind: unique symbol;

/** A book's id, 1 and up; `CATALOGUE` names the record that gives ids out. Any plain number may be one. */
export type BookId = number & { readonly [kind]?: 'book' };

/** Record 0, the catalogue itself: its fold is the next free id and the unique keys. */
export const CATALOGUE: BookId = 0;

/** Chosen by the client's side; an operation with an id that the ledger holds is never applied again (W8). */
export type OperationId = string;

/** Made by the coordinator that decides the hold; nobody can guess it. */
export type HoldId = string;

/** Monotonic milliseconds of one process; meaningless in another. Made where a clock is read, and by what `core/clocks.ts` makes of one. */
export type MonotonicMs = number & { readonly [kind]: 'monotonic' };

/** Milliseconds since 1970, for people to read; never compared by the protocol, but for the ends of holds (H3). Any plain number may be one. */
export type WallClockMs = number & { readonly [kind]?: 'wall clock' };

/** Highest wins: by round, then replica, then start number. A start number makes the ballots of two lives of a replica differ. */
export interface Ballot {
  readonly round: number;
  readonly replicaId: ReplicaId;
  readonly startNumber: number;
}

/** A book's content at some sequence number. Prices are whole cents. */
export interface Book {
  readonly title: string;
  readonly topic: string;
  readonly priceCents: number;
  readonly quantity: number;
  readonly isbn: string | null;
  readonly author: string | null;
  /** Administration alone sees it, and nobody can buy it (V1). Left out: everybody does. */
  readonly hidden?: true;
  /** Of the claim by which it has its key (K2); left out: it has the key that it was created with. */
  readonly claim?: ClaimNumber;
}

/** Of a claim to a key: rises with each, through all of record 0's ledger. */
export type ClaimNumber = number;

/** Fields that an edit may set; one left out stays as it is. */
export interface BookChanges extends Partial<Omit<Book, 'hidden' | 'claim'>> {
  readonly hidden?: boolean;
}

/** Who asked for a change, and when; earlier releases do not say. */
export interface Signed {
  readonly by?: string;
  readonly at?: WallClockMs;
}

/** The key that a book is to have, and that it was given out for it (K1). */
export interface Claim {
  readonly key: string;
  readonly number: ClaimNumber;
}

export type Operation =
  /** On record 0 only; it takes the next free id. */
  | ({ readonly kind: 'create'; readonly operationId: OperationId; readonly book: Book } & Signed)
  /** On record 0 only: the book is to have this key, which no other has (K1). */
  | {
      readonly kind: 'claim';
      readonly operationId: OperationId;
      readonly bookId: BookId;
      readonly key: string;
    }
  | ({
      readonly kind: 'edit';
      readonly operationId: OperationId;
      readonly changes: BookChanges;
      /** Precondition: the book still is of this version (see `StoredRecord`). */
      readonly expectedSequenceNumber: number | null;
      /** To the key that the book has after it; left out: that is the one that it had. */
      readonly claim?: Claim;
    } & Signed)
  | ({ readonly kind: 'restock'; readonly operationId: OperationId; readonly copies: number } & Signed)
  | {
      readonly kind: 'sale';
      readonly operationId: OperationId;
      readonly copies: number;
      /** Precondition: the price that the buyer saw. */
      readonly expectedPriceCents: number | null;
      /** The client's own name for the order; left out: none. */
      readonly reference?: string;
    }
  /** Keeps copies back for a buyer, at the price of this moment (H1). */
  | {
      readonly kind: 'hold';
      readonly operationId: OperationId;
      readonly copies: number;
      readonly expectedPriceCents: number | null;
      readonly term: HoldTerm;
      readonly reference?: string;
    }
  /** Sells what is held. `lines`: the holds that follow this one, for its order shows them. */
  | {
      readonly kind: 'confirm';
      readonly operationId: OperationId;
      readonly holdId: HoldId;
      readonly lines: readonly BasketLine[];
    }
  | { readonly kind: 'release'; readonly operationId: OperationId; readonly holdId: HoldId }
  /** Ends what has run out; made by the coordinator alone (H3). */
  | { readonly kind: 'expire'; readonly operationId: OperationId }
  /** Does with a hold what was decided of the one that it follows: sold as that order, or (null) released; made by the coordinator alone (H5). */
  | {
      readonly kind: 'settle';
      readonly operationId: OperationId;
      readonly holdId: HoldId;
      readonly orderId: string | null;
    }
  /** Takes copies of an order back into stock; null: all that are left of it in this book. */
  | ({
      readonly kind: 'cancel';
      readonly operationId: OperationId;
      readonly orderId: string;
      readonly copies: number | null;
    } & Signed);

/**
 * How long a hold runs, and what decides of it: itself, for a basket's other books as well, or the hold of a basket's deciding book. Of no
 * basket is `alone`, as ledgers have it: the one place where that word does not mean a replica that is the quorum by itself.
 */
export type HoldTerm =
  | { readonly kind: 'alone'; readonly ttlMs: number }
  | { readonly kind: 'deciding'; readonly ttlMs: number; readonly otherBooks: readonly BookId[] }
  | { readonly kind: 'following'; readonly until: WallClockMs; readonly decidedBy: HoldId };

/** One of a basket's holds that follow. */
export interface BasketLine {
  readonly bookId: BookId;
  readonly holdId: HoldId;
  readonly copies: number;
  /** Of one copy. */
  readonly priceCents: number;
}

/** What the ledger of its book makes of a hold. */
export interface StoredHold {
  readonly holdId: HoldId;
  readonly bookId: BookId;
  readonly copies: number;
  /** Of one copy. */
  readonly priceCents: number;
  readonly until: WallClockMs;
  /** The hold that it follows; null: none. */
  readonly decidedBy: HoldId | null;
  /** Books with holds that follow this one. */
  readonly otherBooks: readonly BookId[];
  readonly reference: string | null;
  /** Null: the copies are held. */
  readonly end:
    | { readonly kind: 'sold'; readonly orderId: string }
    | { readonly kind: 'released' }
    | { readonly kind: 'expired' }
    | null;
}

/** Decided once, by the coordinator, and stored with the operation (W7): a late duplicate gets the same answer. */
export type Outcome =
  | { readonly kind: 'created'; readonly bookId: BookId }
  /** A book with that isbn, or title and author, is there already: nothing changed. */
  | { readonly kind: 'exists'; readonly bookId: BookId }
  | { readonly kind: 'claimed'; readonly number: ClaimNumber }
  | { readonly kind: 'edited' }
  | { readonly kind: 'restocked' }
  /** `priceCents` is the price of one copy. `orderId` cannot be guessed. */
  | {
      readonly kind: 'sold';
      readonly orderId: string;
      readonly priceCents: number;
      readonly at: WallClockMs;
      /** Copies that were not there: only when two sides sold while cut off from each other (`reachable`). Left out: none. */
      readonly oversold?: number;
      /** How many, when they had been held. */
      readonly copies?: number;
      /** Copies of these that came out of stock once more, for on the other side of a split the hold had ended (`reachable`). Left out: none. */
      readonly again?: number;
    }
  /** `left`: copies that could be bought; earlier releases do not say. */
  | { readonly kind: 'out of stock'; readonly left?: number }
  | { readonly kind: 'price changed' }
  /** The book is not on sale: who asked is told that there is none. */
  | { readonly kind: 'hidden' }
  | { readonly kind: 'precondition failed' }
  /** `priceCents`: of one copy, frozen. Until `until` a confirmation is never refused. */
  | {
      readonly kind: 'held';
      readonly holdId: HoldId;
      readonly priceCents: number;
      readonly until: WallClockMs;
    }
  /** `copies` are on sale again. */
  | { readonly kind: 'released'; readonly copies: number }
  | { readonly kind: 'expired'; readonly holdIds: readonly HoldId[]; readonly copies: number }
  | { readonly kind: 'cancelled'; readonly copies: number }
  | { readonly kind: 'no such hold' }
  | { readonly kind: 'hold released' }
  | { readonly kind: 'hold expired' }
  | { readonly kind: 'sold already'; readonly orderId: string }
  | { readonly kind: 'no such order' }
  /** `left`: copies of the order that are not cancelled. */
  | { readonly kind: 'more than was sold'; readonly left: number };

export interface Decided {
  readonly operation: Operation;
  readonly outcome: Outcome;
}

/** The operations, with their outcomes, that take a record from `sequenceNumber - 1` to `sequenceNumber`. */
export interface Entry {
  readonly sequenceNumber: number;
  /** The ballot under which it was first built. It stays when another coordinator brings the entry to commit, so it names the entry. */
  readonly origin: Ballot;
  /** `reachable`: the origin of the entry that it follows, from number 2 up: after a split that may be another than the one at a replica. */
  readonly after?: Ballot;
  readonly decided: readonly Decided[];
}

/** An entry at committed + 1 that was accepted under `ballot` and not yet seen committed. */
export interface Pending {
  readonly ballot: Ballot;
  readonly entry: Entry;
}

/**
 * A record's durable state but its ledger.
 * Invariants: `committed` is the last ledger entry's number; `book` and `version` are folds of the ledger; `pending`, if any, has
 * number committed + 1 and a ballot <= promised.
 */
export interface StoredRecord {
  /** Sequence number; 0 when just created. A book's entry 0 is its creation. Record 0 starts at 0 with no entry. */
  readonly committed: number;
  /** Number of the last entry that changed the book: refusals and empty entries leave it. It is what the world calls `sequenceNumber`. */
  readonly version: number;
  /** Null for record 0. */
  readonly book: Book | null;
  readonly promised: Ballot | null;
  readonly pending: Pending | null;
}

/** One commit of a replica, under the number that the replica itself gave it (C1). */
export interface Change {
  readonly change: number;
  readonly bookId: BookId;
  readonly entry: Entry;
}

/** A change without its entry. */
export interface NamedChange {
  readonly change: number;
  readonly bookId: BookId;
  readonly sequenceNumber: number;
}

export function compareBallots(a: Ballot, b: Ballot): number {
  if (a.round !== b.round) return a.round - b.round;
  if (a.replicaId !== b.replicaId) return a.replicaId < b.replicaId ? -1 : 1;
  return a.startNumber - b.startNumber;
}

export function sameBallot(a: Ballot | null, b: Ballot | null): boolean {
  return a !== null && b !== null && compareBallots(a, b) === 0;
}

/** The latest identity at an address, where that took the place of another. */
export interface Successor {
  /** That address: positions change with the list of all. */
  readonly place: string;
  readonly replicaId: ReplicaId;
  /** By an administrator's word: what only earlier identities there knew is lost, and they never count again. */
  readonly givenUp: boolean;
}
