import { useState } from 'preact/hooks';
import { fetchTopics, FIRST_TOPICS } from '../api/shop.js';
import { type Listed, type TopicCount } from '../api/types.js';
import { type Loading, useFetched } from './use-fetched.js';

export interface Topics {
  /** Those that have come, the fullest first. */
  readonly state: Loading<Listed<TopicCount>>;
  readonly loadingMore: boolean;
  readonly more: () => void;
  readonly retry: () => void;
}

export function useTopics(): Topics {
  const { state, retry } = useFetched(FIRST_TOPICS, fetchTopics);
  const [later, setLater] = useState<Listed<TopicCount> | null>(null);
  const [loadingMore, setLoadingMore] = useState(false);
  if (state.kind !== 'found') return { state, loadingMore, more: () => undefined, retry };
  const rows = [...state.value.rows, ...(later?.rows ?? [])];
  const next = later === null ? state.value.next : later.next;
  const more = (): void => {
    if (next === null || loadingMore) return;
    setLoadingMore(true);
    void fetchTopics(next).then((fetched) => {
      setLoadingMore(false);
      if (fetched.kind !== 'found') return;
      setLater((before) => ({
        rows: [...(before?.rows ?? []), ...fetched.value.rows],
        next: fetched.value.next,
      }));
    });
  };
  return { state: { kind: 'found', value: { rows, next } }, loadingMore, more, retry };
}
