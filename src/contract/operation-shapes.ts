import {
  type BasketLine,
  type Book,
  type BookChanges,
  CATALOGUE,
  type Claim,
  type Decided,
  type HoldTerm,
  type Operation,
  type Outcome,
} from '../core/replication/types.js';
import { type SubmitResult } from '../core/replication/results.js';
import { MOST_ENDED } from '../core/replication/holds.js';
import { BOOK_LIMITS, HOLD_TTL, NAME_LENGTH, REFERENCE_LENGTH } from './book-limits.js';
import { type OperationsRequest } from './internal.js';
import {
  between,
  flag,
  listOf,
  matching,
  Mistake,
  nullable,
  oneOf,
  onlyTrue,
  optional,
  record,
  type Shape,
  someText,
  text,
  variants,
  whole,
} from './shapes.js';

/** What an operation's fields may hold. */
interface OperationBounds {
  readonly operationId: Shape<string>;
  readonly title: Shape<string>;
  readonly isbn: Shape<string>;
  readonly cents: Shape<number>;
  readonly copies: Shape<number>;
  /** As it is set; what is left may be less (see `stock`). */
  readonly quantity: Shape<number>;
}

const { textLength, isbnLength, operationIdLength, priceCents } = BOOK_LIMITS;

/** Today's, as the public paths take them. */
const GIVEN: OperationBounds = {
  operationId: text(1, operationIdLength),
  title: text(1, textLength),
  isbn: text(1, isbnLength),
  cents: whole(0, priceCents),
  copies: whole(1, BOOK_LIMITS.quantity),
  quantity: whole(0, BOOK_LIMITS.quantity),
};

/** Any sum of what operations may ask for. */
const MOST_STOCK = 2 ** 52;
const LONGEST_TEXT = 10_000;
const LONGEST_ID = 1_000;
const MOST_OF_ONE_OPERATION = 10 ** 12;
const HIGHEST_BOOK_ID = 10 ** 15;
/** In one basket, at least as many as clients may name. */
const MOST_BOOKS = 100;
/** The last moment that a date can name. */
const LATEST_MS = 8.64e15;

/** Below zero when two sides of a split sold the same copies. */
const stock = whole(-MOST_STOCK, MOST_STOCK);

/** What stands in ledgers, of releases whose bounds were other ones as well. */
const STORED: OperationBounds = {
  operationId: someText(LONGEST_ID),
  title: someText(LONGEST_TEXT),
  isbn: someText(LONGEST_TEXT),
  cents: whole(0, MOST_OF_ONE_OPERATION),
  copies: whole(1, MOST_OF_ONE_OPERATION),
  quantity: stock,
};

export const bookId = whole(CATALOGUE, HIGHEST_BOOK_ID);
/** Of an entry. */
export const sequenceNumber = whole(0, Number.MAX_SAFE_INTEGER);
/** The last entry's number, -1 for a record that is not known. */
export const committed = whole(-1, Number.MAX_SAFE_INTEGER);

export const orderId = matching(/^[\w.:-]{1,200}$/, 'an order id');
export const holdId = matching(/^[hbf][\da-z]{1,11}-[\da-z]{1,100}$/, 'a hold id');
const reference = text(1, REFERENCE_LENGTH);
const moment = between(-LATEST_MS, LATEST_MS);
/** Who asked, and when. */
const signed = { by: optional(text(1, NAME_LENGTH)), at: optional(moment) };
const claimNumber = whole(0, Number.MAX_SAFE_INTEGER);
/** Of a title and an author. */
const LONGEST_KEY = 2 * LONGEST_TEXT + 100;
const ttlMs = whole(1, HOLD_TTL.longestSeconds * 1_000);
const holdTerm = variants<HoldTerm>({
  alone: record({ ttlMs }),
  deciding: record({ ttlMs, otherBooks: listOf(bookId, MOST_BOOKS) }),
  following: record({ until: moment, decidedBy: holdId }),
});

function bookWithin({ title, isbn, cents, quantity }: OperationBounds): Shape<Book> {
  return record<Book>({
    title,
    topic: title,
    priceCents: cents,
    quantity,
    isbn: nullable(isbn),
    author: nullable(title),
    hidden: optional(onlyTrue),
    claim: optional(claimNumber),
  });
}

function changesWithin({ title, isbn, cents, quantity }: OperationBounds): Shape<BookChanges> {
  return record<BookChanges>({
    title: optional(title),
    topic: optional(title),
    priceCents: optional(cents),
    quantity: optional(quantity),
    isbn: optional(nullable(isbn)),
    author: optional(nullable(title)),
    hidden: optional(flag),
  });
}

