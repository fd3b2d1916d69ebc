import { type LackingItem } from '../api/types.js';
import { type CheckoutItem } from './open-checkout.js';

/** The items as they can be had: fewer copies, other prices, and without those of which there are none. */
export function whatIsLeft(
  items: readonly CheckoutItem[],
  lacking: readonly LackingItem[],
): readonly CheckoutItem[] {
  return items.flatMap((item) => {
    const lacks = lacking.find(({ bookId }) => bookId === item.bookId);
    if (lacks === undefined) return [item];
    const left = lacks.left ?? (lacks.reason === 'price changed' ? item.quantity : 0);
    const quantity = Math.min(item.quantity, left);
    if (lacks.reason === 'no such book' || quantity === 0) return [];
    return [{ ...item, quantity, price: lacks.price ?? item.price }];
  });
}
