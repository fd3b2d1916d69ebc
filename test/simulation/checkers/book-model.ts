import {
  type Book,
  type Decided,
  type Entry,
  type Operation,
  type Outcome,
} from '../../../src/core/replication/types.js';

/** The checkers' own idea of what operations do, written apart from the core's. */
export interface ModelState {
  readonly book: Book;
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
        ? changed(state.book, { quantity: state.book.quantity + operation.copies })
        : null;
    case 'edit':
      return edit(state, operation, outcome, version);
    case 'sale':
      return sell(state, operation, outcome);
    default:
      return operation satisfies never;
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
  if (holds) return outcome.kind === 'edited' ? changed(state.book, operation.changes) : null;
  return outcome.kind === 'precondition failed' ? state : null;
}

function sell(state: ModelState, operation: Kind<'sale'>, outcome: Outcome): ModelState | null {
  const { book } = state;
  const enough = book.quantity >= operation.copies;
  const expected = operation.expectedPriceCents;
  const rightPrice = expected === null || expected === book.priceCents;
  if (outcome.kind === 'out of stock') return enough ? null : state;
  if (outcome.kind === 'price changed') return rightPrice ? null : state;
  const sold = outcome.kind === 'sold' && enough && rightPrice && outcome.priceCents === book.priceCents;
  return sold ? changed(book, { quantity: book.quantity - operation.copies }) : null;
}

/**
 * After a split under `reachable` the losing side's operations are applied again with the outcomes that their callers were told,
 * whatever the book is by then; only copies that were not there have to be named.
 */
function replay(state: ModelState, { operation, outcome }: Decided): ModelState | null {
  if (operation.kind === 'edit')
    return outcome.kind === 'edited' ? changed(state.book, operation.changes) : state;
  if (operation.kind !== 'sale' || outcome.kind !== 'sold') return state;
  const short = Math.max(0, operation.copies - Math.max(0, state.book.quantity));
  if (short !== (outcome.oversold ?? 0)) return null;
  return changed(state.book, { quantity: state.book.quantity - operation.copies });
}

function changed(book: Book, fields: Partial<Book>): ModelState {
  return { book: { ...book, ...fields }, changedInEntry: true };
}

/** A book and the number of the last entry that changed it. */
export interface ModelBook {
  readonly book: Book;
  readonly version: number;
}

/** The book after an entry; a number is the index of the operation whose outcome is impossible. `merged`: see `replay`. */
export function playEntry(before: ModelBook | null, entry: Entry, merged: boolean): ModelBook | number {
  let state: ModelState | null = before === null ? null : { book: before.book, changedInEntry: false };
  for (const [index, decided] of entry.decided.entries()) {
    if (state === null) {
      if (decided.operation.kind !== 'create' || decided.outcome.kind !== 'created') return index;
      state = { book: decided.operation.book, changedInEntry: true };
    } else {
      let after: ModelState | null = play(state, decided, before?.version ?? -1);
      if (after === null && merged) after = replay(state, decided);
      if (after === null) return index;
      state = after;
    }
  }
  if (state === null) return 0;
  const version = state.changedInEntry ? entry.sequenceNumber : (before?.version ?? -1);
  return { book: state.book, version };
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
    a.author === b.author
  );
}
