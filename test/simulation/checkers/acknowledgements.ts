import { type SubmitResult } from '../../../src/core/replication/results.js';
import { type Outcome } from '../../../src/core/replication/types.js';
import { type HistoryItem, type Violation } from '../history.js';
import { sameBook } from './book-model.js';
import { type LedgerOracle, type Place } from './ledger-oracle.js';

type DecidedResult = Extract<SubmitResult, { kind: 'decided' }>;

/** What clients were told of their writes, against the ledger. */
export function checkAcknowledgements(items: readonly HistoryItem[], oracle: LedgerOracle): Violation[] {
  return items.flatMap((item) => {
    const text = wrong(item, oracle);
    return text === null
      ? []
      : [{ ...text, text: `${item.client}'s write (no. ${item.index}): ${text.text}` }];
  });
}

/**
 * When both sides of a split were given the same operation, each told its own outcome. The merge keeps one, and beside it what the other did,
 * if it did something else: nobody who was told that something was done may find that it was not.
 */
function isStored(told: Outcome, place: Place, twin: Place | undefined, merged: boolean): boolean {
  if (!merged) return JSON.stringify(place.outcome) === JSON.stringify(told);
  return (
    !DONE.has(told.kind) || isDone(told, place.outcome) || (twin !== undefined && isDone(told, twin.outcome))
  );
}

const DONE: ReadonlySet<Outcome['kind']> = new Set([
  'created',
  'edited',
  'restocked',
  'sold',
  'held',
  'released',
  'cancelled',
]);

function isDone(told: Outcome, stored: Outcome): boolean {
  if (told.kind === 'created' && stored.kind === 'created') return told.bookId === stored.bookId;
  if (told.kind === 'held' && stored.kind === 'held') return told.holdId === stored.holdId;
  return told.kind === stored.kind;
}

function wrong({ call, answer }: HistoryItem, oracle: LedgerOracle): Violation | null {
  if (call.kind !== 'write' || answer === null) return null;
  const { operationId } = call.operation;
  const { bookId } = call;
  const place = oracle.places.get(operationId);
  if (answer.kind === 'refused') {
    if (place === undefined) return null;
    return { rule: 'refused write applied', bookId, text: `${operationId} was refused and is in the ledger` };
  }
  if (answer.kind !== 'written' || answer.result.kind !== 'decided') return null;
  const { result } = answer;
  // Who guesses is told so, and nothing is written.
  const { kind } = result.outcome;
  if (place === undefined && (kind === 'no such hold' || kind === 'no such order')) return null;
  if (place === undefined) {
    return {
      rule: 'acknowledged write lost',
      bookId,
      text: `${operationId} was acknowledged, no ledger has it`,
    };
  }
  if (!isStored(result.outcome, place, oracle.places.get(`split:${operationId}`), oracle.merged)) {
    const text = `${operationId} was answered ${result.outcome.kind}, the ledger says ${place.outcome.kind}`;
    return { rule: 'acknowledged write lost', bookId, text };
  }
  return oracle.merged ? null : wrongFold(result, place, oracle);
}

/** Whether the answer shows another book than the ledger makes. */
function wrongFold(result: DecidedResult, place: Place, oracle: LedgerOracle): Violation | null {
  const { bookId } = result;
  const { operationId } = result.operation;
  const version = oracle.ledgers.get(bookId)?.versions[place.sequenceNumber] ?? 0;
  if (place.bookId === bookId && result.sequenceNumber < version) {
    const text = `${operationId} of entry ${place.sequenceNumber} was answered at ${result.sequenceNumber}`;
    return { rule: 'wrong fold', bookId, text };
  }
  const book = oracle.ledgers.get(bookId)?.books[result.sequenceNumber] ?? null;
  if (result.book !== null && !sameBook(book, result.book)) {
    const text = `${operationId} was answered with ${JSON.stringify(result.book)} at ${result.sequenceNumber}`;
    return { rule: 'wrong fold', bookId, text };
  }
  return null;
}
