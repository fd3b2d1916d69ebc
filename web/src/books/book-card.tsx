import { type BookSummary } from '../api/types.js';
import { AddOne } from '../basket/add-to-basket.js';
import { Cover } from './cover.js';
import { formatPrice } from './money.js';
import { Stock } from './stock.js';

/** One book among others. */
export function BookCard({ book }: { book: BookSummary }) {
  const { id, title, author, price, quantity } = book;
  return (
    <li class="card">
      <a href={`/book/${id}`}>
        <Cover title={title} author={author} />
        <span class="card-title">{title}</span>
      </a>
      {author !== undefined && (
        <p class="card-author" title={author}>
          {author}
        </p>
      )}
      <p class="card-price">
        <b>{formatPrice(price)}</b> <Stock quantity={quantity} />
      </p>
      <AddOne book={book} />
    </li>
  );
}

/** Room for cards that are on their way. */
export function CardsToCome({ count = 8 }: { count?: number }) {
  return (
    <ul class="cards" aria-hidden="true">
      {Array.from({ length: count }, (_, index) => (
        <li key={index} class="card card-to-come">
          <span class="cover placeholder" />
          <span class="placeholder" />
        </li>
      ))}
    </ul>
  );
}
