import { browserStorage, onWrittenElsewhere, storedSlot } from '../purchase/slot.js';
import { useChanges } from '../ui/use-changes.js';
import { Basket, linesIn } from './basket.js';

const NAME = 'bazar.basket';

/** The one basket of this browser: all its tabs show the same. */
export const basket = new Basket(storedSlot(browserStorage(), NAME, linesIn));
onWrittenElsewhere(NAME, () => basket.changed());

/** Renders anew whenever the basket changes. */
export function useBasket(): Basket {
  return useChanges(basket);
}
