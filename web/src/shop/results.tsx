import { BookCard, CardsToCome } from '../books/book-card.js';
import { counted } from '../books/money.js';
import { Notice } from '../ui/states.js';
import { type SearchState, useSearch } from './use-search.js';

/** All books whose topic holds the text; `only`: of exactly this topic. */
export function Results({ text, heading, only }: { text: string; heading: string; only?: string }) {
  const { state, loadingMore, more, retry } = useSearch(text);
  const all = state.kind === 'failed' ? [] : state.books;
  const books = only === undefined ? all : all.filter(({ topic }) => topic === only);
  const next = state.kind === 'found' && state.next !== null;
  return (
    <section aria-busy={state.kind === 'loading'}>
      <h1 class="results-heading">{heading}</h1>
      <p class="results-count" role="status">
        {countOf(state, books.length)}
      </p>
      {state.kind === 'failed' && (
        <Notice title="That did not work" tone="error" retry={retry} children={state.message} />
      )}
      {state.kind === 'loading' && books.length === 0 && <CardsToCome />}
      {state.kind === 'found' && books.length === 0 && !next && (
        <Notice title="Nothing on this shelf">
          No topic matches “{text}”. Try a shorter word, or <a href="/">look around</a>.
        </Notice>
      )}
      <ul class={`cards ${state.kind === 'loading' ? 'dimmed' : ''}`}>
        {books.map((found) => (
          <BookCard key={found.id} found={found} />
        ))}
      </ul>
      {next && (
        <button type="button" class="button more" onClick={more} disabled={loadingMore}>
          {loadingMore ? 'Fetching more…' : 'Show more books'}
        </button>
      )}
    </section>
  );
}

function countOf(state: SearchState, books: number): string {
  if (state.kind === 'loading') return 'Looking…';
  if (state.kind === 'failed' || books === 0) return '';
  return `${counted(books, 'book')}${state.next === null ? '' : ' so far'}`;
}
