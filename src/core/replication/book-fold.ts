import {
  type Book,
  type BookId,
  CATALOGUE,
  type Decided,
  type Entry,
  type Operation,
  type Outcome,
} from './types.js';

/** `claim`: see K2. */
export function edited(book: Book, { changes, claim }: Extract<Operation, { kind: 'edit' }>): Book {
  const { hidden: wasHidden = false, ...before } = book;
  const { hidden = wasHidden, ...fields } = changes;
  return {
    ...before,
    ...fields,
    ...(claim !== undefined && { claim: claim.number }),
    ...(hidden && { hidden }),
  };
}

/** The fold of a book's ledger: the book after one decided operation. */
export function apply(book: Book, { operation, outcome }: Decided): Book {
  switch (operation.kind) {
    case 'create':
    case 'claim':
      return book;
    case 'edit':
      return outcome.kind === 'edited' ? edited(book, operation) : book;
    case 'restock':
      return { ...book, quantity: book.quantity + operation.copies };
    case 'sale':
      return outcome.kind === 'sold' ? taken(book, operation.copies) : book;
    case 'hold':
      return outcome.kind === 'held' ? taken(book, operation.copies) : book;
    case 'confirm':
    case 'release':
    case 'expire':
    case 'settle':
    case 'cancel':
      return taken(book, -returned(outcome));
    default:
      return unreachable(operation);
  }
}

function taken(book: Book, copies: number): Book {
  return copies === 0 ? book : { ...book, quantity: book.quantity - copies };
}

/** Copies that are on sale again; below zero: that are taken. What was held and is sold has left the stock already. */
function returned(outcome: Outcome): number {
  switch (outcome.kind) {
    case 'released':
    case 'expired':
    case 'cancelled':
      return outcome.copies;
    case 'sold':
      return -(outcome.again ?? 0);
    default:
      return 0;
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

/** A book, and the number of the last entry that changed it (-1: none), as a ledger makes them. */
export interface Folded {
  readonly book: Book | null;
  readonly version: number;
}

/** Of a record without an entry; record 0, which has no entry 0 and no book, is of version 0 then. */
export function unfolded(bookId: BookId): Folded {
  return { book: null, version: bookId === CATALOGUE ? 0 : -1 };
}

/** What one more entry makes of it. */
export function fold(bookId: BookId, { book, version }: Folded, entry: Entry): Folded {
  return {
    book: bookId === CATALOGUE ? null : applyEntry(book, entry),
    version: changesBook(entry) ? entry.sequenceNumber : version,
  };
}

/** What a page of a ledger holds at the most. */
const ENTRIES_PER_PAGE = 64;

/** A ledger's entries below a number, in order. */
export function* entriesBelow(
  store: { entries(bookId: BookId, from: number, limit: number): readonly Entry[] },
  bookId: BookId,
  below: number,
): Generator<Entry> {
  for (let next = 0; next < below;) {
    const page = store.entries(bookId, next, Math.min(ENTRIES_PER_PAGE, below - next));
    if (page.length === 0) return;
    yield* page;
    next = (page.at(-1)?.sequenceNumber ?? below) + 1;
  }
}

/** Whether an entry makes another book of the one before it: refusals change nothing, nor does selling what was held. */
export function changesBook({ decided }: Entry): boolean {
  return decided.some(changes);
}

function changes({ operation, outcome }: Decided): boolean {
  switch (operation.kind) {
    case 'create':
      return outcome.kind === 'created';
    case 'claim':
      return false;
    case 'edit':
      return outcome.kind === 'edited';
    case 'restock':
      return outcome.kind === 'restocked';
    case 'sale':
      return outcome.kind === 'sold';
    case 'hold':
      return outcome.kind === 'held';
    case 'confirm':
    case 'release':
    case 'expire':
    case 'settle':
    case 'cancel':
      return returned(outcome) !== 0;
    default:
      return unreachable(operation);
  }
}

function unreachable(value: never): never {
  throw new Error(`unknown operation ${JSON.stringify(value)}`);
}
