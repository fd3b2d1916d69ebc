import { useState } from 'preact/hooks';
import { type Listed, type Order } from '../api/types.js';
import { formatPrice } from '../books/money.js';
import { formatTime, OrderState } from '../shop/order-page.js';
import { itemsOf } from '../shop/ordered-items.js';
import { Notice, Spinner } from '../ui/states.js';
import { type Administered, type Administration, listAddress } from './api.js';
import { CancelDialog } from './cancel-dialog.js';
import { filterOf, FindForm, type Sought } from './find-form.js';
import { usePages } from './use-pages.js';

interface Props {
  readonly administration: Administration;
  readonly close: () => void;
  readonly sought: Sought | null;
}

/** The newest first. */
export function Orders({ administration, close, sought }: Props) {
  const { pages, reload, more, replace } = usePages<Order>(
    (next) => load(administration, sought, next),
    close,
  );
  const [cancelling, setCancelling] = useState<string | null>(null);
  const chosen = pages.rows.find(({ orderId }) => orderId === cancelling);
  return (
    <>
      <FindForm path="/admin/orders" by={['reference', 'book', 'order']} sought={sought} />
      {pages.failure !== null && (
        <Notice title="That did not work" tone="error" retry={reload} children={pages.failure} />
      )}
      {pages.failure === null && pages.next === undefined && <Spinner label="Fetching the orders" />}
      {pages.next !== undefined && pages.rows.length === 0 && (
        <Notice title={sought === null ? 'No orders yet' : 'No such order'} />
      )}
      <ul class="admin-list" aria-label="Orders, the newest first">
        {pages.rows.map((order) => (
          <OrderRow key={order.orderId} order={order} cancel={() => setCancelling(order.orderId)} />
        ))}
      </ul>
      {pages.next != null && (
        <button type="button" class="button more" onClick={more}>
          Show more
        </button>
      )}
      {chosen && (
        <CancelDialog
          key={chosen.orderId}
          administration={administration}
          order={chosen}
          saw={(order) => replace(({ orderId }) => orderId === order.orderId, order)}
          notAllowed={close}
          close={() => setCancelling(null)}
        />
      )}
    </>
  );
}

async function load(
  administration: Administration,
  sought: Sought | null,
  next: string | undefined,
): Promise<Administered<Listed<Order>>> {
  if (sought?.by !== 'order') {
    return administration.orders(next ?? listAddress('orders', filterOf(sought)));
  }
  const found = await administration.order(sought.text);
  if (found.kind === 'done') return { kind: 'done', value: { rows: [found.value], next: null } };
  // Whatever is refused of an order's number: there is none of this name.
  return found.kind === 'refused' ? { kind: 'done', value: { rows: [], next: null } } : found;
}

function OrderRow({ order, cancel }: { order: Order; cancel: () => void }) {
  const { orderId, orderedAt, total, reference, state } = order;
  return (
    <li class="admin-row">
      <div>
        <p class="admin-row-head">
          <a href={`/order/${encodeURIComponent(orderId)}`}>{orderId}</a>
          <OrderState order={order} />
        </p>
        <ul class="admin-items">
          {itemsOf(order).map(({ bookId, title, quantity, cancelled }) => (
            <li key={bookId}>
              {quantity} × <a href={`/admin/edit?book=${bookId}`}>{title}</a>
              {cancelled > 0 && <em> ({cancelled} cancelled)</em>}
            </li>
          ))}
        </ul>
        <p class="admin-row-foot">
          <time dateTime={orderedAt}>{formatTime(orderedAt)}</time>
          {reference !== undefined && <span> · {reference}</span>}
        </p>
      </div>
      <b>{formatPrice(total)}</b>
      {state === 'cancelled' ? (
        <span />
      ) : (
        <button type="button" class="button" onClick={cancel}>
          Cancel…<span class="visually-hidden"> order {orderId}</span>
        </button>
      )}
    </li>
  );
}
