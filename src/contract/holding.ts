/** What front-ends, order servers and catalogs say to each other of holds, baskets and the orders that come of them. */
import { type BookId, type HoldId, type OperationId, type WallClockMs } from '../core/replication/types.js';
import { BOOK_LIMITS, REFERENCE_LENGTH } from './book-limits.js';
import { holdId, orderId } from './operation-shapes.js';
import { LACKS, MOST_ITEMS } from './public-basket.js';
import { HOLD_STATES, type HoldState } from './public-hold.js';
import {
  between,
  flag,
  listOf,
  nullable,
  oneOf,
  optional,
  record,
  type Shape,
  someText,
  text,
  whole,
} from './shapes.js';

const MOST = Number.MAX_SAFE_INTEGER;
const LONGEST_TEXT = 10_000;

/** Copies of one book in an order. */
export interface OrderedCopies {
  readonly bookId: BookId;
  readonly title: string;
  readonly copies: number;
  /** Price of one copy. */
  readonly priceCents: number;
  /** Of these, as far as is known. */
  readonly cancelled: number;
}

/** An order, as the ledger of the book that decided it has it. */
export interface OrderRecord {
  readonly orderId: string;
  /** In the order of their books' ids. */
  readonly items: readonly OrderedCopies[];
  readonly at: WallClockMs;
  readonly sequenceNumber: number;
  readonly reference?: string;
  /** Copies that were not there: only when two sides sold while cut off from each other (WRITE_POLICY=reachable). */
  readonly oversold?: number;
}

/** An order just made: nothing of it is cancelled. */
export function orderMade(
  { orderId, at, oversold }: Pick<OrderRecord, 'orderId' | 'at' | 'oversold'>,
  lines: readonly Omit<OrderedCopies, 'cancelled'>[],
  sequenceNumber: number,
  reference: string | null | undefined,
): OrderRecord {
  const items = lines.map(({ bookId, title, copies, priceCents }) => {
    return { bookId, title, copies, priceCents, cancelled: 0 };
  });
  return {
    orderId,
    items: items.sort((a, b) => a.bookId - b.bookId),
    at,
    sequenceNumber,
    ...(reference != null && { reference }),
    ...(oversold !== undefined && { oversold }),
  };
}

export interface OrdersPage {
  readonly orders: readonly OrderRecord[];
  /** Opaque; null on the last page. */
  readonly next: string | null;
}

/** Copies of one book that are held, or were. */
export interface HeldCopies {
  readonly bookId: BookId;
  readonly title: string;
  readonly copies: number;
  /** Price of one copy, frozen. */
  readonly priceCents: number;
  readonly holdId: HoldId;
}

export interface HoldRecord {
  readonly holdId: HoldId;
  readonly state: HoldState;
  readonly until: WallClockMs;
  /** In the order of their books' ids. */
  readonly items: readonly HeldCopies[];
  /** All books of its basket are among them. */
  readonly whole: boolean;
  readonly orderId?: string;
  readonly reference?: string;
}

const bookId = whole(1, MOST);
const copies = whole(1, MOST);
const cents = whole(0, MOST);
const reference = optional(text(1, REFERENCE_LENGTH));

export const orderRecord: Shape<OrderRecord> = record<OrderRecord>({
  orderId,
  items: listOf(
    record<OrderedCopies>({
      bookId,
      title: someText(LONGEST_TEXT),
      copies,
      priceCents: cents,
      cancelled: whole(0, MOST),
    }),
    MOST_ITEMS,
  ),
  at: between(-MOST, MOST),
  sequenceNumber: whole(0, MOST),
  reference,
  oversold: optional(copies),
});

export const holdRecord: Shape<HoldRecord> = record<HoldRecord>({
  holdId,
  state: oneOf(...HOLD_STATES),
  until: between(-MOST, MOST),
  items: listOf(
    record<HeldCopies>({ bookId, title: someText(LONGEST_TEXT), copies, priceCents: cents, holdId }),
    MOST_ITEMS,
  ),
  whole: flag,
  orderId: optional(orderId),
  reference,
});

/** How long the copies of a basket that is ordered at once are held for it: should nobody bring it to its end, they are on sale again then. */
export const BASKET_ORDER_MS = 30_000;

/** Copies of one book that somebody wants. */
export interface WantedCopies {
  readonly bookId: BookId;
  readonly copies: number;
  readonly expectedPriceCents: number | null;
}

export interface BasketRequest {
  /** `order`: what is held is sold at once. */
  readonly wish: 'hold' | 'order';
  /** Those of its parts are made of it. */
  readonly operationId: OperationId;
  /** Of different books, in the order of their ids. */
  readonly items: readonly WantedCopies[];
  readonly ttlMs: number;
  readonly reference?: string;
}

/** A book that was not to be had. */
export interface Lack {
  readonly bookId: BookId;
  readonly reason: (typeof LACKS)[number];
  readonly wanted: number;
  readonly title?: string;
  /** Copies that could be bought. */
  readonly left?: number;
  /** What one copy costs now. */
  readonly priceCents?: number;
}

/** What an order server says of a basket. Asked again, elsewhere too, it says the same. */
export type BasketAnswer =
  | { readonly kind: 'held'; readonly hold: HoldRecord; readonly repeated: boolean }
  | { readonly kind: 'ordered'; readonly order: OrderRecord; readonly repeated: boolean }
  /** Nothing is held. */
  | { readonly kind: 'refused'; readonly lacks: readonly Lack[]; readonly repeated: boolean }
  /** It was held, and ended before it could be sold: nothing is. */
  | { readonly kind: 'ran out' }
  | { readonly kind: 'operation id reused' }
  /** `mayHaveHappened`: some of it may be held, or sold. */
  | { readonly kind: 'unreachable'; readonly mayHaveHappened: boolean }
  | { readonly kind: 'overloaded' };

export const wantedCopies = record<WantedCopies>({
  bookId,
  copies: whole(1, BOOK_LIMITS.quantity),
  expectedPriceCents: nullable(whole(0, BOOK_LIMITS.priceCents)),
});
export const lackShape = record<Lack>({
  bookId,
  reason: oneOf(...LACKS),
  wanted: copies,
  title: optional(someText(LONGEST_TEXT)),
  left: optional(whole(0, MOST)),
  priceCents: optional(cents),
});
