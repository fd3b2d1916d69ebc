import { apply, edited } from './book-fold.js';
import { catalogueKey } from './catalogue-key.js';
import { type HoldChange, holdChanges, type HoldEnd, holdIdOf } from './holds.js';
import { type Rules } from './rules.js';
import {
  type Ballot,
  type BasketLine,
  type Book,
  type BookId,
  type ClaimNumber,
  type Decided,
  type Entry,
  type HoldId,
  type Operation,
  type Outcome,
  type StoredHold,
  type WallClockMs,
} from './types.js';

type Kind<K extends Operation['kind']> = Extract<Operation, { kind: K }>;

/** More than an entry has operations. */
const CLAIMS_PER_ENTRY = 1_024;

/** What an entry's outcomes are decided against: the record at the number that the entry follows. */
export interface Footing {
  readonly bookId: BookId;
  readonly committed: number;
  readonly version: number;
  readonly book: Book | null;
  readonly nextBookId: BookId;
  /** Ids are given out in these steps: 1, or 2 while two sides that cannot reach each other both give ids out. */
  readonly idStep: number;
  /** The book that has a key, or is about to have it (K3). */
  holderOf(key: string): BookId | undefined;
  /** Of this book or another. */
  hold(holdId: HoldId): StoredHold | undefined;
  /** What an order sold of this book; undefined: nothing. */
  sold(orderId: string): SoldCopies | undefined;
  /** Those that an `expire` ends. */
  readonly due: readonly StoredHold[];
}

/** The book that a key was given out for: with its creation (claim 0), or by a claim. */
export interface HeldKey {
  readonly bookId: BookId;
  readonly claim: ClaimNumber;
}

export interface SoldCopies {
  readonly copies: number;
  readonly cancelled: number;
}

export interface Stamp {
  /** Sorts by time, and cannot be guessed; no two are the same. */
  orderId(): string;
  readonly at: WallClockMs;
}

/** Decides operations one after the other (W7); the coordinator alone does so, once. */
export class Decision {
  readonly decided: Decided[] = [];
  #book: Book | null;
  #changed = false;
  #nextBookId: BookId;
  readonly #newKeys = new Map<string, BookId>();
  /** As the operations before in this entry left them. */
  readonly #holds = new Map<HoldId, StoredHold>();
  readonly #cancelled = new Map<string, number>();

  constructor(
    private readonly footing: Footing,
    private readonly stamp: Stamp,
    private readonly rules: Rules,
  ) {
    this.#book = footing.book;
    this.#nextBookId = footing.nextBookId;
  }

  /** `told`: the outcome that the caller was told before its entry was taken back; it stands. */
  add(operation: Operation, told: Outcome | null = null): Decided {
    const outcome = told === null ? this.#outcome(operation) : this.#again(operation, told);
    const decided: Decided = { operation, outcome };
    this.decided.push(decided);
    for (const change of holdChanges(this.footing.bookId, { decided: [decided] })) this.#follow(change);
    if (this.#book !== null) {
      const after = apply(this.#book, decided);
      this.#changed ||= after !== this.#book;
      this.#book = after;
    }
    return decided;
  }

  #outcome(operation: Operation): Outcome {
    switch (operation.kind) {
      case 'create':
        return this.#create(operation.book);
      case 'claim':
        return this.#claim(operation);
      case 'edit':
        return this.#preconditionHolds(operation.expectedSequenceNumber) && this.#mayHaveKey(operation)
          ? { kind: 'edited' }
          : { kind: 'precondition failed' };
      case 'restock':
        return { kind: 'restocked' };
      case 'sale': {
        const priceCents = this.#has(operation);
        if (typeof priceCents !== 'number') return priceCents;
        return { kind: 'sold', orderId: this.stamp.orderId(), priceCents, at: this.stamp.at };
      }
      case 'hold':
        return this.#hold(operation);
      case 'confirm':
      case 'release':
      case 'settle':
        return this.#end(operation);
      case 'expire':
        return this.#expire();
      case 'cancel':
        return this.#cancel(operation);
      default:
        return unreachable(operation);
    }
  }

