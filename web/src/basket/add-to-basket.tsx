import { type Book, type BookSummary } from '../api/types.js';
import { counted } from '../books/money.js';
import { Icon } from '../ui/icons.js';
import { MOST_LINES } from './basket.js';
import { basket, useBasket } from './basket-in-browser.js';
import { sayOfBasket } from './basket-link.js';

/** Puts copies into the basket, and says what became of it. */
export function addToBasket(book: Book | BookSummary, copies: number): void {
  const added = basket.add(book, copies);
  const { title, quantity: left } = book;
  switch (added) {
    case 'added':
      return sayOfBasket(`In your basket: ${title}`);
    case 'all there are':
      return sayOfBasket(
        left === 0
          ? `${title} is sold out`
          : `All ${counted(left, 'copy', 'copies')} left are in your basket`,
      );
    case 'full':
      return sayOfBasket(`A basket holds ${MOST_LINES} books. Check out, or take one out first`);
    default:
      return added satisfies never;
  }
}

/** Of a card: one copy more. */
export function AddOne({ book }: { book: BookSummary }) {
  const copies = useBasket().copiesOf(book.id);
  if (book.quantity === 0) return null;
  return (
    <button
      type="button"
      class={`button card-add ${copies > 0 ? 'card-added' : ''}`}
      onClick={() => addToBasket(book, 1)}
    >
      <Icon name={copies > 0 ? 'check' : 'plus'} />
      {copies === 0 ? 'Add to basket' : `${copies} in basket`}
      <span class="visually-hidden">{copies === 0 ? book.title : `, add another ${book.title}`}</span>
    </button>
  );
}
