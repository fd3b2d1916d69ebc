import {
  CATALOGUE,
  type Book,
  type BookId,
  type Entry,
  type StoredRecord,
} from '../../../src/core/replication/types.js';
import { type ReplicaStatus } from '../../../src/core/replication/api.js';
import { type Violation } from '../history.js';
import { sameBook } from './book-model.js';
import { type LedgerOracle } from './ledger-oracle.js';

/** One replica at the end of a run. */
export interface Remains {
  readonly name: string;
  readonly replica: { status(): Pick<ReplicaStatus, 'ready' | 'pending' | 'barred' | 'waiting'> } | null;
  readonly store: {
    record(bookId: BookId): StoredRecord | undefined;
    entries(bookId: BookId, from: number, limit: number): Entry[];
  };
}

/** At the end every replica holds the whole ledger, and nothing else; nothing is pending, barred or waiting. */
export function checkConvergence(remains: readonly Remains[], oracle: LedgerOracle): Violation[] {
  const violations: Violation[] = [];
  for (const { name, replica, store } of remains) {
    const differ = (text: string, bookId?: BookId): void => {
      violations.push({
        rule: 'replicas differ',
        text: `${name}: ${text}`,
        ...(bookId === undefined ? {} : { bookId }),
      });
    };
    if (replica === null) {
      differ('is down at the end');
      continue;
    }
    const { ready, pending, barred, waiting } = replica.status();
    if (!ready) differ('is not ready at the end');
    if (pending.length > 0) differ(`holds pending at the end: ${pending.join(', ')}`, pending[0]);
    if (barred.length > 0) differ(`is barred at the end: ${barred.join(', ')}`, barred[0]);
    if (waiting > 0) differ(`lets ${waiting} operations wait at the end`);
    for (const [bookId, ledger] of oracle.ledgers) {
      const text = compare(
        bookId,
        ledger,
        store.record(bookId),
        store.entries(bookId, 0, ledger.entries.length + 10),
      );
      if (text !== null) differ(`book ${bookId}: ${text}`, bookId);
    }
  }
  return violations;
}

function compare(
  bookId: BookId,
  ledger: {
    readonly first: number;
    readonly entries: readonly Entry[];
    readonly books: readonly (Book | null)[];
  },
  record: StoredRecord | undefined,
  entries: readonly Entry[],
): string | null {
  const last = ledger.first + ledger.entries.length - 1;
  if (record?.committed !== last) return `is at ${record?.committed ?? 'nothing'} instead of ${last}`;
  if (bookId !== CATALOGUE && !sameBook(record.book, ledger.books.at(-1) ?? null)) {
    return `is ${JSON.stringify(record.book)} instead of ${JSON.stringify(ledger.books.at(-1))}`;
  }
  // The oracle compared every commit with its own ledger, so the same objects mean the same entries.
  const wrong = ledger.entries.findIndex(
    (entry, at) => JSON.stringify(entries[at]) !== JSON.stringify(entry),
  );
  return wrong === -1 ? null : `entry ${ledger.first + wrong} differs`;
}