function operationWithin(bounds: OperationBounds): Shape<Operation> {
  const { operationId, cents, copies } = bounds;
  return variants<Operation>({
    create: record({ operationId, book: bookWithin(bounds), ...signed }),
    edit: record({
      operationId,
      changes: changesWithin(bounds),
      expectedSequenceNumber: nullable(sequenceNumber),
      claim: optional(record<Claim>({ key: someText(LONGEST_KEY), number: claimNumber })),
      ...signed,
    }),
    restock: record({ operationId, copies, ...signed }),
    sale: record({
      operationId,
      copies,
      expectedPriceCents: nullable(cents),
      reference: optional(reference),
    }),
    hold: record({
      operationId,
      copies,
      expectedPriceCents: nullable(cents),
      term: holdTerm,
      reference: optional(reference),
    }),
    confirm: record({ operationId, holdId, lines: listOf(basketLine(bounds), MOST_BOOKS) }),
    release: record({ operationId, holdId }),
    expire: record({ operationId }),
    settle: record({ operationId, holdId, orderId: nullable(orderId) }),
    cancel: record({ operationId, orderId, copies: nullable(copies), ...signed }),
    claim: record({ operationId, bookId, key: someText(LONGEST_KEY) }),
  });
}

function basketLine({ copies, cents }: OperationBounds): Shape<BasketLine> {
  return record<BasketLine>({ bookId, holdId, copies, priceCents: cents });
}

/** The coordinator alone makes these. */
const NEVER_GIVEN: ReadonlySet<Operation['kind']> = new Set(['expire', 'settle']);

const givenItem = record<OperationsRequest['operations'][number]>({
  bookId,
  operation: operationWithin(GIVEN),
});

/** One operation as whoever asks for it gives it, with the book that it is for. */
export const operationItem: Shape<OperationsRequest['operations'][number]> = (value) => {
  const item = givenItem(value);
  const { kind } = item.operation;
  const isOfCatalogue = kind === 'create' || kind === 'claim';
  if (isOfCatalogue !== (item.bookId === CATALOGUE)) {
    throw new Mistake(
      isOfCatalogue ? `must be 0 for a ${kind === 'create' ? 'creation' : kind}` : 'must be 1 or more',
    ).within('bookId');
  }
  if (NEVER_GIVEN.has(kind)) throw new Mistake('is not for others to ask').within('kind').within('operation');
  if (item.operation.kind === 'edit' && Object.keys(item.operation.changes).length === 0) {
    throw new Mistake('must hold at least one field').within('changes').within('operation');
  }
  return item;
};

export const storedOperation = operationWithin(STORED);
export const storedBook = bookWithin(STORED);
export const storedChanges = changesWithin(STORED);

const { cents, copies } = STORED;
const returned = whole(0, MOST_STOCK);

const outcome = variants<Outcome>({
  created: record({ bookId }),
  exists: record({ bookId }),
  claimed: record({ number: claimNumber }),
  edited: record({}),
  restocked: record({}),
  sold: record({
    orderId,
    priceCents: cents,
    at: moment,
    oversold: optional(copies),
    copies: optional(copies),
    again: optional(copies),
  }),
  'out of stock': record({ left: optional(whole(0, MOST_STOCK)) }),
  'price changed': record({}),
  hidden: record({}),
  'precondition failed': record({}),
  held: record({ holdId, priceCents: cents, until: moment }),
  released: record({ copies: returned }),
  expired: record({ holdIds: listOf(holdId, MOST_ENDED), copies: returned }),
  cancelled: record({ copies: returned }),
  'no such hold': record({}),
  'hold released': record({}),
  'hold expired': record({}),
  'sold already': record({ orderId }),
  'no such order': record({}),
  'more than was sold': record({ left: returned }),
});

export const decided = record<Decided>({ operation: storedOperation, outcome });

export const submitResult = variants<SubmitResult>({
  decided: record({
    operation: storedOperation,
    outcome,
    entryNumber: sequenceNumber,
    bookId,
    sequenceNumber: committed,
    book: nullable(bookWithin(STORED)),
    repeated: optional(flag),
    reference: optional(nullable(reference)),
  }),
  'no such book': record({}),
  'operation id reused': record({}),
  'not started': record({ reason: oneOf('not ready', 'busy', 'deadline') }),
  unknown: record({}),
});
