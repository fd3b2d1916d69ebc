import { type Book, type BookChanges, type Operation } from './types.js';

/** Whether two operations ask for the same thing: an id that comes back with another wish is a mistake of the caller. */
export function sameWish(a: Operation, b: Operation): boolean {
  return a.kind === b.kind && JSON.stringify(wishOf(a)) === JSON.stringify(wishOf(b));
}

/** What makes it another wish when it differs. */
function wishOf(operation: Operation): readonly unknown[] {
  switch (operation.kind) {
    case 'create':
      return OF_A_BOOK.map((field) => operation.book[field]);
    case 'claim':
      return [operation.bookId, operation.key];
    case 'edit':
      // A claim is a fact.
      return [operation.expectedSequenceNumber, ...CHANGEABLE.map((field) => operation.changes[field])];
    case 'restock':
      return [operation.copies];
    case 'sale':
      return [operation.copies, operation.expectedPriceCents, operation.reference];
    case 'hold':
      return [operation.copies, operation.expectedPriceCents, operation.reference, operation.term];
    case 'confirm':
    case 'release':
      // The lines of a basket are facts.
      return [operation.holdId];
    case 'settle':
      return [operation.holdId, operation.orderId];
    case 'cancel':
      return [operation.orderId, operation.copies];
    case 'expire':
      return [];
    default:
      return operation satisfies never;
  }
}

const OF_A_BOOK = [
  'title',
  'topic',
  'priceCents',
  'quantity',
  'isbn',
  'author',
] as const satisfies (keyof Book)[];
const CHANGEABLE = [...OF_A_BOOK, 'hidden'] as const satisfies (keyof BookChanges)[];
