import { type OrderRecord, type OrdersPage } from '../../contract/holding.js';

/** No order id, which are lower-case letters and digits, comes after it. */
export const ABOVE_ALL_ORDERS = '~';

/** The id of the last order shown, behind a number that says where it stands. */
interface OrdersCursor {
  readonly number: number;
  readonly orderId: string;
}

/** Undefined: that is no cursor of a list of orders. */
export function parseOrdersCursor(cursor: string): OrdersCursor | undefined {
  const [, digits, orderId] = /^(\d{1,15})\.([\da-z]{1,64})$/.exec(cursor) ?? [];
  return digits === undefined || orderId === undefined ? undefined : { number: Number(digits), orderId };
}

/** `orders`: one more than `limit` of them when there are more. */
export function ordersPage(
  orders: readonly OrderRecord[],
  limit: number,
  numberOf: (order: OrderRecord) => number = ({ at }) => at,
): OrdersPage {
  const shown = orders.slice(0, limit);
  const last = shown.at(-1);
  const hasMore = orders.length > limit && last !== undefined;
  return { orders: shown, next: hasMore ? `${numberOf(last)}.${last.orderId}` : null };
}
