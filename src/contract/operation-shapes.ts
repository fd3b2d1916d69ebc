import {
  CATALOGUE,
  type Book,
  type BookChanges,
  type Operation,
  type Outcome,
} from '../core/replication/types.js';
import { type SubmitResult } from '../core/replication/results.js';
import { parseItem } from './catalog-operations.js';
import { type OperationsRequest } from './internal.js';
import {
  between,
  nullable,
  oneOf,
  optional,
  record,
  type Shape,
  someText,
  variants,
  whole,
} from './shapes.js';

// What stands in ledgers may be of a release whose bounds were other ones: these are wide.

const LONGEST_TEXT = 10_000;
const HIGHEST = Number.MAX_SAFE_INTEGER;
/** The last moment that a date can name. */
const LATEST_MS = 8.64e15;

const bookId = whole(CATALOGUE, HIGHEST);
const cents = whole(0, HIGHEST);
const copies = whole(1, HIGHEST);
/** Below zero when two sides of a split sold the same copies. */
const quantity = whole(-HIGHEST, HIGHEST);
const operationId = someText(LONGEST_TEXT);
const sequenceNumber = whole(-1, HIGHEST);

/** One operation, as strictly as the public paths take it, with the book that it is for. */
export const readItem: Shape<OperationsRequest['operations'][number]> = (value) => parseItem(value);

export const bookShape = record<Book>({
  title: someText(LONGEST_TEXT),
  topic: someText(LONGEST_TEXT),
  priceCents: cents,
  quantity,
  isbn: nullable(someText(LONGEST_TEXT)),
  author: nullable(someText(LONGEST_TEXT)),
});

const operation = variants<Operation>({
  create: record({ operationId, book: bookShape }),
  edit: record({
    operationId,
    changes: record<BookChanges>({
      title: optional(someText(LONGEST_TEXT)),
      topic: optional(someText(LONGEST_TEXT)),
      priceCents: optional(cents),
      quantity: optional(quantity),
    }),
    expectedSequenceNumber: nullable(sequenceNumber),
  }),
  restock: record({ operationId, copies }),
  sale: record({ operationId, copies, expectedPriceCents: nullable(cents) }),
});

const outcome = variants<Outcome>({
  created: record({ bookId }),
  exists: record({ bookId }),
  edited: record({}),
  restocked: record({}),
  sold: record({
    orderId: someText(200),
    priceCents: cents,
    at: between(-LATEST_MS, LATEST_MS),
    oversold: optional(copies),
  }),
  'out of stock': record({}),
  'price changed': record({}),
  'precondition failed': record({}),
});

export const submitResult = variants<SubmitResult>({
  decided: record({
    operation,
    outcome,
    entryNumber: sequenceNumber,
    bookId,
    sequenceNumber,
    book: nullable(bookShape),
  }),
  'no such book': record({}),
  'operation id reused': record({}),
  'not started': record({ reason: oneOf('not ready', 'busy', 'deadline') }),
  unknown: record({}),
});
