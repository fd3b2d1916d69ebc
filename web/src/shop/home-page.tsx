import { useLocation } from 'preact-iso';
import { Page } from '../ui/page.js';
import { addressOf, searchIn } from './book-search.js';
import { Results } from './results.js';
import { Shelf } from './shelf.js';
import { TopicFilter } from './topics.js';
import { type Topics, useTopics } from './use-topics.js';

/** The front: shelves of the fullest topics, or what a search found. Both have addresses. */
export function HomePage() {
  const { query } = useLocation();
  const search = searchIn(query);
  const topics = useTopics();
  const isFront = addressOf(search) === '/';
  return (
    <Page
      title={search.text !== '' ? `“${search.text}”` : (search.topic ?? (isFront ? 'Bazar' : 'All books'))}
      class="with-topics"
    >
      <TopicFilter topics={topics} search={search} />
      <div class="with-topics-rest">
        {isFront ? <Front topics={topics.state} /> : <Results search={search} />}
      </div>
    </Page>
  );
}

const MOST_SHELVES = 8;

function Front({ topics }: { topics: Topics['state'] }) {
  const rows = topics.kind === 'found' ? topics.value.rows : [];
  return (
    <>
      <div class="welcome">
        <h1>Take your time. Look around.</h1>
        <p>
          {topics.kind === 'found' && rows.length === 0
            ? 'The shelves are still empty.'
            : 'Every copy on these shelves is really there, and nobody else can buy the one you bought.'}
        </p>
      </div>
      {topics.kind === 'loading' && <Shelf topic={null} books={0} />}
      {rows.slice(0, MOST_SHELVES).map(({ topic, books }) => (
        <Shelf key={topic} topic={topic} books={books} />
      ))}
    </>
  );
}
