import { BOOK_LIMITS, centsOf } from '../../contract/book-limits.js';
import { HIGHEST_BOOK_ID } from '../../contract/book-id.js';
import { type WantedCopies } from '../../contract/holding.js';
import { type BasketItem } from '../../contract/public-basket.js';
import { ShopError } from './shop.error.js';

/** One line for each book, in the order of their ids; several lines of one book are added up. */
export function wantedItems(items: readonly BasketItem[]): WantedCopies[] {
  const wanted = new Map<number, WantedCopies>();
  for (const [at, { bookId, quantity, price }] of items.entries()) {
    const given = price === undefined ? null : centsOf(price);
    const before = wanted.get(bookId);
    const copies = (before?.copies ?? 0) + quantity;
    if (copies > BOOK_LIMITS.quantity)
      throw new ShopError('too many copies', { fields: [`items.${at}.quantity`] });
    const seen = before?.expectedPriceCents ?? null;
    if (seen !== null && given !== null && seen !== given)
      throw new ShopError('two prices', { fields: [`items.${at}.price`] });
    wanted.set(bookId, { bookId, copies, expectedPriceCents: seen ?? given });
  }
  const missing = [...wanted.values()].filter(({ bookId }) => bookId > HIGHEST_BOOK_ID);
  if (missing.length > 0) throw noSuchBook(missing, wanted.size);
  return [...wanted.values()].sort((a, b) => a.bookId - b.bookId);
}

/** An order of one book is refused as it was before there were baskets. */
function noSuchBook(missing: readonly WantedCopies[], books: number): ShopError {
  const reason = 'no such book';
  if (books === 1) return new ShopError(reason);
  return new ShopError(reason, {
    reason,
    items: missing.map(({ bookId, copies: wanted }) => ({ bookId, reason, wanted })),
  });
}
