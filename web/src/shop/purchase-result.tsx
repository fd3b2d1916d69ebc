import { type Book } from '../api/types.js';
import { counted, formatPrice } from '../books/money.js';
import { type PurchaseState } from '../purchase/desk.js';
import { Icon } from '../ui/icons.js';
import { copiesIn } from './ordered-items.js';

/** What became of a purchase, in plain words: exactly one of these is ever shown. */
export function PurchaseResult({
  state,
  book,
  askAgain,
}: {
  state: PurchaseState;
  book: Book;
  askAgain: () => void;
}) {
  switch (state.kind) {
    case 'sending':
      return <p class="result result-wait">Just a moment…</p>;
    case 'checking':
      return (
        <p class="result result-wait">
          <b>We are checking whether your order went through.</b> The shop did not answer in time. We keep
          asking, and you will not be charged twice. You may leave this page.
        </p>
      );
    case 'stalled':
      return (
        <p class="result result-wait">
          <b>Still no word on your order.</b> It is kept under its own number, so asking again cannot buy
          twice.{' '}
          <button type="button" class="button" onClick={askAgain}>
            Ask again
          </button>
        </p>
      );
    case 'bought':
      return (
        <p class="result result-good">
          <Icon name="check" />
          <span>
            <b>
              {copiesIn(state.order) === 1
                ? 'It’s yours.'
                : `${counted(copiesIn(state.order), 'copy', 'copies')} are yours.`}
            </b>{' '}
            Order <a href={`/order/${encodeURIComponent(state.order.orderId)}`}>{state.order.orderId}</a>,{' '}
            {formatPrice(state.order.total)}.
          </span>
        </p>
      );
    case 'out of stock':
      return <p class="result result-bad">{outOfStock(state.purchase.quantity, state.book ?? book)}</p>;
    case 'price changed':
      return (
        <p class="result result-bad">
          <b>The price changed meanwhile</b> from {formatPrice(state.purchase.price)} to{' '}
          {formatPrice((state.book ?? book).price)}. Nothing was bought; buy again if you like the new price.
        </p>
      );
    case 'failed':
      return <p class="result result-bad">{state.message}</p>;
    default:
      return state satisfies never;
  }
}

function outOfStock(wanted: number, book: Book): string {
  if (book.quantity === 0) return 'Somebody took the last copy just before you. Nothing was bought.';
  return `You wanted ${counted(wanted, 'copy', 'copies')}, but only ${book.quantity} are left. Nothing was bought.`;
}
