import { type Book, type BookId, type Operation, type Outcome } from './types.js';

/** What became of an operation that was handed to a replica. */
export type SubmitResult =
  /**
   * In the ledger, in entry `entryNumber` of the record that it was handed in for; `operation` is the one that the ledger holds.
   * `book` and `sequenceNumber`, its version, are the book's as this replica knows it now.
   */
  | {
      readonly kind: 'decided';
      readonly operation: Operation;
      readonly outcome: Outcome;
      readonly entryNumber: number;
      readonly bookId: BookId;
      readonly sequenceNumber: number;
      readonly book: Book | null;
      /** An earlier request had put it into the ledger. Left out when it did not, or when that cannot be told. */
      readonly repeated?: boolean;
      /** What its buyer calls the order that a confirmation made; null: nothing. Left out of all else, and by whoever does not say. */
      readonly reference?: string | null;
    }
  | { readonly kind: 'no such book' }
  /** The operation id is in the ledger of another book, or was given to another operation. */
  | { readonly kind: 'operation id reused' }
  /** Definite: it was not and will not be applied. Safe to hand to another replica. */
  | { readonly kind: 'not started'; readonly reason: 'not ready' | 'busy' | 'deadline' }
  /** Indefinite: it may be applied later, or never. Only the same operation id may be sent again. */
  | { readonly kind: 'unknown' };

/** Of several attempts of one request each may be what another of them repeats: then it is not known that an earlier request was. */
export function amongAttempts<R extends { readonly kind: string; readonly repeated?: boolean }>(
  result: R,
  others: { readonly underWay: boolean; readonly mayHaveHappened: boolean },
): R {
  if (result.repeated !== true) return result;
  return others.underWay || others.mayHaveHappened ? { ...result, repeated: false } : result;
}

/** Copies that could be bought when it was refused; earlier releases do not say, and the book as it is now is as good an answer. */
export function copiesLeft(refused: Outcome, book: Book | null): number {
  const left = refused.kind === 'out of stock' ? refused.left : undefined;
  return left ?? Math.max(0, book?.quantity ?? 0);
}

export type ReadResult =
  | {
      readonly kind: 'found';
      readonly bookId: BookId;
      readonly book: Book;
      /** The book's version: the number of the last entry that changed it. */
      readonly sequenceNumber: number;
      /** Whether this replica could give the answer locally, without asking another: only then may a front-end keep it (F2). */
      readonly cacheable: boolean;
    }
  | { readonly kind: 'not found'; readonly cacheable: boolean }
  /** No majority could be reached before the deadline. */
  | { readonly kind: 'unavailable' };
