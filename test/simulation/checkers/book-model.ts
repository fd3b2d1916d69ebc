import {
  type Book,
  type Decided,
  type Entry,
  type Operation,
  type Outcome,
} from '../../../src/core/replication/types.js';
import { EMPTY_SHELF, playOnShelf, replayOnShelf, sellOnShelf, shortBy, type Shelf } from './shelf-model.js';

/** The checkers' own idea of what operations do, written apart from the core's. */
export interface ModelState {
  readonly book: Book;
  readonly shelf: Shelf;
  /** Whether an operation of the entry under way has changed the book already. */
  readonly changedInEntry: boolean;
}

/** The state after a decided operation on an existing book of that version; null when it cannot have this outcome. */
export function play(state: ModelState, decided: Decided, version: number): ModelState | null {
  const { operation, outcome } = decided;
  switch (operation.kind) {
    case 'create':
      return null;
    case 'restock':
      return outcome.kind === 'restocked'
        ? changed(state, { quantity: state.book.quantity + operation.copies })
        : null;
    case 'edit':
      return edit(state, operation, outcome, version);
    case 'sale':
      return sell(state, operation, outcome);
    default: {
      const after = playOnShelf(state, decided);
      if (after === null) return null;
      const moved = after.book.quantity !== state.book.quantity;
      return { ...after, changedInEntry: state.changedInEntry || moved };
    }
  }
}

type Kind<K extends Operation['kind']> = Extract<Operation, { kind: K }>;

function edit(
  state: ModelState,
  operation: Kind<'edit'>,
  outcome: Outcome,
  version: number,
): ModelState | null {
  const expected = operation.expectedSequenceNumber;
  const holds = expected === null || (expected === version && !state.changedInEntry);
  if (holds && outcome.kind === 'edited' && mayBeNamed(state.book, operation))
    return edited(state, operation);
  const refused = !holds || !mayBeNamed(state.book, operation);
  return refused && outcome.kind === 'precondition failed' ? state : null;
}

/** By which a catalogue tells it from all others. */
export function keyOf({ isbn, title, author }: Book): string {
  return isbn ?? `${title} by ${author}`;
}

/** What a book is told apart by changes only with a claim, and each claim after the one before. */
function mayBeNamed(book: Book, { changes, claim }: Kind<'edit'>): boolean {
  const { isbn = book.isbn, author = book.author, title = book.title } = changes;
  const isSame = keyOf({ ...book, isbn, author, title }) === keyOf(book);
  if (claim !== undefined) return claim.number > (book.claim ?? 0);
  return isSame || (changes.isbn === undefined && changes.author === undefined);
}

function edited(state: ModelState, { changes, claim }: Kind<'edit'>): ModelState {
  const { hidden: was, ...book } = state.book;
  const { hidden = was === true, ...fields } = changes;
  const named = claim === undefined ? {} : { claim: claim.number };
  const before: ModelState = { ...state, book };
  return changed(before, { ...fields, ...named, ...(hidden ? { hidden: true } : {}) });
}

function sell(state: ModelState, operation: Kind<'sale'>, outcome: Outcome): ModelState | null {
  const { book } = state;
  if (book.hidden === true || outcome.kind === 'hidden')
    return book.hidden === true && outcome.kind === 'hidden' ? state : null;
  const enough = book.quantity >= operation.copies;
  const expected = operation.expectedPriceCents;
  const rightPrice = expected === null || expected === book.priceCents;
  if (outcome.kind === 'out of stock') return enough ? null : state;
  if (outcome.kind === 'price changed') return rightPrice ? null : state;
  const sold = outcome.kind === 'sold' && enough && rightPrice && outcome.priceCents === book.priceCents;
  if (!sold) return null;
  const shelf = sellOnShelf(state.shelf, outcome.orderId, operation.copies);
  return { book: { ...book, quantity: book.quantity - operation.copies }, shelf, changedInEntry: true };
}

/**
 * After a split under `reachable` the losing side's operations are applied again with the outcomes that their callers were told,
 * whatever the book is by then; only copies that were not there have to be named by what sells them.
 */
function replay(state: ModelState, { operation, outcome }: Decided): ModelState | null {
  if (operation.kind === 'edit') return outcome.kind === 'edited' ? edited(state, operation) : state;
  if (operation.kind !== 'sale') {
    const after = replayOnShelf(state, { operation, outcome });
    return after && { ...after, changedInEntry: state.changedInEntry || after.book !== state.book };
  }
  if (outcome.kind !== 'sold') return state;
  const { book } = state;
  if (shortBy(book, operation.copies) !== (outcome.oversold ?? 0)) return null;
  const shelf = sellOnShelf(state.shelf, outcome.orderId, operation.copies);
  return { book: { ...book, quantity: book.quantity - operation.copies }, shelf, changedInEntry: true };
}

/** Copies that come or go so are put in, or taken out. */
function changed({ book, shelf }: ModelState, fields: Partial<Book>): ModelState {
  const putIn = shelf.putIn + (fields.quantity ?? book.quantity) - book.quantity;
  return { book: { ...book, ...fields }, shelf: { ...shelf, putIn }, changedInEntry: true };
}

/** A book and the number of the last entry that changed it. */
export interface ModelBook {
  readonly book: Book;
  readonly shelf: Shelf;
  readonly version: number;
}

/** The book after an entry; a number is the index of the operation whose outcome is impossible. `merged`: see `replay`. */
export function playEntry(before: ModelBook | null, entry: Entry, merged: boolean): ModelBook | number {
  let state: ModelState | null = before === null ? null : { ...before, changedInEntry: false };
  for (const [index, decided] of entry.decided.entries()) {
    if (state === null) {
      if (decided.operation.kind !== 'create' || decided.outcome.kind !== 'created') return index;
      const { book } = decided.operation;
      state = { book, shelf: { ...EMPTY_SHELF, putIn: book.quantity }, changedInEntry: true };
    } else {
      let after: ModelState | null = play(state, decided, before?.version ?? -1);
      if (after === null && merged) after = replay(state, decided);
      if (after === null) return index;
      state = after;
    }
  }
  if (state === null) return 0;
  const version = state.changedInEntry ? entry.sequenceNumber : (before?.version ?? -1);
  return { book: state.book, shelf: state.shelf, version };
}

export function sameBook(a: Book | null, b: Book | null): boolean {
  if (a === b) return true;
  if (a === null || b === null) return false;
  return (
    a.quantity === b.quantity &&
    a.priceCents === b.priceCents &&
    a.title === b.title &&
    a.topic === b.topic &&
    a.isbn === b.isbn &&
    a.author === b.author &&
    a.hidden === b.hidden &&
    a.claim === b.claim
  );
}
