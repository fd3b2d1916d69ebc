import {
  CATALOGUE,
  type Book,
  type BookChanges,
  type BookId,
  type Operation,
  type Outcome,
} from '../../../src/core/replication/types.js';
import { type Answer, type HistoryItem, type Violation } from '../history.js';
import { type Invocation, checkLinearizable } from './linearizability.js';
import { type LedgerOracle } from './ledger-oracle.js';

/** A book as clients can tell it apart. */
type Shown = Pick<Book, 'title' | 'topic' | 'priceCents' | 'quantity' | 'hidden'>;
const ABSENT: Shown = { title: 'no such book', topic: '', priceCents: 0, quantity: 0 };

/**
 * Linearizability of each book from nothing but what clients saw: no sequence number is consulted, and the ledger only for
 * what became of indefinite writes: one that is not in it is left out (if it took effect all the same, that is an effect without a cause).
 * `undecided` hears of books whose history was too long to search.
 */
export function checkBooks(
  items: readonly HistoryItem[],
  oracle: LedgerOracle,
  undecided: (bookId: BookId) => void = () => undefined,
): Violation[] {
  const violations: Violation[] = [];
  for (const bookId of oracle.ledgers.keys()) {
    if (bookId === CATALOGUE) continue;
    const invocations = items.flatMap((item) => invocationOf(item, bookId, oracle));
    invocations.push(...endedByThemselves(bookId, oracle));
    const result = checkLinearizable(invocations, ABSENT, nameOf);
    if (result.kind === 'undecided') undecided(bookId);
    if (result.kind !== 'not linearizable') continue;
    const text = `no order explains ${invocations.length} operations; the best explains ${result.reached}`;
    violations.push({ rule: 'not linearizable', bookId, text: `book ${bookId}: ${text}` });
  }
  return violations;
}

/** Copies that came back with nobody's asking: at some time; when exactly, the checker of the order knows. */
function endedByThemselves(bookId: BookId, oracle: LedgerOracle): Invocation<Shown>[] {
  return oracle
    .ledgerOf(bookId)
    .entries.flatMap(({ decided }) => decided)
    .flatMap(({ operation, outcome }) => {
      if (operation.kind !== 'expire' && operation.kind !== 'settle') return [];
      if (outcome.kind !== 'expired' && outcome.kind !== 'released') return [];
      const apply: Transition = (book) =>
        book === ABSENT ? null : { ...book, quantity: book.quantity + outcome.copies };
      return [{ start: 0, end: Infinity, apply }];
    });
}

function nameOf(book: Shown): string {
  const hidden = book.hidden === true ? ',hidden' : '';
  return `${book.quantity},${book.priceCents},${book.title},${book.topic}${hidden}`;
}

function invocationOf(item: HistoryItem, bookId: BookId, oracle: LedgerOracle): Invocation<Shown>[] {
  const { call, answer, start, end } = item;
  switch (call.kind) {
    case 'search':
      return [];
    case 'look-up': {
      if (call.bookId !== bookId || answer?.kind !== 'looked up') return [];
      const { result } = answer;
      return result.kind === 'unavailable'
        ? []
        : [{ start, end, apply: seen(result.kind === 'found' ? result.book : ABSENT) }];
    }
    case 'write': {
      const apply = writing(call.bookId, call.operation, answer, bookId, oracle);
      return apply === null ? [] : [{ start, end, apply }];
    }
    default:
      return call satisfies never;
  }
}

type Transition = (state: Shown) => Shown | null;

function seen(book: Shown): Transition {
  const name = nameOf(book);
  return (state) => (nameOf(state) === name ? state : null);
}

/** Who would buy what is hidden is told that there is no such book. */
function unseen({ kind }: Operation): Transition {
  const buys = kind === 'sale' || kind === 'hold';
  return (state) => (state === ABSENT || (buys && state.hidden === true) ? state : null);
}

/** Null: this write does not concern this book. */
function writing(
  target: BookId,
  operation: Operation,
  answer: Answer | null,
  bookId: BookId,
  oracle: LedgerOracle,
): Transition | null {
  const result = answer?.kind === 'written' ? answer.result : null;
  if (result?.kind === 'no such book') return target === bookId ? unseen(operation) : null;
  const outcome = outcomeOf(operation, answer, oracle);
  if (outcome === null) return null;
  if (operation.kind === 'create') return creating(operation.book, outcome, bookId);
  if (target !== bookId) return null;
  return (state) => (state === ABSENT ? null : transition(state, operation, outcome));
}

/** As the client was told, else as the ledger has it. */
function outcomeOf({ operationId }: Operation, answer: Answer | null, oracle: LedgerOracle): Outcome | null {
  if (answer?.kind === 'refused') return null;
  const told = answer?.kind === 'written' && answer.result.kind === 'decided' ? answer.result.outcome : null;
  return told ?? oracle.places.get(operationId)?.outcome ?? null;
}

function creating(book: Book, outcome: Outcome, bookId: BookId): Transition | null {
  if (outcome.kind === 'created' && outcome.bookId === bookId)
    return (state) => (state === ABSENT ? book : null);
  if (outcome.kind === 'exists' && outcome.bookId === bookId)
    return (state) => (state === ABSENT ? null : state);
  return null;
}

function transition(book: Shown, operation: Operation, outcome: Outcome): Shown | null {
  switch (operation.kind) {
    case 'create':
    case 'claim':
      return null;
    case 'restock':
      return { ...book, quantity: book.quantity + operation.copies };
    case 'edit':
      // Without sequence numbers a precondition may hold or not; the ledger's checker judges that.
      return outcome.kind === 'precondition failed' ? book : edited(book, operation.changes);
    case 'sale':
      return sell(book, operation.copies, operation.expectedPriceCents, outcome);
    case 'hold':
      return ['held', 'out of stock', 'price changed', 'hidden'].includes(outcome.kind)
        ? sell(book, operation.copies, operation.expectedPriceCents, outcome)
        : null;
    case 'confirm':
    case 'settle':
    case 'expire':
      return book;
    case 'release':
    case 'cancel': {
      const back = outcome.kind === 'released' || outcome.kind === 'cancelled' ? outcome.copies : 0;
      return { ...book, quantity: book.quantity + back };
    }
    default:
      return operation satisfies never;
  }
}

function edited(book: Shown, { hidden = book.hidden === true, ...changes }: BookChanges): Shown {
  const { title, topic, priceCents, quantity } = book;
  return { title, topic, priceCents, quantity, ...changes, ...(hidden && { hidden }) };
}

function sell(book: Shown, copies: number, price: number | null, outcome: Outcome): Shown | null {
  if (book.hidden === true || outcome.kind === 'hidden')
    return book.hidden === true && outcome.kind === 'hidden' ? book : null;
  const enough = book.quantity >= copies;
  const rightPrice = price === null || price === book.priceCents;
  if (outcome.kind === 'out of stock') return enough ? null : book;
  if (outcome.kind === 'price changed') return rightPrice ? null : book;
  return enough && rightPrice ? { ...book, quantity: book.quantity - copies } : null;
}
