import { type Book, type BookId, type Decided, type Outcome } from '../../../src/core/replication/types.js';

type Operation = Decided['operation'];
type Kind<K extends Operation['kind']> = Extract<Operation, { kind: K }>;

/** A hold as the checkers see it, written apart from the core's. */
export interface ModelHold {
  readonly copies: number;
  readonly priceCents: number;
  readonly until: number;
  readonly decidedBy: string | null;
  readonly otherBooks: readonly BookId[];
  readonly end: 'held' | 'sold' | 'released' | 'expired';
  readonly orderId: string | null;
}

export interface ModelOrder {
  readonly copies: number;
  readonly cancelled: number;
}

/** What stands beside a book: every hold there was, every order, and how many copies were ever put in. */
export interface Shelf {
  readonly holds: ReadonlyMap<string, ModelHold>;
  readonly orders: ReadonlyMap<string, ModelOrder>;
  readonly putIn: number;
}

export const EMPTY_SHELF: Shelf = { holds: new Map(), orders: new Map(), putIn: 0 };

export interface Stocked {
  readonly book: Book;
  readonly shelf: Shelf;
}

/** Null: it cannot have this outcome. Operations that know nothing of holds are the book's model's. */
export function playOnShelf(stocked: Stocked, { operation, outcome }: Decided): Stocked | null {
  switch (operation.kind) {
    case 'hold':
      return hold(stocked, operation, outcome);
    case 'confirm':
      return confirm(stocked, operation, outcome);
    case 'release':
      return end(stocked, operation.holdId, outcome, null, 'released');
    case 'settle':
      return settle(stocked, operation, outcome);
    case 'expire':
      return expire(stocked, outcome);
    case 'cancel':
      return cancel(stocked, operation, outcome);
    default:
      return null;
  }
}

/**
 * After a split under `reachable`: what a caller was told stands, whatever became of the hold at the other side since. Null: it does to the
 * shelf what cannot be.
 */
export function replayOnShelf(stocked: Stocked, { operation, outcome }: Decided): Stocked | null {
  switch (operation.kind) {
    case 'hold':
      return outcome.kind === 'held' ? heldAsTold(stocked, operation, outcome) : stocked;
    case 'confirm':
    case 'settle':
      return outcome.kind === 'sold'
        ? soldAsTold(stocked, operation.holdId, outcome)
        : unlessGivenBack(stocked, outcome);
    case 'release':
      return unlessGivenBack(stocked, outcome);
    case 'cancel':
      return outcome.kind === 'cancelled' ? cancelledAsTold(stocked, operation, outcome) : stocked;
    case 'expire':
      // Nobody was told of it: it is decided anew.
      return null;
    default:
      return stocked;
  }
}

/** Copies that are not there are to be named by the sale. */
export function shortBy({ quantity }: Book, copies: number): number {
  return Math.max(0, copies - Math.max(0, quantity));
}

/** available + held + sold (and not cancelled) = put in. */
export function copiesMissing({ book, shelf }: Stocked): number {
  const sum = (numbers: number[]): number => numbers.reduce((total, each) => total + each, 0);
  const held = sum([...shelf.holds.values()].map(({ end: how, copies }) => (how === 'held' ? copies : 0)));
  const sold = sum([...shelf.orders.values()].map(({ copies, cancelled }) => copies - cancelled));
  return shelf.putIn - book.quantity - held - sold;
}

export function sellOnShelf(shelf: Shelf, orderId: string, copies: number): Shelf {
  const before = shelf.orders.get(orderId) ?? { copies: 0, cancelled: 0 };
  return {
    ...shelf,
    orders: new Map(shelf.orders).set(orderId, { ...before, copies: before.copies + copies }),
  };
}

function hold(stocked: Stocked, operation: Kind<'hold'>, outcome: Outcome): Stocked | null {
  const { book, shelf } = stocked;
  const { copies, term, expectedPriceCents } = operation;
  const rightPrice = expectedPriceCents === null || expectedPriceCents === book.priceCents;
  if (outcome.kind !== 'held') return mayRefuse(book, copies, rightPrice, outcome) ? stocked : null;
  if (book.hidden === true || book.quantity < copies || !rightPrice) return null;
  if (outcome.priceCents !== book.priceCents || shelf.holds.has(outcome.holdId)) return null;
  if (term.kind === 'following' && outcome.until !== term.until) return null;
  const held: ModelHold = {
    copies,
    priceCents: outcome.priceCents,
    until: outcome.until,
    decidedBy: term.kind === 'following' ? term.decidedBy : null,
    otherBooks: term.kind === 'deciding' ? term.otherBooks : [],
    end: 'held',
    orderId: null,
  };
  return {
    book: { ...book, quantity: book.quantity - copies },
    shelf: { ...shelf, holds: new Map(shelf.holds).set(outcome.holdId, held) },
  };
}

function mayRefuse(book: Book, copies: number, rightPrice: boolean, { kind }: Outcome): boolean {
  if (book.hidden === true) return kind === 'hidden';
  return (kind === 'out of stock' && book.quantity < copies) || (kind === 'price changed' && !rightPrice);
}

function confirm(stocked: Stocked, operation: Kind<'confirm'>, outcome: Outcome): Stocked | null {
  const held = stocked.shelf.holds.get(operation.holdId);
  const isWhole = held?.otherBooks.every((bookId) => operation.lines.some((line) => line.bookId === bookId));
  if (held?.end === 'held' && isWhole === false) return outcome.kind === 'no such hold' ? stocked : null;
  return end(stocked, operation.holdId, outcome, null, 'sold');
}