  #create(book: Book): Outcome {
    const key = catalogueKey(book);
    const existing = this.#holderOf(key);
    if (existing !== undefined) return { kind: 'exists', bookId: existing };
    const bookId = this.#nextBookId;
    this.#nextBookId += this.footing.idStep;
    this.#newKeys.set(key, bookId);
    return { kind: 'created', bookId };
  }

  /** K1: decided in the one ledger that gives keys out, whichever books they are for. */
  #claim({ bookId, key }: Kind<'claim'>): Outcome {
    const holder = this.#holderOf(key);
    if (holder !== undefined && holder !== bookId) return { kind: 'exists', bookId: holder };
    this.#newKeys.set(key, bookId);
    return { kind: 'claimed', number: (this.footing.committed + 1) * CLAIMS_PER_ENTRY + this.decided.length };
  }

  #holderOf(key: string): BookId | undefined {
    return this.#newKeys.get(key) ?? this.footing.holderOf(key);
  }

  /**
   * K1: a book takes another key by a claim to that very key. K2: and by a later one than it has its key by, for what it claimed before may
   * have been given out again. Who changes a title alone may do without, as in earlier releases: the book keeps the key that it has.
   */
  #mayHaveKey(edit: Kind<'edit'>): boolean {
    const book = this.#book;
    if (book === null) return true;
    const { changes, claim } = edit;
    const key = catalogueKey(edited(book, edit));
    if (claim === undefined) {
      const isNamedAnew = changes.isbn !== undefined || changes.author !== undefined;
      return !isNamedAnew || key === catalogueKey(book) || !this.rules['K1 claim keys'];
    }
    const isLater = claim.number > (book.claim ?? 0) || !this.rules['K2 later claims only'];
    return claim.key === key && isLater;
  }

  /** What a caller was told stands, though there may be too few copies by now, or less be left to give back. */
  #again(operation: Operation, told: Outcome): Outcome {
    switch (operation.kind) {
      case 'sale':
        return told.kind === 'sold' ? this.#short(told, operation.copies) : told;
      case 'confirm':
      case 'release':
      case 'settle':
        return this.#endAgain(operation.holdId, told);
      case 'cancel':
        if (told.kind !== 'cancelled') return told;
        return { ...told, copies: Math.min(told.copies, this.#leftOf(operation.orderId) ?? 0) };
      default:
        return told;
    }
  }

  /**
   * The hold may have ended on the other side of a split: it is given back once, and what was sold is sold once more, out of stock. Sold there
   * under another order, its copies are this one's from now on.
   */
  #endAgain(holdId: HoldId, told: Outcome): Outcome {
    const end = this.#holdOf(holdId)?.end;
    if (end === null) return told;
    if (told.kind === 'released') return { ...told, copies: 0 };
    if (told.kind !== 'sold') return told;
    const again = end?.kind === 'sold' ? 0 : (told.copies ?? 0);
    return { ...this.#short(told, again), again };
  }

  #short(told: Extract<Outcome, { kind: 'sold' }>, copies: number): Extract<Outcome, { kind: 'sold' }> {
    const short = copies - Math.max(0, this.#book?.quantity ?? 0);
    return short > 0 ? { ...told, oversold: short } : told;
  }

  /** The version that a caller saw also no longer holds once an earlier operation of this entry changed the book. */
  #preconditionHolds(expected: number | null): boolean {
    if (expected === null) return true;
    if (this.#changed && this.rules['W7 precondition within entry']) return false;
    const { committed, version } = this.footing;
    return expected === (this.rules['W11 preconditions by version'] ? version : committed);
  }

  /** The price of a copy, if there are enough and it is the one that the buyer saw. */
  #has({
    copies,
    expectedPriceCents,
  }: {
    copies: number;
    expectedPriceCents: number | null;
  }): number | Outcome {
    const book = this.#book;
    const left = Math.max(0, book?.quantity ?? 0);
    if (book?.hidden === true && this.rules['V1 hidden is not sold']) return { kind: 'hidden' };
    if (book === null || left < copies) return { kind: 'out of stock', left };
    if (expectedPriceCents !== null && book.priceCents !== expectedPriceCents)
      return { kind: 'price changed' };
    return book.priceCents;
  }

  /** H1. */
  #hold(operation: Kind<'hold'>): Outcome {
    const { term } = operation;
    const priceCents = this.#has(operation);
    if (typeof priceCents !== 'number') return priceCents;
    const until = term.kind === 'following' ? term.until : this.stamp.at + term.ttlMs;
    const holdId = holdIdOf(this.footing.bookId, term, this.stamp.orderId());
    return { kind: 'held', holdId, priceCents, until };
  }

  /** H2: whoever comes first ends it, and what it came to is told to all who come later. */
  #end(operation: Kind<'confirm' | 'release' | 'settle'>): Outcome {
    const hold = this.#holdOf(operation.holdId);
    const settles = operation.kind === 'settle';
    // H5: a hold that follows another ends as that one did, and in no other way.
    const follows = hold?.decidedBy != null && this.rules['H5 followers only follow'];
    if (hold === undefined || follows !== settles) return { kind: 'no such hold' };
    if (hold.end !== null && this.rules['H2 ended once']) return endedAs(hold.end);
    if (operation.kind === 'confirm' && !this.#isWhole(hold, operation.lines))
      return { kind: 'no such hold' };
    const { copies, priceCents } = hold;
    if (operation.kind === 'release' || (settles && operation.orderId === null))
      return { kind: 'released', copies };
    const orderId = settles ? (operation.orderId ?? '') : this.stamp.orderId();
    return { kind: 'sold', orderId, priceCents: this.#frozen(priceCents), at: this.stamp.at, copies };
  }

  /** H4: a basket is sold whole. */
  #isWhole({ otherBooks }: StoredHold, lines: readonly BasketLine[]): boolean {
    const held = new Set(lines.map(({ bookId }) => bookId));
    return otherBooks.every((bookId) => held.has(bookId)) || !this.rules['H4 refuse less than all'];
  }

  #frozen(priceCents: number): number {
    return this.rules['H1 frozen price'] ? priceCents : (this.#book?.priceCents ?? priceCents);
  }

  /** H3. */
  #expire(): Outcome {
    const due = this.footing.due.flatMap(({ holdId }) => this.#holdOf(holdId) ?? []);
    const open = due.filter(({ end }) => end === null);
    const copies = open.reduce((sum, hold) => sum + hold.copies, 0);
    return { kind: 'expired', holdIds: open.map(({ holdId }) => holdId), copies };
  }

  #cancel({ orderId, copies }: Kind<'cancel'>): Outcome {
    const left = this.#leftOf(orderId);
    if (left === undefined) return { kind: 'no such order' };
    if (copies !== null && copies > left && this.rules['H6 no more than was sold'])
      return { kind: 'more than was sold', left };
    return { kind: 'cancelled', copies: copies ?? left };
  }

  /** Copies that an order sold of this book and that are not cancelled. */
  #leftOf(orderId: string): number | undefined {
    const sold = this.footing.sold(orderId);
    return sold && sold.copies - sold.cancelled - (this.#cancelled.get(orderId) ?? 0);
  }

  #holdOf(holdId: HoldId): StoredHold | undefined {
    const hold = this.#holds.get(holdId) ?? this.footing.hold(holdId);
    return hold?.bookId === this.footing.bookId ? hold : undefined;
  }

  #follow(change: HoldChange): void {
    switch (change.kind) {
      case 'opened':
        this.#holds.set(change.hold.holdId, change.hold);
        return;
      case 'ended': {
        const hold = this.#holdOf(change.holdId);
        if (hold !== undefined) this.#holds.set(change.holdId, { ...hold, end: change.end });
        return;
      }
      case 'cancelled':
        this.#cancelled.set(change.orderId, (this.#cancelled.get(change.orderId) ?? 0) + change.copies);
        return;
      default:
        change satisfies never;
    }
  }
}

