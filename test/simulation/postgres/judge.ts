import { checkLinearizable, type Invocation } from '../checkers/linearizability.js';
import { type Outcome, type Row, type Stored } from './database.js';
import { type Wish } from './member.js';

type Call =
  | { readonly kind: 'write'; readonly wish: Wish }
  | { readonly kind: 'look-up'; readonly bookId: number }
  | { readonly kind: 'search' };

type Answer =
  | { readonly kind: 'written'; readonly outcome: Outcome }
  | { readonly kind: 'refused' }
  | { readonly kind: 'looked up'; readonly row: Row | null }
  | { readonly kind: 'searched'; readonly titles: number };

/** What one client asked and got, in true time; `end` is infinite while it has no answer. */
export interface HistoryItem {
  readonly call: Call;
  readonly start: number;
  end: number;
  answer: Answer | null;
}

/** Of what clients saw; the engine's end is asked only for what became of writes that nobody heard of. */
export function judge(history: readonly HistoryItem[], stored: Stored, firstBooks: number): string[] {
  const violations: string[] = [];
  for (const bookId of stored.books.keys()) {
    const initial = bookId <= firstBooks ? nameOf({ quantity: 5, titles: 0 }) : '-';
    const invocations = history.flatMap((item) => onBook(item, bookId, stored));
    const result = checkLinearizable(invocations, initial, (state) => state);
    if (result.kind !== 'linearizable') violations.push(`${result.kind}: book ${bookId}`);
  }
  const searches = history.flatMap((item) => onCatalogue(item, stored));
  const found = checkLinearizable(searches, firstBooks, String);
  if (found.kind !== 'linearizable') violations.push(`stale search: ${found.kind}`);
  return [...violations, ...onceEach(history, stored)];
}

function onceEach(history: readonly HistoryItem[], { applied, operations, books }: Stored): string[] {
  const violations: string[] = [];
  if (new Set(applied).size !== applied.length) violations.push('operation applied twice');
  for (const [bookId, { quantity }] of books)
    if (quantity < 0) violations.push(`stock below zero: book ${bookId}`);
  for (const { call, answer } of history) {
    if (call.kind !== 'write') continue;
    const place = operations.get(call.wish.id);
    if (answer?.kind === 'written' && JSON.stringify(place) !== JSON.stringify(answer.outcome))
      violations.push(`acknowledged write lost: ${call.wish.id}`);
    if (answer?.kind === 'refused' && place !== undefined)
      violations.push(`refused write applied: ${call.wish.id}`);
  }
  return violations;
}

function outcomeOf({ call, answer }: HistoryItem, { operations }: Stored): Outcome | null {
  if (call.kind !== 'write' || answer?.kind === 'refused') return null;
  return answer?.kind === 'written' ? answer.outcome : (operations.get(call.wish.id) ?? null);
}

function onBook(item: HistoryItem, bookId: number, stored: Stored): Invocation<string>[] {
  const { call, start, end, answer } = item;
  if (call.kind === 'look-up') {
    if (call.bookId !== bookId || answer?.kind !== 'looked up') return [];
    const seen = answer.row === null ? '-' : nameOf(answer.row);
    return [{ start, end, apply: (state) => (state === seen ? state : null) }];
  }
  const outcome = outcomeOf(item, stored);
  if (outcome === null || call.kind !== 'write') return [];
  if (outcome.kind === 'created') {
    if (outcome.bookId !== bookId) return [];
    return [{ start, end, apply: (state) => (state === '-' ? nameOf({ quantity: 3, titles: 0 }) : null) }];
  }
  if (call.wish.bookId !== bookId) return [];
  return [{ start, end, apply: (state) => after(state, outcome) }];
}

function after(state: string, outcome: Outcome): string | null {
  if (state === '-') return null;
  const [quantity = 0, titles = 0] = state.split(',').map(Number);
  switch (outcome.kind) {
    case 'sold':
      return quantity > 0 ? nameOf({ quantity: quantity - 1, titles }) : null;
    case 'out of stock':
      return quantity === 0 ? state : null;
    case 'restocked':
      return nameOf({ quantity: quantity + 1, titles });
    case 'retitled':
      return nameOf({ quantity, titles: titles + 1 });
    case 'created':
      return null;
    default:
      return outcome satisfies never;
  }
}

/** F4: as a counter of all that searches show. */
function onCatalogue(item: HistoryItem, stored: Stored): Invocation<number>[] {
  const { call, start, end, answer } = item;
  if (call.kind === 'search') {
    if (answer?.kind !== 'searched') return [];
    const { titles } = answer;
    return [{ start, end, apply: (state) => (state === titles ? state : null) }];
  }
  const outcome = outcomeOf(item, stored);
  if (outcome?.kind !== 'created' && outcome?.kind !== 'retitled') return [];
  return [{ start, end, apply: (state) => state + 1 }];
}

function nameOf({ quantity, titles }: Row): string {
  return `${quantity},${titles}`;
}
