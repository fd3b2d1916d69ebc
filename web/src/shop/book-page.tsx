import { useRoute } from 'preact-iso';
import { type Book } from '../api/types.js';
import { Cover } from '../books/cover.js';
import { formatPrice } from '../books/money.js';
import { Stock } from '../books/stock.js';
import { type LiveBook, useLiveBook } from '../books/use-book.js';
import { Page } from '../ui/page.js';
import { Notice, Spinner } from '../ui/states.js';
import { addressOf } from './book-search.js';
import { BuyForm } from './buy-form.js';
import { Shelf } from './shelf.js';

export function BookPage() {
  const { params } = useRoute();
  const { state, refresh, saw } = useLiveBook(params['id'] ?? '');
  return (
    <Page title={titleOf(state)} class="book-page">
      {state.kind === 'loading' && <LoadingBook />}
      {state.kind === 'missing' && (
        <>
          <h1 class="visually-hidden">No such book</h1>
          <Notice title="There is no such book">
            It may have another number. <a href="/">Look around</a> instead.
          </Notice>
        </>
      )}
      {state.kind === 'failed' && (
        <>
          <h1 class="visually-hidden">Book</h1>
          <Notice
            title="The book could not be fetched"
            tone="error"
            retry={refresh}
            children={state.message}
          />
        </>
      )}
      {state.kind === 'found' && (
        <FoundBook key={state.book.id} book={state.book} live={state.live} refresh={refresh} saw={saw} />
      )}
    </Page>
  );
}

function titleOf(state: LiveBook): string {
  return state.kind === 'found' ? state.book.title : state.kind === 'missing' ? 'No such book' : 'Book';
}

interface FoundBookProps {
  readonly book: Book;
  readonly live: boolean;
  readonly refresh: () => void;
  readonly saw: (book: Book) => void;
}

function FoundBook({ book, live, refresh, saw }: FoundBookProps) {
  return (
    <>
      <article class="book">
        <div class="book-cover">
          <Cover title={book.title} author={book.author} />
        </div>
        <div class="book-text">
          <a class="book-topic" href={addressOf({ topic: book.topic })}>
            {book.topic}
          </a>
          <h1>{book.title}</h1>
          {book.author !== undefined && <p class="book-author">{book.author}</p>}
          <p class="book-price">{formatPrice(book.price)}</p>
          <p class="book-stock" aria-live="polite">
            <Stock quantity={book.quantity} />
          </p>
          <BuyForm book={book} refresh={refresh} saw={saw} />
          <p class={`live ${live ? 'live-on' : ''}`}>
            {live
              ? 'Price and copies are live'
              : 'The shop does not answer; this is as last seen. Trying again…'}
          </p>
          <dl class="book-facts">
            {book.isbn !== undefined && (
              <div>
                <dt>ISBN</dt>
                <dd>{book.isbn}</dd>
              </div>
            )}
            <div>
              <dt>Book number</dt>
              <dd>{book.id}</dd>
            </div>
          </dl>
        </div>
      </article>
      <Shelf topic={book.topic} without={book.id} />
    </>
  );
}

function LoadingBook() {
  return (
    <div class="book">
      <div class="book-cover">
        <span class="cover placeholder" />
      </div>
      <div class="book-text">
        <h1 class="visually-hidden">Book</h1>
        <Spinner label="Fetching the book" />
      </div>
    </div>
  );
}
