import { useRoute } from 'preact-iso';
import { useEffect, useState } from 'preact/hooks';
import { fetchOrder } from '../api/shop.js';
import { type Order, type OrderedItem } from '../api/types.js';
import { Cover } from '../books/cover.js';
import { counted, formatPrice, totalOf } from '../books/money.js';
import { orders as kept } from '../purchase/orders.js';
import { Icon } from '../ui/icons.js';
import { Page } from '../ui/page.js';
import { Notice, Spinner } from '../ui/states.js';
import { itemsOf } from './ordered-items.js';
import { useFetched } from './use-fetched.js';

export function OrderPage() {
  const { params } = useRoute();
  const { state, retry } = useFetched(params['orderId'] ?? '', fetchOrder);
  return (
    <Page title="Order">
      <h1 class="visually-hidden">Order</h1>
      {state.kind === 'loading' && <Spinner label="Fetching the order" />}
      {state.kind === 'missing' && (
        <Notice title="There is no such order">
          Check its number, or see <a href="/my-orders">your orders</a>.
        </Notice>
      )}
      {state.kind === 'failed' && (
        <Notice title="The order could not be fetched" tone="error" retry={retry} children={state.message} />
      )}
      {state.kind === 'found' && <Receipt order={state.value} />}
    </Page>
  );
}

function Receipt({ order }: { order: Order }) {
  const [copied, setCopied] = useState(false);
  const items = itemsOf(order);
  const cancelled = totalOf(items.map(({ price, cancelled }) => ({ price, quantity: cancelled })));
  // Listed among the orders of this browser as it is now.
  useEffect(() => kept.replace(order.orderId, order), [order]);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(order.orderId);
    setCopied(true);
  };
  return (
    <article class="receipt">
      <p class="receipt-shop">Bazar</p>
      <OrderState order={order} />
      <ul class="receipt-books" aria-label="Books">
        {items.map((item) => (
          <ReceiptItem key={item.bookId} item={item} alone={items.length === 1} />
        ))}
      </ul>
      <dl>
        <div>
          <dt>Ordered</dt>
          <dd>
            <time dateTime={order.orderedAt}>{formatTime(order.orderedAt)}</time>
          </dd>
        </div>
        {order.reference !== undefined && (
          <div>
            <dt>Reference</dt>
            <dd>{order.reference}</dd>
          </div>
        )}
        <div class="receipt-total">
          <dt>Paid</dt>
          <dd>{formatPrice(order.total)}</dd>
        </div>
        {cancelled > 0 && (
          <div class="receipt-cancelled">
            <dt>Of this, cancelled</dt>
            <dd>{formatPrice(cancelled)}</dd>
          </div>
        )}
      </dl>
      <p class="receipt-number">
        <span>
          Order <code>{order.orderId}</code>
        </span>
        {'clipboard' in navigator && (
          <button
            type="button"
            class="button button-quiet"
            aria-label="Copy the order number"
            onClick={() => void copy()}
          >
            <Icon name={copied ? 'check' : 'copy'} />
          </button>
        )}
      </p>
    </article>
  );
}

function ReceiptItem({ item, alone }: { item: OrderedItem; alone: boolean }) {
  const { bookId, title, quantity, price, total, cancelled } = item;
  return (
    <li>
      <a class="receipt-book" href={`/book/${bookId}`}>
        <Cover title={title} />
        <span>{title}</span>
      </a>
      <dl>
        <div>
          <dt>{counted(quantity, 'copy', 'copies')}</dt>
          <dd>
            {formatPrice(price)} each{!alone && <> · {formatPrice(total)}</>}
          </dd>
        </div>
        {cancelled > 0 && (
          <div class="receipt-cancelled">
            <dt>{cancelled === quantity ? 'Cancelled' : `${cancelled} cancelled`}</dt>
            <dd>−{formatPrice(totalOf([{ price, quantity: cancelled }]))}</dd>
          </div>
        )}
      </dl>
    </li>
  );
}

/** Nothing of an order that stands as it was made. */
export function OrderState({ order }: { order: Order }) {
  const state = order.state as Order['state'] | undefined;
  switch (state) {
    // Kept by this browser since a release without states.
    case undefined:
    case 'sold':
      return null;
    case 'partly cancelled':
      return <p class="order-state">Partly cancelled</p>;
    case 'cancelled':
      return <p class="order-state">Cancelled</p>;
    default:
      return state satisfies never;
  }
}

const time = new Intl.DateTimeFormat('en-US', { dateStyle: 'long', timeStyle: 'short' });

export function formatTime(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso : time.format(date);
}
