import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { type Book } from '../api/types.js';
import { bookStore } from './book-store.js';

const POLL_MS = 2_500;

export type LiveBook =
  | { readonly kind: 'loading' }
  /** `live` is false while the shop does not answer: the book is as it was last seen. */
  | { readonly kind: 'found'; readonly book: Book; readonly live: boolean }
  | { readonly kind: 'missing' }
  | { readonly kind: 'failed'; readonly message: string };

/** A book that is asked for again and again while the page can be seen. */
export function useLiveBook(id: string): {
  state: LiveBook;
  refresh: () => void;
  /** The book came by another way: shown, unless a newer one is. */
  saw: (book: Book) => void;
} {
  const [state, setState] = useState<LiveBook>(() => firstState(id));
  const refresh = useRef<() => void>(() => undefined);

  useEffect(() => {
    setState(firstState(id));
    const leaving = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const poll = async (): Promise<void> => {
      clearTimeout(timer);
      const fetched = await bookStore.load(id, leaving.signal);
      if (fetched.kind === 'cancelled' || leaving.signal.aborted) return;
      setState((before) => {
        if (fetched.kind === 'found') return { kind: 'found', book: fetched.value, live: true };
        if (fetched.kind === 'failed' && before.kind === 'found') return { ...before, live: false };
        return fetched;
      });
      clearTimeout(timer);
      timer = setTimeout(pollIfSeen, POLL_MS);
    };
    const pollIfSeen = (): void => {
      if (!document.hidden) void poll();
    };
    refresh.current = () => void poll();
    document.addEventListener('visibilitychange', pollIfSeen);
    void poll();
    return () => {
      leaving.abort();
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', pollIfSeen);
    };
  }, [id]);

  const saw = useCallback((book: Book) => {
    setState((before) => {
      const newer = before.kind !== 'found' || before.book.sequenceNumber <= book.sequenceNumber;
      return newer ? { kind: 'found', book, live: true } : before;
    });
  }, []);
  return { state, refresh: useCallback(() => refresh.current(), []), saw };
}

function firstState(id: string): LiveBook {
  const book = bookStore.last(Number(id));
  return book ? { kind: 'found', book, live: true } : { kind: 'loading' };
}
