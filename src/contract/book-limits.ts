/** What a book's fields may hold, on every path that takes them. */
export const BOOK_LIMITS = {
  /** Characters of a title, a topic or an author. */
  textLength: 500,
  isbnLength: 32,
  priceCents: 100_000_000,
  quantity: 1_000_000_000,
  operationIdLength: 300,
  /** Characters of a search text. */
  searchLength: 200,
} as const;

/** A price on the wire from whole cents: 2500 is 25, 2801 is 28.01. */
export function priceOf(priceCents: number): number {
  return priceCents / 100;
}

/** Whole cents of a price that has at most two decimals. */
export function centsOf(price: number): number {
  return Math.round(price * 100);
}

/** How long a hold may run: a second to seven days. */
export const HOLD_TTL = { shortestSeconds: 1, longestSeconds: 7 * 24 * 60 * 60 } as const;

/** Characters of the name under which somebody administers. */
export const NAME_LENGTH = 60;

/** Characters of what a client calls a hold or an order. */
export const REFERENCE_LENGTH = 200;
