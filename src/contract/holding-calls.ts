/** The calls between the roles about holds and baskets; all others are in rpc.ts. */
import { type HoldId } from '../core/replication/types.js';
import { BOOK_LIMITS, HOLD_TTL, REFERENCE_LENGTH } from './book-limits.js';
import { type Call } from './call.js';
import {
  type BasketAnswer,
  type BasketRequest,
  type HoldRecord,
  holdRecord,
  lackShape,
  orderRecord,
  wantedCopies,
} from './holding.js';
import { holdId } from './operation-shapes.js';
import { MOST_ITEMS } from './public-basket.js';
import { type OrdersRequest, ordersRequest, type Page, pageOf, type Unavailable } from './rpc.js';
import { flag, listOf, oneOf, optional, record, text, variants, whole } from './shapes.js';

export type HoldFound =
  { readonly kind: 'found'; readonly hold: HoldRecord } | { readonly kind: 'no such hold' } | Unavailable;

/** To a catalog: one hold, as every write acknowledged before left it. */
export const holdCall: Call<{ readonly holdId: HoldId }, HoldFound> = {
  name: 'hold',
  audience: 'roles',
  vital: false,
  request: record({ holdId }),
  answer: variants<HoldFound>({
    found: record({ hold: holdRecord }),
    'no such hold': record({}),
    unavailable: record({}),
  }),
};

/** To a catalog: what is held, that which runs out first before all. */
export const holdsCall: Call<OrdersRequest, Page<HoldRecord>> = {
  name: 'holds',
  audience: 'roles',
  vital: false,
  request: ordersRequest,
  answer: pageOf(holdRecord),
};

/** To an order server: all of it or nothing. Asked again elsewhere it bears the same operation id. */
export const basketCall: Call<BasketRequest, BasketAnswer> = {
  name: 'basket',
  audience: 'roles',
  vital: false,
  request: record<BasketRequest>({
    wish: oneOf('hold', 'order'),
    operationId: text(1, BOOK_LIMITS.operationIdLength),
    items: listOf(wantedCopies, MOST_ITEMS),
    ttlMs: whole(1, HOLD_TTL.longestSeconds * 1_000),
    reference: optional(text(1, REFERENCE_LENGTH)),
  }),
  answer: variants<BasketAnswer>({
    held: record({ hold: holdRecord, repeated: flag }),
    ordered: record({ order: orderRecord, repeated: flag }),
    refused: record({ lacks: listOf(lackShape, MOST_ITEMS), repeated: flag }),
    'ran out': record({}),
    'operation id reused': record({}),
    unreachable: record({ mayHaveHappened: flag }),
    overloaded: record({}),
  }),
};
