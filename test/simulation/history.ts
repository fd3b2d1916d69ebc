import { type ReadResult, type SubmitResult } from '../../src/core/replication/results.js';
import { type BookId, type Operation } from '../../src/core/replication/types.js';

/** By a part of the topic (F4), or by words of title and topic, with what each book's own look-up shows (F7). */
export type SearchBy = 'topic' | 'words';

export interface FoundBook {
  readonly id: BookId;
  readonly title: string;
  readonly topic: string;
  /** Of a search by words, from a front-end. */
  readonly looked?: { readonly priceCents: number; readonly quantity: number };
}

export type Call =
  | { readonly kind: 'write'; readonly bookId: BookId; readonly operation: Operation }
  | { readonly kind: 'look-up'; readonly bookId: BookId }
  | { readonly kind: 'search'; readonly text: string; readonly by: SearchBy };

export type Answer =
  | { readonly kind: 'written'; readonly result: SubmitResult }
  | { readonly kind: 'looked up'; readonly result: ReadResult }
  | { readonly kind: 'searched'; readonly books: readonly FoundBook[] }
  /** Writes: all attempts were refused for certain. Reads: nobody could answer. */
  | { readonly kind: 'refused' }
  /** Writes: may have been, may yet be, or may never be applied. */
  | { readonly kind: 'unknown' };

/** What one client asked and got, in true time: all that a checker of outside behaviour may look at. */
export interface HistoryItem {
  readonly index: number;
  readonly client: string;
  readonly call: Call;
  /** When the first attempt was made. */
  readonly start: number;
  /** When the client had its answer; Infinity while it has none. */
  end: number;
  answer: Answer | null;
}

export class History {
  readonly items: HistoryItem[] = [];

  call(client: string, call: Call, start: number): HistoryItem {
    const item = { index: this.items.length, client, call, start, end: Infinity, answer: null };
    this.items.push(item);
    return item;
  }

  answer(item: HistoryItem, answer: Answer, end: number): void {
    item.answer = answer;
    item.end = answer.kind === 'unknown' ? Infinity : end;
  }
}

/**
 * One item for each operation, where several clients sent the same one: it may have been applied from the first call on, and
 * has been by the first answer.
 */
export function mergeTwins(items: readonly HistoryItem[]): HistoryItem[] {
  const merged = new Map<string, HistoryItem>();
  for (const item of items) {
    const key = item.call.kind === 'write' ? item.call.operation.operationId : `no. ${item.index}`;
    const twin = merged.get(key);
    merged.set(key, twin === undefined ? item : mergeTwo(twin, item));
  }
  return [...merged.values()];
}

function mergeTwo(a: HistoryItem, b: HistoryItem): HistoryItem {
  const rank = ({ answer }: HistoryItem): number =>
    answer?.kind === 'written' ? 0 : answer?.kind === 'refused' ? 2 : 1;
  const first = rank(a) < rank(b) || (rank(a) === rank(b) && a.end <= b.end) ? a : b;
  return { ...first, start: Math.min(a.start, b.start) };
}

/** Something that must never be, found by a checker. */
export interface Violation {
  /** Short and stable: mutation tables and summaries count by it. */
  readonly rule: ViolationKind;
  readonly text: string;
  /** For the trace, when it is about one record. */
  readonly bookId?: BookId;
}

export type ViolationKind =
  | 'decided twice'
  | 'wrong fold'
  | 'wrong outcome'
  | 'operation applied twice'
  | 'stock below zero'
  | 'copies lost'
  | 'half a basket'
  | 'ended early'
  | 'held for ever'
  | 'one key, two books'
  | 'acknowledged write lost'
  | 'refused write applied'
  | 'real-time order'
  | 'not linearizable'
  | 'stale search'
  | 'replicas differ'
  | 'no progress'
  | 'callback'
  | 'thrown'
  | 'runaway';
