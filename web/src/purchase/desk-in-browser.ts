import { placeOrder } from '../api/shop.js';
import { useChanges } from '../ui/use-changes.js';
import { newKey } from './key.js';
import { type Purchase, PurchaseDesk } from './desk.js';
import { orders } from './orders.js';
import { storedShelf } from './shelf.js';
import { browserStorage } from './slot.js';
import { waitForConnection } from './waiting.js';

/** The one desk of this page; what it must not forget is in localStorage. */
export const desk = new PurchaseDesk({
  place: placeOrder,
  wait: waitForConnection,
  newKey,
  pending: storedShelf<Purchase>(browserStorage(), 'bazar.purchases', 100),
  orders,
});

/** Renders anew whenever a purchase changes. */
export function useDesk(): PurchaseDesk {
  return useChanges(desk);
}
