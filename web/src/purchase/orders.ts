import { type Order } from '../api/types.js';
import { storedShelf } from './shelf.js';
import { browserStorage } from './slot.js';

/** The orders that were made in this browser. */
export const orders = storedShelf<Order>(browserStorage(), 'bazar.orders', 500);
