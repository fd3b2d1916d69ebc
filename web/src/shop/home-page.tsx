import { useLocation } from 'preact-iso';
import { fetchTopics } from '../api/shop.js';
import { type TopicCount } from '../api/types.js';
import { Page } from '../ui/page.js';
import { Results } from './results.js';
import { Shelf } from './shelf.js';
import { Topics } from './topics.js';
import { type Loading, useFetched } from './use-fetched.js';

/** The front: shelves of the largest topics, one topic, or what a search found. All three have addresses. */
export function HomePage() {
  const { query } = useLocation();
  const text = query['q']?.trim() ?? '';
  const topic = query['topic'] ?? null;
  const topics = useFetched('topics', (_, signal) => fetchTopics(signal));
  return (
    <Page title={text !== '' ? `“${text}”` : (topic ?? 'Bazar')} class="with-topics">
      <Topics state={topics.state} retry={topics.retry} chosen={text === '' ? topic : ''} />
      <div class="with-topics-rest">
        {text !== '' ? (
          <Results key="search" text={text} heading={`Topics like “${text}”`} />
        ) : topic !== null ? (
          <Results key="topic" text={topic} heading={topic} only={topic} />
        ) : (
          <Front topics={topics.state} />
        )}
      </div>
    </Page>
  );
}

const MOST_SHELVES = 8;

function Front({ topics }: { topics: Loading<readonly TopicCount[]> }) {
  const largest =
    topics.kind === 'found' ? [...topics.value].sort((a, b) => b.books - a.books).slice(0, MOST_SHELVES) : [];
  const total = topics.kind === 'found' ? topics.value.reduce((sum, { books }) => sum + books, 0) : 0;
  return (
    <>
      <div class="welcome">
        <h1>Take your time. Look around.</h1>
        <p>
          {topics.kind === 'found' && total === 0
            ? 'The shelves are still empty.'
            : 'Every copy on these shelves is really there, and nobody else can buy the one you bought.'}
        </p>
      </div>
      {topics.kind === 'loading' && <Shelf topic={null} books={0} />}
      {largest.map(({ topic, books }) => (
        <Shelf key={topic} topic={topic} books={books} />
      ))}
    </>
  );
}
