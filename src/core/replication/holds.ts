import {
  type BasketLine,
  type BookId,
  type Decided,
  type Entry,
  type HoldId,
  type HoldTerm,
  type Operation,
  type OperationId,
  type StoredHold,
  type WallClockMs,
} from './types.js';

/** H3: so long after `until` a hold's end is decided at the earliest, for coordinators' clocks may be apart by some of it. */
export const EXPIRY_GRACE_MS = 2_000;
/** How often each replica looks for holds that have run out. */
export const SWEEP_MS = 1_000;
/** Most holds that one entry ends, or one look finds. */
export const MOST_ENDED = 200;

/** What an entry changes of holds and orders beside the book itself: stores keep it, so that nobody has to fold the whole ledger. */
export type HoldChange =
  | { readonly kind: 'opened'; readonly hold: StoredHold }
  | { readonly kind: 'ended'; readonly holdId: HoldId; readonly end: HoldEnd }
  | { readonly kind: 'cancelled'; readonly orderId: string; readonly copies: number };

export type HoldEnd = NonNullable<StoredHold['end']>;

export function holdChanges(bookId: BookId, { decided }: Pick<Entry, 'decided'>): HoldChange[] {
  return decided.flatMap((each) => changesOf(bookId, each));
}

function changesOf(bookId: BookId, { operation, outcome }: Decided): HoldChange[] {
  switch (outcome.kind) {
    case 'held':
      return operation.kind === 'hold' ? [{ kind: 'opened', hold: holdOf(bookId, operation, outcome) }] : [];
    case 'sold':
      if (operation.kind !== 'confirm' && operation.kind !== 'settle') return [];
      return [{ kind: 'ended', holdId: operation.holdId, end: { kind: 'sold', orderId: outcome.orderId } }];
    case 'released':
      // Without a copy it had ended before, at the other side of a split.
      if ((operation.kind !== 'release' && operation.kind !== 'settle') || outcome.copies === 0) return [];
      return [{ kind: 'ended', holdId: operation.holdId, end: { kind: 'released' } }];
    case 'expired':
      return outcome.holdIds.map((holdId) => ({ kind: 'ended', holdId, end: { kind: 'expired' } }));
    case 'cancelled':
      if (operation.kind !== 'cancel' || outcome.copies === 0) return [];
      return [{ kind: 'cancelled', orderId: operation.orderId, copies: outcome.copies }];
    default:
      return [];
  }
}

function holdOf(
  bookId: BookId,
  { copies, term, reference }: Extract<Operation, { kind: 'hold' }>,
  { holdId, priceCents, until }: { holdId: HoldId; priceCents: number; until: WallClockMs },
): StoredHold {
  return {
    holdId,
    bookId,
    copies,
    priceCents,
    until,
    decidedBy: term.kind === 'following' ? term.decidedBy : null,
    otherBooks: term.kind === 'deciding' ? term.otherBooks : [],
    reference: reference ?? null,
    end: null,
  };
}

/** Operation ids of what is decided once for each hold: asked again, also by others, it has been decided already (W8). */
export const confirmationId = (holdId: HoldId): OperationId => `confirm.${holdId}`;
export const releaseId = (holdId: HoldId): OperationId => `release.${holdId}`;
export const settlementId = (holdId: HoldId): OperationId => `settle.${holdId}`;

/** `others`: the holds of a basket that follow this one. */
export function confirmationOf(holdId: HoldId, others: readonly BasketLine[]): Operation {
  const lines = others.map(({ bookId, holdId: part, copies, priceCents }) => {
    return { bookId, holdId: part, copies, priceCents };
  });
  return { kind: 'confirm', operationId: confirmationId(holdId), holdId, lines };
}

const HOLD_ID = /^[hbf]([1-9a-z][\da-z]{0,9})-[\da-z]{20,60}$/;
const BEGINNINGS: Readonly<Record<HoldTerm['kind'], string>> = { alone: 'h', deciding: 'b', following: 'f' };

/** H1: `rest` cannot be guessed. The id says what sort of hold it is, and which book's ledger to ask. */
export function holdIdOf(bookId: BookId, term: HoldTerm, rest: string): HoldId {
  return `${BEGINNINGS[term.kind]}${bookId.toString(36)}-${rest}`;
}

/** The book whose ledger has a hold of this id; null: it is none. */
export function bookOfHold(holdId: string): BookId | null {
  const digits = HOLD_ID.exec(holdId)?.[1];
  const bookId = digits === undefined ? NaN : Number.parseInt(digits, 36);
  return bookId <= 10 ** 15 ? bookId : null;
}

export function isBasket(holdId: HoldId): boolean {
  return holdId.startsWith(BEGINNINGS.deciding);
}

/** Clients are told of no such hold: it is a part of another. */
export function onlyFollows(holdId: HoldId): boolean {
  return holdId.startsWith(BEGINNINGS.following);
}
