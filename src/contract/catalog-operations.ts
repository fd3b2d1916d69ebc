import { CATALOGUE, type Book, type BookChanges, type Operation } from '../core/replication/types.js';
import { Mistake } from './shapes.js';
import { BOOK_LIMITS } from './book-limits.js';
import { MAX_OPERATIONS, type OperationsRequest } from './internal.js';

/** Kinds that every release understands that speaks the line at all. */
export const FIRST_OPERATION_KINDS: readonly string[] = ['create', 'edit', 'restock', 'sale'];

/** Kinds of operations that this release understands: it says so in each handshake (see `LineEnd.operations`). */
export const OPERATION_KINDS = [
  'create',
  'edit',
  'restock',
  'sale',
] as const satisfies readonly Operation['kind'][];

/** Neither survives the way through a database and back as it was. */
const CONTROL_OR_LONE_SURROGATE = /[\p{Cc}\p{Cs}]/u;

/**
 * The operations of a request, built anew from the fields that an operation has, or what is wrong. By hand, for every sale
 * passes here, and class-validator costs more than the rest of the way.
 */
export function parseOperations(body: unknown): OperationsRequest | { readonly mistake: string } {
  try {
    const { operations } = record(body, 'The body');
    if (!Array.isArray(operations) || operations.length === 0 || operations.length > MAX_OPERATIONS) {
      throw new Mistake(`operations must be a list of 1 to ${MAX_OPERATIONS}`);
    }
    return { operations: operations.map((item: unknown, index) => parseItem(item, `operations[${index}]`)) };
  } catch (error) {
    if (error instanceof Mistake) return { mistake: error.message };
    throw error;
  }
}

/** `at`: where it stands, for people. */
export function parseItem(item: unknown, at = 'it'): OperationsRequest['operations'][number] {
  const { bookId, operation } = record(item, at);
  const parsed = parseOperation(operation, `${at}.operation`);
  const lowest = parsed.kind === 'create' ? CATALOGUE : CATALOGUE + 1;
  const highest = parsed.kind === 'create' ? CATALOGUE : Number.MAX_SAFE_INTEGER;
  return { bookId: whole(bookId, lowest, highest, `${at}.bookId`), operation: parsed };
}

function parseOperation(value: unknown, at: string): Operation {
  const fields = record(value, at);
  const operationId = text(fields['operationId'], 1, BOOK_LIMITS.operationIdLength, `${at}.operationId`);
  switch (fields['kind']) {
    case 'create':
      return { kind: 'create', operationId, book: parseBook(fields['book'], `${at}.book`) };
    case 'edit': {
      const changes = parseChanges(fields['changes'], `${at}.changes`);
      const expectedSequenceNumber = orNull(fields['expectedSequenceNumber'], (number) =>
        whole(number, 0, Number.MAX_SAFE_INTEGER, `${at}.expectedSequenceNumber`),
      );
      return { kind: 'edit', operationId, changes, expectedSequenceNumber };
    }
    case 'restock':
      return { kind: 'restock', operationId, copies: copies(fields['copies'], at) };
    case 'sale': {
      const expectedPriceCents = orNull(fields['expectedPriceCents'], (price) =>
        whole(price, 0, BOOK_LIMITS.priceCents, `${at}.expectedPriceCents`),
      );
      return { kind: 'sale', operationId, copies: copies(fields['copies'], at), expectedPriceCents };
    }
    default:
      throw new Mistake(`${at}.kind must be create, edit, restock or sale`);
  }
}

function parseBook(value: unknown, at: string): Book {
  const fields = record(value, at);
  const { textLength, isbnLength, priceCents, quantity } = BOOK_LIMITS;
  return {
    title: text(fields['title'], 1, textLength, `${at}.title`),
    topic: text(fields['topic'], 1, textLength, `${at}.topic`),
    priceCents: whole(fields['priceCents'], 0, priceCents, `${at}.priceCents`),
    quantity: whole(fields['quantity'], 0, quantity, `${at}.quantity`),
    isbn: orNull(fields['isbn'], (isbn) => text(isbn, 1, isbnLength, `${at}.isbn`)),
    author: orNull(fields['author'], (author) => text(author, 1, textLength, `${at}.author`)),
  };
}

function parseChanges(value: unknown, at: string): BookChanges {
  const { title, topic, priceCents, quantity } = record(value, at);
  const changes: BookChanges = {
    ...(title !== undefined && { title: text(title, 1, BOOK_LIMITS.textLength, `${at}.title`) }),
    ...(topic !== undefined && { topic: text(topic, 1, BOOK_LIMITS.textLength, `${at}.topic`) }),
    ...(priceCents !== undefined && {
      priceCents: whole(priceCents, 0, BOOK_LIMITS.priceCents, `${at}.priceCents`),
    }),
    ...(quantity !== undefined && { quantity: whole(quantity, 0, BOOK_LIMITS.quantity, `${at}.quantity`) }),
  };
  if (Object.keys(changes).length === 0) throw new Mistake(`${at} must hold at least one field`);
  return changes;
}

function copies(value: unknown, at: string): number {
  return whole(value, 1, BOOK_LIMITS.quantity, `${at}.copies`);
}

function record(value: unknown, at: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Mistake(`${at} must be an object`);
  }
  return value as Record<string, unknown>;
}

function text(value: unknown, shortest: number, longest: number, at: string): string {
  if (typeof value !== 'string' || value.length < shortest || value.length > longest) {
    throw new Mistake(`${at} must be a text of ${shortest} to ${longest} characters`);
  }
  if (CONTROL_OR_LONE_SURROGATE.test(value)) throw new Mistake(`${at} must not hold control characters`);
  return value;
}

function whole(value: unknown, lowest: number, highest: number, at: string): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < lowest || value > highest) {
    throw new Mistake(`${at} must be a whole number from ${lowest} to ${highest}`);
  }
  return value;
}

function orNull<T>(value: unknown, parse: (value: unknown) => T): T | null {
  return value === undefined || value === null ? null : parse(value);
}
