import { useRoute } from 'preact-iso';
import { useState } from 'preact/hooks';
import { fetchOrder } from '../api/shop.js';
import { type Order } from '../api/types.js';
import { Cover } from '../books/cover.js';
import { counted, formatPrice } from '../books/money.js';
import { Icon } from '../ui/icons.js';
import { Page } from '../ui/page.js';
import { Notice, Spinner } from '../ui/states.js';
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
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(order.orderId);
    setCopied(true);
  };
  return (
    <article class="receipt">
      <p class="receipt-shop">Bazar</p>
      <a class="receipt-book" href={`/book/${order.bookId}`}>
        <Cover title={order.title} />
        <span>{order.title}</span>
      </a>
      <dl>
        <div>
          <dt>Ordered</dt>
          <dd>
            <time dateTime={order.orderedAt}>{formatTime(order.orderedAt)}</time>
          </dd>
        </div>
        <div>
          <dt>{counted(order.quantity, 'copy', 'copies')}</dt>
          <dd>{formatPrice(order.price)} each</dd>
        </div>
        <div class="receipt-total">
          <dt>Paid</dt>
          <dd>{formatPrice(order.total)}</dd>
        </div>
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

const time = new Intl.DateTimeFormat('en-US', { dateStyle: 'long', timeStyle: 'short' });

export function formatTime(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso : time.format(date);
}
