import { type HistoryItem, type Violation } from '../history.js';
import { type LedgerOracle } from './ledger-oracle.js';

/** What a healed bookstore owes to who holds: every hold has ended, those of a basket alike, and nobody was refused before his time. */
export function checkHolds(
  items: readonly HistoryItem[],
  oracle: LedgerOracle,
  /** The wall clock that is furthest behind, at a true time. */
  latestWallMs: (time: number) => number,
): Violation[] {
  return [
    ...openHolds(oracle),
    ...halves(oracle),
    ...items.flatMap((item) => refusedEarly(item, oracle, latestWallMs)),
  ];
}

export function openHolds(oracle: LedgerOracle): Violation[] {
  return [...oracle.ledgers].flatMap(([bookId, { shelf }]) =>
    [...shelf.holds].flatMap(([holdId, { end }]): Violation[] =>
      end === 'held'
        ? [{ rule: 'held for ever', bookId, text: `book ${bookId}: ${holdId} has run out and is held still` }]
        : [],
    ),
  );
}

function halves(oracle: LedgerOracle): Violation[] {
  const holds = [...oracle.ledgers].flatMap(([bookId, { shelf }]) =>
    [...shelf.holds].map(([holdId, hold]) => ({ bookId, holdId, hold })),
  );
  return holds.flatMap(({ bookId, holdId, hold }): Violation[] => {
    if (hold.end !== 'sold') return [];
    const wrong = hold.otherBooks.filter(
      (other) =>
        !holds.some(
          (each) =>
            each.bookId === other &&
            each.hold.decidedBy === holdId &&
            each.hold.end === 'sold' &&
            each.hold.orderId === hold.orderId,
        ),
    );
    if (wrong.length === 0) return [];
    const text = `${holdId} of book ${bookId} is sold, and nothing of ${wrong.join(', ')}`;
    return [{ rule: 'half a basket', bookId, text }];
  });
}

function refusedEarly(
  { call, answer, client, end }: HistoryItem,
  oracle: LedgerOracle,
  latestWallMs: (time: number) => number,
): Violation[] {
  if (call.kind !== 'write' || call.operation.kind !== 'confirm') return [];
  if (answer?.kind !== 'written' || answer.result.kind !== 'decided') return [];
  if (answer.result.outcome.kind !== 'hold expired') return [];
  const { holdId } = call.operation;
  const until = oracle.hold(holdId)?.until ?? 0;
  if (latestWallMs(end) >= until) return [];
  return [
    { rule: 'ended early', bookId: call.bookId, text: `${client} may not confirm ${holdId} before its time` },
  ];
}
