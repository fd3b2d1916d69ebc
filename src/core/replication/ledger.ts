import { catalogueKey } from './catalogue-key.js';
import { type Rules } from './rules.js';
import {
  type Ballot,
  type Book,
  type BookChanges,
  type BookId,
  type Decided,
  type Entry,
  type Operation,
  type Outcome,
  type WallClockMs,
} from './types.js';

/** What an entry's outcomes are decided against: the record at the number that the entry follows. */
export interface Footing {
  readonly committed: number;
  readonly version: number;
  readonly book: Book | null;
  readonly nextBookId: BookId;
  /** Ids are given out in these steps: 1, or 2 while two sides that cannot reach each other both give ids out. */
  readonly idStep: number;
  bookWithKey(key: string): BookId | undefined;
}

export interface Stamp {
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
      case 'edit':
        return this.#preconditionHolds(operation.expectedSequenceNumber)
          ? { kind: 'edited' }
          : { kind: 'precondition failed' };
      case 'restock':
        return { kind: 'restocked' };
      case 'sale':
        return this.#sell(operation.copies, operation.expectedPriceCents);
      default:
        return unreachable(operation);
    }
  }

  #create(book: Book): Outcome {
    const key = catalogueKey(book);
    const existing = this.#newKeys.get(key) ?? this.footing.bookWithKey(key);
    if (existing !== undefined) return { kind: 'exists', bookId: existing };
    const bookId = this.#nextBookId;
    this.#nextBookId += this.footing.idStep;
    this.#newKeys.set(key, bookId);
    return { kind: 'created', bookId };
  }

  /** What was sold stays sold, though there may be too few copies by now. */
  #again(operation: Operation, told: Outcome): Outcome {
    if (operation.kind !== 'sale' || told.kind !== 'sold') return told;
    const short = operation.copies - Math.max(0, this.#book?.quantity ?? 0);
    return short > 0 ? { ...told, oversold: short } : told;
  }

  /** The version that a caller saw also no longer holds once an earlier operation of this entry changed the book. */
  #preconditionHolds(expected: number | null): boolean {
    if (expected === null) return true;
    if (this.#changed && this.rules['W7 precondition within entry']) return false;
    const { committed, version } = this.footing;
    return expected === (this.rules['W11 preconditions by version'] ? version : committed);
  }

  #sell(copies: number, expectedPriceCents: number | null): Outcome {
    const book = this.#book;
    if (book === null || book.quantity < copies) return { kind: 'out of stock' };
    if (expectedPriceCents !== null && book.priceCents !== expectedPriceCents)
      return { kind: 'price changed' };
    return { kind: 'sold', orderId: this.stamp.orderId(), priceCents: book.priceCents, at: this.stamp.at };
  }
}

/** The fold of a book's ledger: the book after one decided operation. */
export function apply(book: Book, { operation, outcome }: Decided): Book {
  switch (operation.kind) {
    case 'create':
      return book;
    case 'edit':
      return outcome.kind === 'edited' ? { ...book, ...operation.changes } : book;
    case 'restock':
      return { ...book, quantity: book.quantity + operation.copies };
    case 'sale':
      return outcome.kind === 'sold' ? { ...book, quantity: book.quantity - operation.copies } : book;
    default:
      return unreachable(operation);
  }
}

/** The book that an entry makes of the one before it; entry 0 holds the book's creation. */
export function applyEntry(before: Book | null, entry: Entry): Book | null {
  let book = before;
  for (const decided of entry.decided) {
    if (book === null) book = decided.operation.kind === 'create' ? decided.operation.book : null;
    else book = apply(book, decided);
  }
  return book;
}

/** Whether an entry makes another book of the one before it: refusals change nothing. */
export function changesBook({ decided }: Entry): boolean {
  return decided.some(({ outcome }) => succeeded(outcome));
}

/** Whether an operation did what was asked for; what did not has changed nothing. */
export function succeeded(outcome: Outcome): boolean {
  return CHANGES[outcome.kind];
}

const CHANGES: Readonly<Record<Outcome['kind'], boolean>> = {
  created: true,
  exists: false,
  edited: true,
  restocked: true,
  sold: true,
  'out of stock': false,
  'price changed': false,
  'precondition failed': false,
};

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

/** Whether two operations ask for the same thing: an id that comes back with another wish is a mistake of the caller. */
export function sameWish(a: Operation, b: Operation): boolean {
  if (a.kind === 'sale' && b.kind === 'sale')
    return a.copies === b.copies && a.expectedPriceCents === b.expectedPriceCents;
  if (a.kind === 'restock' && b.kind === 'restock') return a.copies === b.copies;
  if (a.kind === 'edit' && b.kind === 'edit') {
    const { expectedSequenceNumber } = a;
    return (
      expectedSequenceNumber === b.expectedSequenceNumber && sameFields(CHANGEABLE, a.changes, b.changes)
    );
  }
  if (a.kind === 'create' && b.kind === 'create') return sameFields(OF_A_BOOK, a.book, b.book);
  return false;
}

const CHANGEABLE = ['title', 'topic', 'priceCents', 'quantity'] as const satisfies (keyof BookChanges)[];
const OF_A_BOOK = [...CHANGEABLE, 'isbn', 'author'] as const satisfies (keyof Book)[];

function sameFields<T>(fields: readonly (keyof T)[], a: T, b: T): boolean {
  return fields.every((field) => a[field] === b[field]);
}

function unreachable(value: never): never {
  throw new Error(`unknown operation ${JSON.stringify(value)}`);
}