function endedAs(end: HoldEnd): Outcome {
  switch (end.kind) {
    case 'sold':
      return { kind: 'sold already', orderId: end.orderId };
    case 'released':
      return { kind: 'hold released' };
    case 'expired':
      return { kind: 'hold expired' };
    default:
      return end satisfies never;
  }
}

const SUCCESSES: ReadonlySet<Outcome['kind']> = new Set([
  'created',
  'claimed',
  'edited',
  'restocked',
  'sold',
  'held',
  'released',
  'cancelled',
]);

/** Whether an operation did what somebody asked for. */
export function succeeded(outcome: Outcome): boolean {
  return SUCCESSES.has(outcome.kind);
}

/** A book begins the same, whichever entry of record 0 created it: an entry taken back is applied again as another (`reachable`). */
const BEGINNING: Ballot = { round: 0, replicaId: '', startNumber: 0 };

/** The first entries of the books that an entry of record 0 creates. */
export function createdBy(entry: Entry): { bookId: BookId; genesis: Entry; book: Book }[] {
  const created: { bookId: BookId; genesis: Entry; book: Book }[] = [];
  for (const { operation, outcome } of entry.decided) {
    if (operation.kind !== 'create' || outcome.kind !== 'created') continue;
    const begun: Decided = { operation: originalOf(operation), outcome };
    const genesis: Entry = { sequenceNumber: 0, origin: BEGINNING, decided: [begun] };
    created.push({ bookId: outcome.bookId, genesis, book: operation.book });
  }
  return created;
}

/** The keys that an entry of record 0 gives out, each for one book, in order: a later one counts. */
export function keysGivenBy({ decided }: Entry): [key: string, held: HeldKey][] {
  return decided.flatMap(({ operation, outcome }): [string, HeldKey][] => {
    if (operation.kind === 'create' && outcome.kind === 'created')
      return [[catalogueKey(operation.book), { bookId: outcome.bookId, claim: 0 }]];
    if (operation.kind === 'claim' && outcome.kind === 'claimed')
      return [[operation.key, { bookId: operation.bookId, claim: outcome.number }]];
    return [];
  });
}

const TWIN = 'split:';

/** `reachable`: an operation that both sides of a split carried out, and whose id has the other side's outcome, under an id of its own. */
export function twinOf(operation: Operation): Operation {
  return { ...operation, operationId: TWIN + operation.operationId };
}

function originalOf(operation: Operation): Operation {
  const { operationId } = operation;
  return operationId.startsWith(TWIN)
    ? { ...operation, operationId: operationId.slice(TWIN.length) }
    : operation;
}

/** Far more ids than an entry gives out, also while each side of a split leaves ids to the other. */
const MOST_IDS_SKIPPED = 2 ** 20;

/** Whether an entry of record 0 gives out an id that none leads up to: taken over, it would use up the ids that are left. */
export function leavesIdsOut(entry: Entry, nextBookId: BookId): boolean {
  return createdBy(entry).some(({ bookId }) => bookId > nextBookId + MOST_IDS_SKIPPED);
}

function unreachable(value: never): never {
  throw new Error(`unknown operation ${JSON.stringify(value)}`);
}
