import { formatCount } from '../books/money.js';
import { Notice } from '../ui/states.js';
import { addressOf, type BookSearch } from './book-search.js';
import { type Topics } from './use-topics.js';

/** Neither words nor a topic would be the front's address. */
const ALL_BOOKS = addressOf({ sort: 'title' });

/** The filter by topic: what is searched for stays. A column on a wide screen, a row to scroll on a phone. */
export function TopicFilter({ topics, search }: { topics: Topics; search: BookSearch }) {
  const { state, loadingMore, more, retry } = topics;
  if (state.kind === 'failed')
    return <Notice title="No topics" tone="error" retry={retry} children={state.message} />;
  const rows = state.kind === 'found' ? state.value.rows : [];
  const chosen = search.topic;
  const searching = search.text !== '';
  const isFront = addressOf(search) === '/';
  // Of its own accord it may come only many pages later.
  const apart = chosen !== null && state.kind === 'found' && !rows.some(({ topic }) => topic === chosen);
  const link = (topic: string | null, name: string, books?: number) => (
    <li key={name}>
      <a
        href={topic === null && !searching ? ALL_BOOKS : addressOf({ ...search, topic })}
        aria-current={chosen === topic && !isFront ? 'true' : undefined}
      >
        <span>{name}</span>{' '}
        {books !== undefined && !searching && <span class="count">{formatCount(books)}</span>}
      </a>
    </li>
  );
  return (
    <nav class="topics" aria-label="Topics">
      <h2 class="topics-title">Topics</h2>
      <ul>
        {link(null, searching ? 'All topics' : 'All books')}
        {state.kind === 'loading' &&
          Array.from({ length: 6 }, (_, index) => (
            <li key={index} aria-hidden="true">
              <span class="placeholder" />
            </li>
          ))}
        {apart && link(chosen, chosen)}
        {rows.map(({ topic, books }) => link(topic, topic, books))}
        {state.kind === 'found' && state.value.next !== null && (
          <li>
            <button type="button" class="topics-more" onClick={more} aria-disabled={loadingMore}>
              {loadingMore ? 'Fetching more…' : 'More topics'}
            </button>
          </li>
        )}
      </ul>
    </nav>
  );
}
