import {
  CATALOGUE,
  type Book,
  type BookId,
  type Operation,
  type Outcome,
} from '../../../src/core/replication/types.js';
import { type HistoryItem, type Violation } from '../history.js';
import { type Invocation, checkLinearizable } from './linearizability.js';
import { type LedgerOracle } from './ledger-oracle.js';

/** A book as clients can tell it apart; null: there is none yet. */
type Shown = Pick<Book, 'title' | 'topic' | 'priceCents' | 'quantity'> | null;

/**
 * Linearizability of each book from nothing but what clients saw: no sequence number is consulted, and the ledger only for
 * what became of indefinite writes: one that is not in it is left out (if it took effect all the same, that is an effect without a cause).
 */
export function checkBooks(items: readonly HistoryItem[], oracle: LedgerOracle): Violation[] {
  const violations: Violation[] = [];
  for (const bookId of oracle.ledgers.keys()) {
    if (bookId === CATALOGUE) continue;
    const invocations = items.flatMap((item) => invocationOf(item, bookId, oracle));
    const result = checkLinearizable<Shown>(invocations, null, nameOf);
    if (result.kind !== 'not linearizable') continue;
    const text = `no order explains ${invocations.length} operations; the best explains ${result.reached}`;
    violations.push({ rule: 'not linearizable', bookId, text: `book ${bookId}: ${text}` });
  }
  return violations;
}

function nameOf(book: Shown): string {
  return book === null ? '-' : `${book.quantity},${book.priceCents},${book.title},${book.topic}`;
}

function invocationOf(item: HistoryItem, bookId: BookId, oracle: LedgerOracle): Invocation<Shown>[] {
  const { call, answer, start, end } = item;
  if (call.kind === 'search') return [];
  if (call.kind === 'look-up') {
    if (call.bookId !== bookId || answer?.kind !== 'looked up' || answer.result.kind === 'unavailable')
      return [];
    const seen: Shown = answer.result.kind === 'found' ? answer.result.book : null;
    const name = nameOf(seen);
    return [{ start, end, apply: (state) => (nameOf(state) === name ? state : null) }];
  }
  const place = oracle.places.get(call.operation.operationId);
  const told = answer?.kind === 'written' && answer.result.kind === 'decided' ? answer.result.outcome : null;
  const outcome = told ?? place?.outcome ?? null;
  if (call.bookId === CATALOGUE) {
    const created = outcome !== null && 'bookId' in outcome && outcome.bookId === bookId;
    if (!created || call.operation.kind !== 'create') return [];
    const { book } = call.operation;
    return [{ start, end, apply: (state) => state ?? (outcome.kind === 'exists' ? null : book) }];
  }
  if (call.bookId !== bookId) return [];
  if (answer?.kind === 'written' && answer.result.kind === 'no such book') {
    return [{ start, end, apply: (state) => (state === null ? state : null) }];
  }
  if (answer?.kind === 'refused' || outcome === null) return [];
  const { operation } = call;
  return [{ start, end, apply: (state) => (state === null ? null : transition(state, operation, outcome)) }];
}

function transition(book: NonNullable<Shown>, operation: Operation, outcome: Outcome): Shown {
  switch (operation.kind) {
    case 'create':
      return null;
    case 'restock':
      return { ...book, quantity: book.quantity + operation.copies };
    case 'edit':
      // Without sequence numbers a precondition may hold or not; the ledger's checker judges that.
      if (outcome.kind === 'precondition failed') return book;
      return { ...book, ...operation.changes };
    case 'sale': {
      const enough = book.quantity >= operation.copies;
      const price = operation.expectedPriceCents;
      const rightPrice = price === null || price === book.priceCents;
      if (outcome.kind === 'out of stock') return enough ? null : book;
      if (outcome.kind === 'price changed') return rightPrice ? null : book;
      return enough && rightPrice ? { ...book, quantity: book.quantity - operation.copies } : null;
    }
    default:
      return operation satisfies never;
  }
}
