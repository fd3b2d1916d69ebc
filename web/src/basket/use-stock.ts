import { useEffect, useState } from 'preact/hooks';
import { type Book } from '../api/types.js';
import { bookStore } from '../books/book-store.js';

const POLL_MS = 5_000;
/** A browser asks six of one host at a time; the rest of the page wants some too. */
const AT_ONCE = 4;

/** `gone`: there is no such book any more. Undefined: not asked yet. */
export type Stocked = Book | 'gone' | undefined;

/** Books as they are now, asked for again and again while the page can be seen. `live` is false while the shop does not answer. */
export function useStock(bookIds: readonly number[]): { of: (bookId: number) => Stocked; live: boolean } {
  const [books, setBooks] = useState<ReadonlyMap<number, Stocked>>(new Map());
  const [live, setLive] = useState(true);
  const key = bookIds.join();
  useEffect(() => {
    const leaving = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async (bookId: number): Promise<void> => {
      const fetched = await bookStore.load(String(bookId), leaving.signal);
      if (fetched.kind === 'cancelled' || leaving.signal.aborted) return;
      setLive(fetched.kind !== 'failed');
      if (fetched.kind === 'failed') return;
      setBooks((before) => new Map(before).set(bookId, fetched.kind === 'missing' ? 'gone' : fetched.value));
    };
    const poll = async (): Promise<void> => {
      clearTimeout(timer);
      const waiting = [...bookIds];
      const worker = async (): Promise<void> => {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await ask(next);
      };
      await Promise.all(Array.from({ length: AT_ONCE }, worker));
      clearTimeout(timer);
      if (!leaving.signal.aborted) timer = setTimeout(pollIfSeen, POLL_MS);
    };
    const pollIfSeen = (): void => {
      if (!document.hidden) void poll();
    };
    document.addEventListener('visibilitychange', pollIfSeen);
    void poll();
    return () => {
      leaving.abort();
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', pollIfSeen);
    };
  }, [key]);
  return { of: (bookId) => books.get(bookId) ?? bookStore.last(bookId), live };
}
