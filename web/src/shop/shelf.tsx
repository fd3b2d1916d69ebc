import { booksAddress, findBooks } from '../api/shop.js';
import { BookCard, CardsToCome } from '../books/book-card.js';
import { counted } from '../books/money.js';
import { addressOf } from './book-search.js';
import { useFetched } from './use-fetched.js';

const ON_A_SHELF = 12;

/** One topic's first books in a row. Null: the topics are still on their way. `without`: a book that is shown already. */
export function Shelf({ topic, books, without }: { topic: string | null; books?: number; without?: number }) {
  const { state } = useFetched(topic, (of, signal) =>
    findBooks(booksAddress({ topic: of }, ON_A_SHELF), signal),
  );
  if (topic === null) return <CardsToCome count={6} />;
  const rows = state.kind === 'found' ? state.value.rows.filter(({ id }) => id !== without) : [];
  if (state.kind === 'found' && rows.length === 0) return null;
  return (
    <section class="shelf" aria-label={topic}>
      <div class="shelf-head">
        <h2>{without === undefined ? topic : 'From the same shelf'}</h2>
        <a href={addressOf({ topic })}>
          {books === undefined ? 'See all' : `See all ${counted(books, 'book')}`}
          <span class="visually-hidden"> on {topic}</span>
        </a>
      </div>
      {state.kind === 'loading' && <CardsToCome count={6} />}
      {state.kind === 'failed' && <p class="shelf-away">{state.message}</p>}
      {rows.length > 0 && (
        <ul class="cards cards-row" tabIndex={0} aria-label={`Books on ${topic}`}>
          {rows.map((book) => (
            <BookCard key={book.id} book={book} />
          ))}
        </ul>
      )}
    </section>
  );
}
