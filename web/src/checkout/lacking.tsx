import { type LackingItem } from '../api/types.js';
import { basket } from '../basket/basket-in-browser.js';
import { counted, formatPrice, totalOf } from '../books/money.js';
import { checkout } from './checkout-in-browser.js';
import { type CheckoutItem } from './open-checkout.js';
import { whatIsLeft } from './what-is-left.js';

/** Nothing is held, for these items were not to be had: each is named, with what is left. */
export function Lacking({
  lacking,
  items,
}: {
  lacking: readonly LackingItem[];
  items: readonly CheckoutItem[];
}) {
  const left = whatIsLeft(items, lacking);
  const takeLeft = (): void => {
    for (const { bookId } of lacking) {
      const { quantity = 0, price } = left.find((item) => item.bookId === bookId) ?? {};
      basket.change(bookId, { quantity, ...(price !== undefined && { price }) });
    }
    void checkout.hold(left);
  };
  return (
    <>
      <p class="lead">Nothing is held, and nothing was bought.</p>
      <ul class="lacking" aria-label="Not to be had as wanted">
        {lacking.map((item) => (
          <li key={item.bookId}>
            <a href={`/book/${item.bookId}`}>{titleOf(item, items)}</a>
            <p>{wordsOf(item, items)}</p>
          </li>
        ))}
      </ul>
      <p class="checkout-buttons">
        {left.length > 0 && (
          <button type="button" class="button button-main" onClick={takeLeft}>
            Take what is left: {counted(copiesOf(left), 'copy', 'copies')} for {formatPrice(totalOf(left))}
          </button>
        )}
        <a class="button" href="/basket">
          Back to the basket
        </a>
      </p>
    </>
  );
}

function titleOf({ bookId, title }: LackingItem, items: readonly CheckoutItem[]): string {
  return title ?? items.find((item) => item.bookId === bookId)?.title ?? `Book ${bookId}`;
}

function wordsOf(item: LackingItem, items: readonly CheckoutItem[]): string {
  const { bookId, reason, wanted, left = 0, price } = item;
  switch (reason) {
    case 'out of stock':
      return left === 0 ? `${wanted} wanted, none left` : `${wanted} wanted, ${left} left`;
    case 'price changed': {
      const before = items.find((other) => other.bookId === bookId)?.price;
      const from = before === undefined ? '' : ` instead of ${formatPrice(before)}`;
      return price === undefined ? 'Its price changed' : `It costs ${formatPrice(price)} now${from}`;
    }
    case 'no such book':
      return 'Not sold any more';
    default:
      return reason satisfies never;
  }
}

function copiesOf(items: readonly CheckoutItem[]): number {
  return items.reduce((sum, { quantity }) => sum + quantity, 0);
}
