import { type FoundBook } from '../api/types.js';
import { Cover } from './cover.js';
import { formatPrice } from './money.js';
import { Stock } from './stock.js';
import { useSeenBook } from './use-book.js';

/** One book among others. Its price comes when it is seen; the room for it is kept from the start. */
export function BookCard({ found }: { found: FoundBook }) {
  const { book, ref } = useSeenBook(found.id);
  return (
    <li class="card" ref={(element) => void (ref.current = element)}>
      <a href={`/book/${found.id}`}>
        <Cover title={found.title} author={book?.author} />
        <span class="card-title">{found.title}</span>
      </a>
      <p class="card-price">
        {book ? (
          <>
            <b>{formatPrice(book.price)}</b> <Stock quantity={book.quantity} />
          </>
        ) : (
          <span class="placeholder" aria-hidden="true" />
        )}
      </p>
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
