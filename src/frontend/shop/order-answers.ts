import { priceOf } from '../../contract/book-limits.js';
import { type HoldRecord, type Lack, type OrderedCopies, type OrderRecord } from '../../contract/holding.js';
import { type LackingItem } from '../../contract/public-basket.js';
import { type HoldAnswer } from '../../contract/public-hold.js';
import { type OrderAnswer } from '../../contract/public-order.js';

type Line = Pick<OrderedCopies, 'bookId' | 'title' | 'copies' | 'priceCents'>;

export function orderAnswer({
  orderId,
  items,
  at,
  sequenceNumber,
  reference,
  oversold,
}: OrderRecord): OrderAnswer {
  const [first, ...others] = items;
  return {
    orderId,
    state: stateOf(items),
    ...(first !== undefined && others.length === 0 && only(first)),
    items: items.map((item) => ({ ...itemOf(item), cancelled: item.cancelled })),
    total: totalOf(items),
    orderedAt: new Date(at).toISOString(),
    sequenceNumber,
    ...(reference !== undefined && { reference }),
    ...(oversold !== undefined && { oversold }),
  };
}

export function holdAnswer({ holdId, state, items, until, orderId, reference }: HoldRecord): HoldAnswer {
  return {
    holdId,
    state,
    items: items.map(itemOf),
    total: totalOf(items),
    until: new Date(until).toISOString(),
    ...(orderId !== undefined && { orderId }),
    ...(reference !== undefined && { reference }),
  };
}

export function lackingItem({ bookId, title, reason, wanted, left, priceCents }: Lack): LackingItem {
  return {
    bookId,
    ...(title !== undefined && { title }),
    reason,
    wanted,
    ...(left !== undefined && { left }),
    ...(priceCents !== undefined && { price: priceOf(priceCents) }),
  };
}

function stateOf(items: readonly OrderedCopies[]): OrderAnswer['state'] {
  if (items.every(({ copies, cancelled }) => cancelled >= copies)) return 'cancelled';
  return items.some(({ cancelled }) => cancelled > 0) ? 'partly cancelled' : 'sold';
}

function itemOf({ bookId, title, copies, priceCents }: Line) {
  const [price, total] = [priceOf(priceCents), priceOf(priceCents * copies)];
  return { bookId, title, quantity: copies, price, total };
}

/** What an order of one book shows beside its item, as it did before there were baskets. */
function only({ bookId, title, copies, priceCents }: Line) {
  return { bookId, title, quantity: copies, price: priceOf(priceCents) };
}

function totalOf(items: readonly Line[]): number {
  return priceOf(items.reduce((sum, { copies, priceCents }) => sum + copies * priceCents, 0));
}
