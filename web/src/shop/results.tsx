import { type BookOrder, booksAddress } from '../api/shop.js';
import { BookCard, CardsToCome } from '../books/book-card.js';
import { counted } from '../books/money.js';
import { Notice } from '../ui/states.js';
import { addressOf, type BookSearch } from './book-search.js';
import { moveAmongCards } from './move-among-cards.js';
import { type SearchState, useSearch } from './use-search.js';

/** All books that a search finds, as it is typed. */
export function Results({ search }: { search: BookSearch }) {
  const { state, loadingMore, more, retry } = useSearch(booksAddress(search));
  const books = state.kind === 'failed' ? [] : state.books;
  const loading = state.kind === 'loading';
  return (
    <section class="results" aria-busy={loading}>
      <h1 class="results-heading">{headingOf(search)}</h1>
      <div class="results-head">
        <p class="results-count" role="status">
          {countOf(state, search)}
        </p>
        <SortLinks search={search} />
      </div>
      {state.kind === 'failed' && (
        <Notice title="That did not work" tone="error" retry={retry} children={state.message} />
      )}
      {state.kind === 'found' && <Remark state={state} search={search} />}
      {loading && books.length === 0 && <CardsToCome />}
      <ul class={`cards ${loading ? 'dimmed' : ''}`} onKeyDown={moveAmongCards}>
        {books.map((book) => (
          <BookCard key={book.id} book={book} />
        ))}
      </ul>
      {state.kind === 'found' && state.next !== null && (
        <button type="button" class="button more" onClick={more} aria-disabled={loadingMore}>
          {loadingMore ? 'Fetching more…' : 'Show more books'}
        </button>
      )}
    </section>
  );
}

/** That nothing was found, or nothing as it was typed. */
function Remark({
  state: { books, near, next },
  search,
}: {
  state: Extract<SearchState, { kind: 'found' }>;
  search: BookSearch;
}) {
  const { text, topic } = search;
  const narrowed = text !== '' && topic !== null;
  if (books.length > 0) {
    if (!near) return null;
    return (
      <p class="results-near">
        Nothing is called that{narrowed && ` on ${topic}`}. Did you mean{' '}
        {books.length === 1 ? 'this' : 'one of these'}?{narrowed && <AllTopics search={search} />}
      </p>
    );
  }
  if (next !== null) return null;
  return (
    <Notice title={text === '' ? 'Nothing on this shelf' : 'Nothing is called that'}>
      {text !== '' && 'Try fewer words, or the author’s name.'}
      {narrowed ? (
        <AllTopics search={search} />
      ) : (
        <>
          {' '}
          <a href="/">Look around</a>
        </>
      )}
    </Notice>
  );
}

function headingOf({ text, topic }: BookSearch): string {
  if (text === '') return topic ?? 'All books';
  return topic === null ? `“${text}”` : `“${text}” on ${topic}`;
}

/** A screen reader hears it: once an answer has come, not while somebody types. */
function countOf(state: SearchState, { text }: BookSearch): string {
  if (state.kind !== 'found') return '';
  const like = text === '' ? '' : state.near ? ` like “${text}”` : ` for “${text}”`;
  if (state.books.length === 0) return state.next === null ? `No books${like}` : '';
  return `${counted(state.books.length, 'book')}${state.next === null ? '' : ' so far'}${like}`;
}

function AllTopics({ search }: { search: BookSearch }) {
  return (
    <>
      {' '}
      <a href={addressOf({ ...search, topic: null })}>Look in all topics</a>
    </>
  );
}

const relevanceOf = ({ text }: BookSearch): readonly [BookOrder, string] => [
  'relevance',
  text === '' ? 'As shelved' : 'Best match',
];

/** All books are sorted by price or title: in no order they would be the front. */
function SortLinks({ search }: { search: BookSearch }) {
  const names: readonly (readonly [BookOrder, string])[] = [
    ...(search.text === '' && search.topic === null ? [] : [relevanceOf(search)]),
    ['price', 'Price'],
    ['title', 'Title'],
  ];
  return (
    <nav class="sorts" aria-label="Sort by">
      {names.map(([sort, name]) => (
        <a
          key={sort}
          href={addressOf({ ...search, sort })}
          aria-current={search.sort === sort ? 'true' : undefined}
        >
          {name}
        </a>
      ))}
    </nav>
  );
}
