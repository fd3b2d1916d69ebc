import { type LedgerLine, type LedgerOperation } from '../contract/ops.js';
import { type Decided, type Entry } from '../core/replication/types.js';

/** An entry may hold hundreds of operations. */
const MOST_OPERATIONS = 6;

/** Entries as the ops page shows them, newest first; without operation ids, which are their buyers' keys. */
export function ledgerLines(entries: readonly Entry[]): LedgerLine[] {
  return [...entries].reverse().map(({ sequenceNumber, origin, decided }) => ({
    sequenceNumber,
    origin,
    operations: decided.slice(0, MOST_OPERATIONS).map(lineOf),
    operationCount: decided.length,
  }));
}

function lineOf({ operation, outcome }: Decided): LedgerOperation {
  const copies = 'copies' in operation ? operation.copies : null;
  return { kind: operation.kind, outcome: outcome.kind, copies };
}
