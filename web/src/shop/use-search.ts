import { useEffect, useRef, useState } from 'preact/hooks';
import { findBooks, type FoundBooks } from '../api/shop.js';
import { type BookSummary } from '../api/types.js';

export type SearchState =
  | { readonly kind: 'loading'; readonly books: readonly BookSummary[] }
  | {
      readonly kind: 'found';
      /** The first page's address. */
      readonly address: string;
      readonly books: readonly BookSummary[];
      readonly next: string | null;
      readonly near: boolean;
    }
  | { readonly kind: 'failed'; readonly message: string };

/** Pages may be empty and have a next one: so many are asked for without a hand's turn. */
const MOST_EMPTY_PAGES = 5;

/** The books at an address of `booksAddress`. While another loads the books before it stay; the answer to an earlier one is dropped. */
export function useSearch(address: string): {
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
    void firstBooksAt(address, signal).then((fetched) => {
      if (fetched.kind === 'cancelled' || signal.aborted) return;
      if (fetched.kind === 'found') {
        const { rows, next, near } = fetched.value;
        setState({ kind: 'found', address, books: rows, next, near });
      } else if (fetched.kind === 'missing') {
        setState({ kind: 'found', address, books: [], next: null, near: false });
      } else setState(fetched);
    });
    return () => leaving.current.abort();
  }, [address, attempt]);

  const more = (): void => {
    if (state.kind !== 'found' || state.next === null || loadingMore) return;
    const { signal } = leaving.current;
    setLoadingMore(true);
    void firstBooksAt(state.next, signal).then((fetched) => {
      if (signal.aborted) return;
      setLoadingMore(false);
      if (fetched.kind !== 'found') return;
      const { rows, next } = fetched.value;
      setState((now) =>
        now.kind === 'found' ? { ...now, books: withoutTwins(now.books, rows), next } : now,
      );
    });
  };
  return { state, loadingMore, more, retry: () => setAttempt((count) => count + 1) };
}

async function firstBooksAt(address: string, signal: AbortSignal): ReturnType<typeof findBooks> {
  let fetched = await findBooks(address, signal);
  for (let pages = 1; pages < MOST_EMPTY_PAGES && isEmptyPage(fetched); pages++) {
    fetched = await findBooks(fetched.value.next, signal);
  }
  return fetched;
}

function isEmptyPage(
  fetched: Awaited<ReturnType<typeof findBooks>>,
): fetched is { kind: 'found'; value: FoundBooks & { next: string } } {
  return fetched.kind === 'found' && fetched.value.rows.length === 0 && fetched.value.next !== null;
}

/** A book whose price changed between two pages may stand on both. */
function withoutTwins(books: readonly BookSummary[], later: readonly BookSummary[]): BookSummary[] {
  const ids = new Set(books.map(({ id }) => id));
  return [...books, ...later.filter(({ id }) => !ids.has(id))];
}
