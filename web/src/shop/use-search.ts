import { useEffect, useRef, useState } from 'preact/hooks';
import { search, searchAddress } from '../api/shop.js';
import { type FoundBook } from '../api/types.js';

export type SearchState =
  | { readonly kind: 'loading'; readonly books: readonly FoundBook[] }
  | {
      readonly kind: 'found';
      readonly text: string;
      readonly books: readonly FoundBook[];
      readonly next: string | null;
    }
  | { readonly kind: 'failed'; readonly message: string };

/** While another text loads the books before it stay, dimmed; the answer to an earlier text is dropped. */
export function useSearch(text: string): {
  state: SearchState;
  loadingMore: boolean;
  more: () => void;
  retry: () => void;
} {
  const [state, setState] = useState<SearchState>({ kind: 'loading', books: [] });
  const [loadingMore, setLoadingMore] = useState(false);
  const [attempt, setAttempt] = useState(0);
  const leaving = useRef(new AbortController());

  useEffect(() => {
    leaving.current = new AbortController();
    const { signal } = leaving.current;
    setState((before) => ({ kind: 'loading', books: before.kind === 'failed' ? [] : before.books }));
    setLoadingMore(false);
    void search(searchAddress(text), signal).then((fetched) => {
      if (fetched.kind === 'cancelled' || signal.aborted) return;
      if (fetched.kind === 'found')
        setState({ kind: 'found', text, books: fetched.value.rows, next: fetched.value.next });
      else if (fetched.kind === 'missing') setState({ kind: 'found', text, books: [], next: null });
      else setState(fetched);
    });
    return () => leaving.current.abort();
  }, [text, attempt]);

  const more = (): void => {
    if (state.kind !== 'found' || state.next === null || loadingMore) return;
    const { signal } = leaving.current;
    setLoadingMore(true);
    void search(state.next, signal).then((fetched) => {
      if (signal.aborted) return;
      setLoadingMore(false);
      if (fetched.kind !== 'found') return;
      setState((now) =>
        now.kind === 'found'
          ? { ...now, books: [...now.books, ...fetched.value.rows], next: fetched.value.next }
          : now,
      );
    });
  };
  return { state, loadingMore, more, retry: () => setAttempt((count) => count + 1) };
}
