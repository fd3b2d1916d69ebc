import { type Order, type OrderedItem } from '../api/types.js';

/** The books of an order. This browser may have kept it since a release that knew orders of one book only. */
export function itemsOf(order: Order): readonly OrderedItem[] {
  const items = order.items as Order['items'] | undefined;
  if (items !== undefined && items.length > 0) return items;
  const { bookId = 0, title = '', quantity = 0, price = 0, total } = order;
  return [{ bookId, title, quantity, price, total, cancelled: 0 }];
}

export function copiesIn(order: Order): number {
  return itemsOf(order).reduce((sum, { quantity }) => sum + quantity, 0);
}

/** `Spring and 2 more books` */
export function namesOf(order: Order): string {
  const [first, ...rest] = itemsOf(order);
  const more = rest.length === 0 ? '' : ` and ${rest.length} more ${rest.length === 1 ? 'book' : 'books'}`;
  return (first?.title ?? '') + more;
}
