/** Who changed what of a book, and when: what catalogs say to front-ends of it. */
import { type BookChanges, type BookId, type WallClockMs } from '../core/replication/types.js';
import { NAME_LENGTH } from './book-limits.js';
import { type Call } from './call.js';
import { orderId } from './operation-shapes.js';
import { type Page, pageOf, pageRequest, type PageRequest } from './rpc.js';
import { listOf, nullable, oneOf, optional, record, type Shape, someText, text, whole } from './shapes.js';

const MOST = Number.MAX_SAFE_INTEGER;
const LONGEST_TEXT = 10_000;

/** In the order in which people read them. */
export const FIELDS_THAT_CHANGE = [
  'title',
  'author',
  'isbn',
  'topic',
  'priceCents',
  'quantity',
  'hidden',
] as const satisfies readonly (keyof BookChanges)[];

type FieldValue = string | number | boolean | null;

export interface ChangedField {
  readonly field: (typeof FIELDS_THAT_CHANGE)[number];
  /** Left out: not known, or the number of copies, which sales change as well. */
  readonly from?: FieldValue;
  readonly to: FieldValue;
}

export const CHANGE_KINDS = ['created', 'edited', 'restocked', 'cancelled'] as const;

/** One change by somebody who administers. */
export interface BookChange {
  readonly kind: (typeof CHANGE_KINDS)[number];
  /** Of its entry in the book's ledger. */
  readonly sequenceNumber: number;
  /** Null: no name was given, or an earlier release made the change. */
  readonly by: string | null;
  /** Null: an earlier release made it. */
  readonly at: WallClockMs | null;
  readonly fields: readonly ChangedField[];
  /** Added, or taken back into stock. */
  readonly copies?: number;
  /** Whose copies came back. */
  readonly orderId?: string;
}

const fieldValue: Shape<FieldValue> = (value) =>
  value === null || typeof value === 'boolean'
    ? value
    : typeof value === 'number'
      ? whole(-MOST, MOST)(value)
      : someText(LONGEST_TEXT)(value);

const bookChange = record<BookChange>({
  kind: oneOf(...CHANGE_KINDS),
  sequenceNumber: whole(0, MOST),
  by: nullable(text(1, NAME_LENGTH)),
  at: nullable(whole(-MOST, MOST)),
  fields: listOf(
    record<ChangedField>({
      field: oneOf(...FIELDS_THAT_CHANGE),
      from: optional(fieldValue),
      to: fieldValue,
    }),
    FIELDS_THAT_CHANGE.length,
  ),
  copies: optional(whole(0, MOST)),
  orderId: optional(orderId),
});

export interface HistoryRequest extends PageRequest {
  readonly bookId: BookId;
}

/** To a catalog: what administrators did to a book, the newest first. */
export const historyCall: Call<HistoryRequest, Page<BookChange>> = {
  name: 'book history',
  audience: 'roles',
  vital: false,
  request: record<HistoryRequest>({ ...pageRequest, bookId: whole(1, MOST) }),
  answer: pageOf(bookChange),
};
