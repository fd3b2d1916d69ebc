import { useEffect, useState } from 'preact/hooks';
import { type Fetched } from '../api/shop.js';

export type Loading<T> = { readonly kind: 'loading' } | Exclude<Fetched<T>, { kind: 'cancelled' }>;

/** Fetches when `key` changes; the answer to an earlier key is dropped. Null: nothing to fetch. */
export function useFetched<T>(
  key: string | null,
  fetch: (key: string, signal: AbortSignal) => Promise<Fetched<T>>,
): { state: Loading<T>; retry: () => void } {
  const [state, setState] = useState<Loading<T>>({ kind: 'loading' });
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    if (key === null) return undefined;
    const leaving = new AbortController();
    setState({ kind: 'loading' });
    void fetch(key, leaving.signal).then((fetched) => {
      if (fetched.kind !== 'cancelled' && !leaving.signal.aborted) setState(fetched);
    });
    return () => leaving.abort();
  }, [key, attempt]);
  return { state, retry: () => setAttempt((count) => count + 1) };
}
