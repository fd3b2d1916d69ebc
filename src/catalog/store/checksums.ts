import { crc32 } from 'node:zlib';
import { type Ballot, type Book, type BookId, type StoredHold } from '../../core/replication/types.js';
import { Damage } from './damage.js';

/** A 32-bit checksum: what a disk changes by mistake is missed once in four thousand million times. Null: of an older file. */
export type Checksum = number | null;

export function checksumOfText(text: string): number {
  return crc32(text);
}

/** Replicas that agree on a book have the same. */
export function checksumOfBook(bookId: BookId, committed: number, book: Book | null): number {
  const content = book && [book.title, book.topic, book.priceCents, book.quantity, book.isbn, book.author];
  const { claim = 0, hidden = false } = book ?? {};
  // Earlier releases knew neither.
  const later = claim === 0 && !hidden ? [] : [claim, hidden];
  return crc32(JSON.stringify([bookId, committed, content, ...later]));
}

export function checksumOfPromise(bookId: BookId, { round, replicaId, startNumber }: Ballot): number {
  return crc32(JSON.stringify([bookId, round, replicaId, startNumber]));
}

export function checksumOfHold(hold: StoredHold): number {
  const { holdId, bookId, copies, priceCents, until, decidedBy, otherBooks, reference, end } = hold;
  const orderId = end?.kind === 'sold' ? end.orderId : null;
  const content = [holdId, bookId, copies, priceCents, until, decidedBy, otherBooks, reference];
  return crc32(JSON.stringify([...content, end?.kind ?? null, orderId]));
}

export function checksumOfCancellation(bookId: BookId, orderId: string, copies: number): number {
  return crc32(JSON.stringify([bookId, orderId, copies]));
}

/** Throws `Damage` when there is a checksum and it does not fit. */
export function expectFit(found: number, stored: Checksum, what: () => string): void {
  if (stored !== null && stored !== found) throw new Damage(`the checksum of ${what()} does not fit`);
}
