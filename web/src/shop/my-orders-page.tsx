import { useEffect, useState } from 'preact/hooks';
import { fetchOrder } from '../api/shop.js';
import { Cover } from '../books/cover.js';
import { counted, formatPrice } from '../books/money.js';
import { useDesk } from '../purchase/desk-in-browser.js';
import { orders as kept } from '../purchase/orders.js';
import { Page } from '../ui/page.js';
import { Notice } from '../ui/states.js';
import { formatTime, OrderState } from './order-page.js';
import { copiesIn, itemsOf, namesOf } from './ordered-items.js';

const AT_ONCE = 20;

/** The orders that were made in this browser. */
export function MyOrdersPage() {
  const desk = useDesk();
  const [shown, setShown] = useState(AT_ONCE);
  const orders = desk.orders();
  const open = desk.open();
  useStates(
    orders.slice(0, shown).map(({ orderId }) => orderId),
    shown,
  );
  return (
    <Page title="My orders">
      <h1>My orders</h1>
      <p class="lead">Kept in this browser only. Note an order’s number to find it from elsewhere.</p>
      {open.length > 0 && (
        <ul class="orders" aria-label="Under way">
          {open.map(({ key, bookId, title, quantity }) => (
            <li key={key} class="order-row">
              <Cover title={title} />
              <div>
                <a href={`/book/${bookId}`}>{title}</a>
                <p>{counted(quantity, 'copy', 'copies')} · we are checking whether it went through</p>
              </div>
            </li>
          ))}
        </ul>
      )}
      {orders.length === 0 && open.length === 0 && (
        <Notice title="No orders yet">
          What you buy will be listed here. <a href="/">Look around</a>
        </Notice>
      )}
      <ul class="orders" aria-label="Orders">
        {orders.slice(0, shown).map((order) => (
          <li key={order.orderId} class={`order-row ${order.state === 'cancelled' ? 'order-cancelled' : ''}`}>
            <Cover title={itemsOf(order)[0]?.title ?? ''} />
            <div>
              <a href={`/order/${encodeURIComponent(order.orderId)}`}>{namesOf(order)}</a>
              <p>
                {counted(copiesIn(order), 'copy', 'copies')} · {formatTime(order.orderedAt)}
              </p>
              <OrderState order={order} />
            </div>
            <b>{formatPrice(order.total)}</b>
          </li>
        ))}
      </ul>
      {orders.length > shown && (
        <button type="button" class="button more" onClick={() => setShown(shown + AT_ONCE)}>
          Show earlier orders
        </button>
      )}
    </Page>
  );
}

/** What became of orders since: the shop may have cancelled them. Those shown newly are asked for. */
function useStates(orderIds: readonly string[], shown: number): void {
  const [, render] = useState(0);
  useEffect(() => {
    const leaving = new AbortController();
    for (const orderId of orderIds.slice(shown - AT_ONCE)) {
      void fetchOrder(orderId, leaving.signal).then((fetched) => {
        if (fetched.kind !== 'found') return;
        kept.replace(orderId, fetched.value);
        render((count) => count + 1);
      });
    }
    return () => leaving.abort();
  }, [shown]);
}
