import { createdBy } from '../replication/ledger.js';
import {
  type Book,
  type BookChanges,
  type BookId,
  CATALOGUE,
  type Decided,
  type Entry,
  type HoldId,
  type Operation,
  type Outcome,
  type StoredHold,
  type WallClockMs,
} from '../replication/types.js';

/** What happened to a book, as the feed tells it. Prices are of one copy. Holds of a basket go by the basket's id. */
export type ToldEvent =
  | { readonly kind: 'created'; readonly book: Book }
  | { readonly kind: 'edited'; readonly changes: BookChanges }
  | { readonly kind: 'restocked'; readonly copies: number }
  | {
      readonly kind: 'sold';
      readonly orderId: string;
      readonly copies: number;
      readonly priceCents: number;
      readonly at: WallClockMs;
      /** These copies were held before, so they had left the stock already. */
      readonly holdId?: HoldId;
      readonly reference?: string;
      readonly oversold?: number;
    }
  | {
      readonly kind: 'held';
      readonly holdId: HoldId;
      readonly copies: number;
      readonly priceCents: number;
      readonly until: WallClockMs;
      readonly reference?: string;
    }
  | ({ readonly kind: 'released' } & EndedHold)
  | ({ readonly kind: 'expired' } & EndedHold)
  | { readonly kind: 'cancelled'; readonly orderId: string; readonly copies: number };

/** Its copies are on sale again. */
export interface EndedHold {
  readonly holdId: HoldId;
  readonly copies: number;
  readonly reference?: string;
}

/** What one entry did to one book. `(bookId, number)` names it for ever: whoever is told it twice knows it by that. */
export interface BookChange {
  readonly bookId: BookId;
  /** Of the entry in the book's ledger; 0: its creation. */
  readonly number: number;
  /** In the order in which they were decided. */
  readonly events: readonly ToldEvent[];
}

export type FindHold = (holdId: HoldId) => StoredHold | undefined;

/** What an entry of a ledger changed: nothing, if all in it was refused. An entry of record 0 creates several books. */
export function changesIn(bookId: BookId, entry: Entry, findHold: FindHold): BookChange[] {
  if (bookId === CATALOGUE) return createdBy(entry).map(({ bookId: id, book }) => creationOf(id, book));
  const events = entry.decided.flatMap((decided) => eventsOf(decided, findHold));
  return events.length === 0 ? [] : [{ bookId, number: entry.sequenceNumber, events }];
}

export function creationOf(bookId: BookId, book: Book): BookChange {
  return { bookId, number: 0, events: [{ kind: 'created', book }] };
}

function eventsOf({ operation, outcome }: Decided, findHold: FindHold): ToldEvent[] {
  const tell = TOLD[outcome.kind] as (
    operation: Operation,
    outcome: Outcome,
    findHold: FindHold,
  ) => ToldEvent[];
  return tell(operation, outcome, findHold);
}

type Tell<Kind extends Outcome['kind']> = (
  operation: Operation,
  outcome: Extract<Outcome, { kind: Kind }>,
  findHold: FindHold,
) => ToldEvent[];

const nothing = (): ToldEvent[] => [];

/** What is told of each outcome: refusals change nothing. */
const TOLD: { readonly [Kind in Outcome['kind']]: Tell<Kind> } = {
  created: (operation) => (operation.kind === 'create' ? [{ kind: 'created', book: operation.book }] : []),
  edited: (operation) => (operation.kind === 'edit' ? [{ kind: 'edited', changes: operation.changes }] : []),
  restocked: (operation) =>
    operation.kind === 'restock' ? [{ kind: 'restocked', copies: operation.copies }] : [],
  sold: soldEvents,
  held: (operation, { holdId, priceCents, until }) => {
    if (operation.kind !== 'hold') return [];
    const { copies, term } = operation;
    const shown = term.kind === 'following' ? term.decidedBy : holdId;
    return [{ kind: 'held', holdId: shown, copies, priceCents, until, ...referredTo(operation) }];
  },
  released: (operation, { copies }, findHold) => {
    if (operation.kind !== 'release' && operation.kind !== 'settle') return [];
    const hold = findHold(operation.holdId);
    return [{ kind: 'released', holdId: shownId(operation.holdId, hold), copies, ...referredTo(hold) }];
  },
  expired: (_, { holdIds }, findHold) =>
    holdIds.map((holdId) => {
      const hold = findHold(holdId);
      return { kind: 'expired', holdId, copies: hold?.copies ?? 0, ...referredTo(hold) };
    }),
  cancelled: (operation, { copies }) =>
    operation.kind === 'cancel' && copies > 0
      ? [{ kind: 'cancelled', orderId: operation.orderId, copies }]
      : [],
  exists: nothing,
  claimed: nothing,
  hidden: nothing,
  'out of stock': nothing,
  'price changed': nothing,
  'precondition failed': nothing,
  'no such hold': nothing,
  'hold released': nothing,
  'hold expired': nothing,
  'sold already': nothing,
  'no such order': nothing,
  'more than was sold': nothing,
};

function soldEvents(
  operation: Operation,
  { orderId, priceCents, at, oversold, copies }: Extract<Outcome, { kind: 'sold' }>,
  findHold: FindHold,
): ToldEvent[] {
  const sold = {
    kind: 'sold',
    orderId,
    priceCents,
    at,
    ...(oversold !== undefined && { oversold }),
  } as const;
  if (operation.kind === 'sale') return [{ ...sold, copies: operation.copies, ...referredTo(operation) }];
  if (operation.kind !== 'confirm' && operation.kind !== 'settle') return [];
  const hold = findHold(operation.holdId);
  const holdId = shownId(operation.holdId, hold);
  return [{ ...sold, copies: copies ?? hold?.copies ?? 0, holdId, ...referredTo(hold) }];
}

/** Clients know a basket by the hold that decides it. */
function shownId(holdId: HoldId, hold: StoredHold | undefined): HoldId {
  return hold?.decidedBy ?? holdId;
}

function referredTo(named: { readonly reference?: string | null } | undefined): { reference?: string } {
  const reference = named?.reference ?? undefined;
  return reference === undefined ? {} : { reference };
}
