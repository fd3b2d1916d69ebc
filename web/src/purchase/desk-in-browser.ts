import { useEffect, useState } from 'preact/hooks';
import { placeOrder } from '../api/shop.js';
import { type Order } from '../api/types.js';
import { newKey } from './key.js';
import { type Purchase, PurchaseDesk } from './desk.js';
import { storedShelf } from './shelf.js';

/** The one desk of this page; what it must not forget is in localStorage. */
export const desk = new PurchaseDesk({
  place: placeOrder,
  wait: (delayMs) =>
    new Promise((resolve) => {
      const timer = setTimeout(done, delayMs);
      // A connection that comes back is the best moment to ask.
      window.addEventListener('online', done);
      function done(): void {
        clearTimeout(timer);
        window.removeEventListener('online', done);
        resolve();
      }
    }),
  newKey,
  pending: storedShelf<Purchase>(storage(), 'bazar.purchases', 100),
  orders: storedShelf<Order>(storage(), 'bazar.orders', 500),
});

/** Null where the browser forbids it. */
function storage(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}

/** Renders anew whenever a purchase changes. */
export function useDesk(): PurchaseDesk {
  const [, render] = useState(0);
  useEffect(() => desk.subscribe(() => render((count) => count + 1)), []);
  return desk;
}