function settle(stocked: Stocked, { holdId, orderId }: Kind<'settle'>, outcome: Outcome): Stocked | null {
  const decidedBy = stocked.shelf.holds.get(holdId)?.decidedBy ?? null;
  if (decidedBy === null) return null;
  if (outcome.kind === 'sold' && outcome.orderId !== orderId) return null;
  return end(stocked, holdId, outcome, decidedBy, orderId === null ? 'released' : 'sold');
}

/** `decidedBy`: the hold that it follows; one that follows another ends in no other way than by settling. */
function end(
  { book, shelf }: Stocked,
  holdId: string,
  outcome: Outcome,
  decidedBy: string | null,
  how: 'sold' | 'released',
): Stocked | null {
  const held = shelf.holds.get(holdId);
  const unchanged = { book, shelf };
  if (held === undefined || held.decidedBy !== decidedBy)
    return outcome.kind === 'no such hold' ? unchanged : null;
  const refusals = { sold: 'sold already', released: 'hold released', expired: 'hold expired' } as const;
  if (held.end !== 'held') return outcome.kind === refusals[held.end] ? unchanged : null;
  if (outcome.kind !== how || outcome.copies !== held.copies) return null;
  if (outcome.kind === 'released') return giveBack(unchanged, holdId, held, 'released');
  if (outcome.kind !== 'sold' || outcome.priceCents !== held.priceCents) return null;
  const { orderId } = outcome;
  const holds = new Map(shelf.holds).set(holdId, { ...held, end: 'sold', orderId });
  return { book, shelf: sellOnShelf({ ...shelf, holds }, orderId, held.copies) };
}

function heldAsTold(
  { book, shelf }: Stocked,
  { copies, term }: Kind<'hold'>,
  { holdId, priceCents, until }: Extract<Outcome, { kind: 'held' }>,
): Stocked | null {
  if (shelf.holds.has(holdId)) return null;
  const decidedBy = term.kind === 'following' ? term.decidedBy : null;
  const otherBooks = term.kind === 'deciding' ? term.otherBooks : [];
  const held: ModelHold = { copies, priceCents, until, decidedBy, otherBooks, end: 'held', orderId: null };
  return {
    book: { ...book, quantity: book.quantity - copies },
    shelf: { ...shelf, holds: new Map(shelf.holds).set(holdId, held) },
  };
}

/** The hold had ended, or is not known: its copies are sold out of stock once more. What another order had of it is this one's. */
function soldAsTold(
  { book, shelf }: Stocked,
  holdId: string,
  outcome: Extract<Outcome, { kind: 'sold' }>,
): Stocked | null {
  const held = shelf.holds.get(holdId);
  const copies = outcome.copies ?? 0;
  const again = held?.end === 'sold' ? 0 : copies;
  if (held?.end === 'held' || outcome.again !== again) return null;
  if ((outcome.oversold ?? 0) !== shortBy(book, again)) return null;
  const { orderId } = outcome;
  const holds = new Map(shelf.holds);
  if (held !== undefined) holds.set(holdId, { ...held, end: 'sold', orderId });
  const before = held?.orderId == null ? shelf : sellOnShelf(shelf, held.orderId, -copies);
  return {
    book: { ...book, quantity: book.quantity - again },
    shelf: sellOnShelf({ ...before, holds }, orderId, copies),
  };
}

/** What a hold kept back went back into stock when it ended first, and not again. */
function unlessGivenBack(stocked: Stocked, outcome: Outcome): Stocked | null {
  return outcome.kind === 'released' && outcome.copies !== 0 ? null : stocked;
}

function cancelledAsTold(
  stocked: Stocked,
  { orderId }: Kind<'cancel'>,
  { copies }: Extract<Outcome, { kind: 'cancelled' }>,
): Stocked | null {
  const { book, shelf } = stocked;
  if (copies === 0) return stocked;
  const order = shelf.orders.get(orderId);
  if (order === undefined || copies > order.copies - order.cancelled) return null;
  return {
    book: { ...book, quantity: book.quantity + copies },
    shelf: {
      ...shelf,
      orders: new Map(shelf.orders).set(orderId, { ...order, cancelled: order.cancelled + copies }),
    },
  };
}

function giveBack(
  { book, shelf }: Stocked,
  holdId: string,
  held: ModelHold,
  how: 'released' | 'expired',
): Stocked {
  return {
    book: { ...book, quantity: book.quantity + held.copies },
    shelf: { ...shelf, holds: new Map(shelf.holds).set(holdId, { ...held, end: how }) },
  };
}

function expire(stocked: Stocked, outcome: Outcome): Stocked | null {
  if (outcome.kind !== 'expired') return null;
  let after = stocked;
  for (const holdId of outcome.holdIds) {
    const held = after.shelf.holds.get(holdId);
    if (held?.end !== 'held' || held.decidedBy !== null) return null;
    after = giveBack(after, holdId, held, 'expired');
  }
  return after.book.quantity - stocked.book.quantity === outcome.copies ? after : null;
}

function cancel(stocked: Stocked, { orderId, copies }: Kind<'cancel'>, outcome: Outcome): Stocked | null {
  const { book, shelf } = stocked;
  const order = shelf.orders.get(orderId);
  if (order === undefined) return outcome.kind === 'no such order' ? stocked : null;
  const left = order.copies - order.cancelled;
  if (copies !== null && copies > left)
    return outcome.kind === 'more than was sold' && outcome.left === left ? stocked : null;
  if (outcome.kind !== 'cancelled' || outcome.copies !== (copies ?? left)) return null;
  const cancelled = order.cancelled + outcome.copies;
  return {
    book: { ...book, quantity: book.quantity + outcome.copies },
    shelf: { ...shelf, orders: new Map(shelf.orders).set(orderId, { ...order, cancelled }) },
  };
}
