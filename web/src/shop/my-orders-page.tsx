import { Cover } from '../books/cover.js';
import { counted, formatPrice } from '../books/money.js';
import { useDesk } from '../purchase/desk-in-browser.js';
import { Page } from '../ui/page.js';
import { Notice } from '../ui/states.js';
import { formatTime } from './order-page.js';

/** The orders that were made in this browser. */
export function MyOrdersPage() {
  const desk = useDesk();
  const orders = desk.orders();
  const open = desk.open();
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
        {orders.map((order) => (
          <li key={order.orderId} class="order-row">
            <Cover title={order.title} />
            <div>
              <a href={`/order/${encodeURIComponent(order.orderId)}`}>{order.title}</a>
              <p>
                {counted(order.quantity, 'copy', 'copies')} · {formatTime(order.orderedAt)}
              </p>
            </div>
            <b>{formatPrice(order.total)}</b>
          </li>
        ))}
      </ul>
    </Page>
  );
}
