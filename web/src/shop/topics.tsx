import { type TopicCount } from '../api/types.js';
import { formatCount } from '../books/money.js';
import { Notice } from '../ui/states.js';
import { type Loading } from './use-fetched.js';

export function topicAddress(topic: string): string {
  return `/?topic=${encodeURIComponent(topic)}`;
}

/** A column on a wide screen, a row to scroll on a phone. */
export function Topics({
  state,
  chosen,
  retry,
}: {
  state: Loading<readonly TopicCount[]>;
  chosen: string | null;
  retry: () => void;
}) {
  if (state.kind === 'failed')
    return <Notice title="No topics" tone="error" retry={retry} children={state.message} />;
  return (
    <nav class="topics" aria-label="Topics">
      <h2 class="topics-title">Topics</h2>
      <ul>
        <li>
          <a href="/" aria-current={chosen === null ? 'page' : undefined}>
            All books
          </a>
        </li>
        {state.kind === 'loading' &&
          Array.from({ length: 6 }, (_, index) => (
            <li key={index} aria-hidden="true">
              <span class="placeholder" />
            </li>
          ))}
        {state.kind === 'found' &&
          state.value.map(({ topic, books }) => (
            <li key={topic}>
              <a href={topicAddress(topic)} aria-current={chosen === topic ? 'page' : undefined}>
                <span>{topic}</span> <span class="count">{formatCount(books)}</span>
              </a>
            </li>
          ))}
      </ul>
    </nav>
  );
}
