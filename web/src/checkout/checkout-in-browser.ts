import { confirmHold, fetchHold, placeHold, releaseHold } from '../api/holds.js';
import { type Order } from '../api/types.js';
import { basket } from '../basket/basket-in-browser.js';
import { newKey } from '../purchase/key.js';
import { orders } from '../purchase/orders.js';
import { browserStorage, onWrittenElsewhere, storedSlot } from '../purchase/slot.js';
import { waitForConnection } from '../purchase/waiting.js';
import { useChanges } from '../ui/use-changes.js';
import { Checkout } from './checkout.js';
import { CHECKOUT_NAME, openIn } from './open-checkout.js';

/** The one checkout of this browser. */
export const checkout = new Checkout({
  place: placeHold,
  confirm: confirmHold,
  release: releaseHold,
  look: fetchHold,
  wait: waitForConnection,
  newKey,
  open: storedSlot(browserStorage(), CHECKOUT_NAME, openIn),
  bought,
});
onWrittenElsewhere(CHECKOUT_NAME, () => void checkout.resume());

/** Another tab may have done so: then the basket has been emptied. */
function bought(order: Order): void {
  if (orders.all().some(({ orderId }) => orderId === order.orderId)) return;
  orders.put(order.orderId, order);
  basket.take(order.items);
}

/** Renders anew whenever the checkout goes on. */
export function useCheckout(): Checkout {
  return useChanges(checkout);
}
