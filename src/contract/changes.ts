/** The call by which front-ends read the feed of changes (docs/adr/0035), and that by which catalogs tell each other what was sent. */
import { LONGEST_CURSOR } from '../core/feed/feed-cursor.js';
import { MOST_EVENTS } from '../core/feed/feed.js';
import { type BookChange, type EndedHold, type ToldEvent } from '../core/feed/told-changes.js';
import { type Call } from './call.js';
import { MAX_PAGE } from './catalog.js';
import { holdId, orderId, storedBook, storedChanges } from './operation-shapes.js';
import { type Unavailable } from './rpc.js';
import { between, flag, listOf, nullable, optional, record, someText, variants, whole } from './shapes.js';

const MOST = Number.MAX_SAFE_INTEGER;
/** An entry's own operations are fewer. */
const MOST_OF_ONE_CHANGE = 1_024;
const LONGEST_TEXT = 10_000;

export interface ChangesRequest {
  /** Null: from the beginning; `now`: only what comes. */
  readonly since: string | null;
  readonly limit: number;
  /** Also if this catalog has to begin at the beginning. */
  readonly anyway: boolean;
}

/** A book as the catalog that answers has it at that moment: at the number of the change that is told, or a later one. */
export interface BookNow {
  readonly quantity: number;
  readonly priceCents: number;
  /** Of the last entry of its ledger. */
  readonly number: number;
}

export interface ToldChange extends BookChange {
  /** The feed goes on behind this change from here. */
  readonly cursor: string;
  readonly now: BookNow;
}

export type ChangesAnswer =
  | {
      readonly kind: 'page';
      readonly changes: readonly ToldChange[];
      readonly next: string;
      readonly more: boolean;
    }
  | { readonly kind: 'cursor unknown' }
  /** Another catalog can go on from there, this one would begin at the beginning. */
  | { readonly kind: 'elsewhere' }
  | Unavailable;

const bookId = whole(1, MOST);
const copies = whole(0, MOST);
const cents = whole(0, MOST);
const moment = between(-MOST, MOST);
const reference = optional(someText(LONGEST_TEXT));
const cursor = someText(LONGEST_CURSOR);
const ended = record<EndedHold>({ holdId, copies, reference });

const event = variants<ToldEvent>({
  created: record({ book: storedBook }),
  edited: record({ changes: storedChanges }),
  restocked: record({ copies }),
  sold: record({
    orderId,
    copies,
    priceCents: cents,
    at: moment,
    holdId: optional(holdId),
    reference,
    oversold: optional(copies),
  }),
  held: record({ holdId, copies, priceCents: cents, until: moment, reference }),
  released: ended,
  expired: ended,
  cancelled: record({ orderId, copies }),
});

/** To a catalog: what was committed, in its own order. */
export const changesCall: Call<ChangesRequest, ChangesAnswer> = {
  name: 'changes',
  audience: 'roles',
  vital: false,
  request: record<ChangesRequest>({
    since: nullable(cursor),
    limit: whole(1, MAX_PAGE),
    anyway: flag,
  }),
  answer: variants<ChangesAnswer>({
    page: record({
      changes: listOf(
        record<ToldChange>({
          bookId,
          number: whole(0, MOST),
          events: listOf(event, Math.max(MOST_EVENTS, MOST_OF_ONE_CHANGE)),
          cursor,
          now: record<BookNow>({
            quantity: whole(-MOST, MOST),
            priceCents: cents,
            number: whole(0, MOST),
          }),
        }),
        MAX_PAGE,
      ),
      next: cursor,
      more: flag,
    }),
    'cursor unknown': record({}),
    elsewhere: record({}),
    unavailable: record({}),
  }),
};

export interface Delivered {
  /** The caller's place among the catalogs. */
  readonly position: number;
  /** Up to where the receiver of the webhook has taken all, as far as is known; null: nothing. */
  readonly since: string | null;
}

/** To a catalog, from the one that delivers the webhook, each second: both know then how far it is. */
export const deliveredCall: Call<Delivered, Pick<Delivered, 'since'>> = {
  name: 'delivered',
  audience: 'peers',
  vital: false,
  request: record<Delivered>({ position: whole(0, MOST), since: nullable(cursor) }),
  answer: record<Pick<Delivered, 'since'>>({ since: nullable(cursor) }),
};
