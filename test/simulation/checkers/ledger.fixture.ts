import {
  CATALOGUE,
  type Book,
  type Decided,
  type Entry,
  type Operation,
  type Outcome,
} from '../../../src/core/replication/types.js';
import { type Answer, type Call, type HistoryItem, type Violation } from '../history.js';
import { LedgerOracle } from './ledger-oracle.js';

/** Hand-made ledgers and histories for the checkers' tests. */
export const FIRST: Book = {
  title: 'First',
  topic: 'Systems',
  priceCents: 1_000,
  quantity: 3,
  isbn: null,
  author: null,
};
const ORIGIN = { round: 1, replicaId: 'r', startNumber: 1 };

export function entry(sequenceNumber: number, ...decided: Decided[]): Entry {
  return { sequenceNumber, origin: ORIGIN, decided };
}

export function creation(operationId: string, book: Book, bookId: number): Decided {
  return { operation: { kind: 'create', operationId, book }, outcome: { kind: 'created', bookId } };
}

export function restock(operationId: string, copies: number): Decided {
  return { operation: { kind: 'restock', operationId, copies }, outcome: { kind: 'restocked' } };
}

export function sale(operationId: string, copies: number, kind: 'sold' | 'out of stock' = 'sold'): Decided {
  const outcome: Outcome =
    kind === 'sold' ? { kind, orderId: `order of ${operationId}`, priceCents: 1_000, at: 0 } : { kind };
  return { operation: { kind: 'sale', operationId, copies, expectedPriceCents: null }, outcome };
}

export function retitle(
  operationId: string,
  title: string,
  expectedSequenceNumber: number | null = null,
): Decided {
  return {
    operation: { kind: 'edit', operationId, changes: { title }, expectedSequenceNumber },
    outcome: { kind: 'edited' },
  };
}

/** An oracle that has seen book 1 created with 3 copies, and then these entries, each with the book that a replica made of it. */
export function oracleOf(...steps: { readonly entry: Entry; readonly book: Book }[]): {
  readonly oracle: LedgerOracle;
  readonly violations: Violation[];
} {
  const violations: Violation[] = [];
  const oracle = new LedgerOracle((violation) => violations.push(violation));
  const created = creation('first', FIRST, 1);
  oracle.commits('A', CATALOGUE, entry(1, created), null);
  oracle.commits('A', 1, entry(0, created), FIRST);
  for (const step of steps) oracle.commits('A', 1, step.entry, step.book);
  return { oracle, violations };
}

let made = 0;

export function item(call: Call, start: number, end: number, answer: Answer): HistoryItem {
  made += 1;
  return { index: made, client: 'c', call, start, end, answer };
}

export function lookUp(start: number, end: number, sequenceNumber: number, book: Book): HistoryItem {
  const result = { kind: 'found', bookId: 1, book, sequenceNumber, cacheable: true } as const;
  return item({ kind: 'look-up', bookId: 1 }, start, end, { kind: 'looked up', result });
}

export function notFound(start: number, end: number, bookId = 1): HistoryItem {
  const result = { kind: 'not found', cacheable: true } as const;
  return item({ kind: 'look-up', bookId }, start, end, { kind: 'looked up', result });
}

export function search(start: number, end: number, text: string, ...books: Book[]): HistoryItem {
  const shown = books.map(({ title, topic }) => ({ id: 1, title, topic }));
  return item({ kind: 'search', text, by: 'topic' }, start, end, { kind: 'searched', books: shown });
}

export function written(
  start: number,
  end: number,
  { operation, outcome }: Decided,
  sequenceNumber: number,
  book: Book | null,
): HistoryItem {
  const bookId = operation.kind === 'create' ? CATALOGUE : 1;
  const result = {
    kind: 'decided',
    operation,
    outcome,
    entryNumber: sequenceNumber,
    bookId: 1,
    sequenceNumber,
    book,
  } as const;
  return item({ kind: 'write', bookId, operation }, start, end, { kind: 'written', result });
}

export function unanswered(
  start: number,
  operation: Operation,
  kind: 'unknown' | 'refused' = 'unknown',
): HistoryItem {
  return item({ kind: 'write', bookId: 1, operation }, start, kind === 'unknown' ? Infinity : start + 1, {
    kind,
  });
}
