import { useEffect, useRef, useState } from 'preact/hooks';
import { type OpsAccess } from './access.js';
import { MOST_POINTS, type Point, pointBetween } from './rates.js';
import { follow } from './stream.js';
import { type BookOnCatalogs, type ClusterSnapshot } from './types.js';

export interface Watched {
  readonly snapshot: ClusterSnapshot | null;
  /** When the snapshot came, by `performance.now()`; no clock of a server has a say. */
  readonly lookedAtMs: number;
  readonly points: readonly Point[];
  /** The book that is watched as well; null until it has come. */
  readonly book: BookOnCatalogs | null;
  readonly live: boolean;
}

/** The bookstore, each second, with what it was over the last minutes: one stream for the whole page. `bookId`: of digits, or null. */
export function useCluster(access: OpsAccess, bookId: string | null, notAllowed: () => void): Watched {
  const [watched, setWatched] = useState<Watched>({
    snapshot: null,
    lookedAtMs: 0,
    points: [],
    book: null,
    live: false,
  });
  const last = useRef<ClusterSnapshot | null>(null);
  useEffect(() => {
    const leaving = new AbortController();
    const event = (name: string, value: unknown): void => {
      if (name === 'book') {
        setWatched((before) => ({ ...before, book: value as BookOnCatalogs }));
        return;
      }
      const snapshot = value as ClusterSnapshot;
      const point = pointBetween(last.current, snapshot);
      last.current = snapshot;
      setWatched((before) => ({
        ...before,
        snapshot,
        lookedAtMs: performance.now(),
        live: true,
        points: [...before.points, point].slice(-MOST_POINTS),
      }));
    };
    const live = (is: boolean): void => setWatched((before) => ({ ...before, live: is }));
    setWatched((before) => ({ ...before, book: null }));
    const path = bookId === null ? '/ops/events' : `/ops/events?book=${bookId}`;
    void follow(path, access.headers(), { event, live, notAllowed }, leaving.signal);
    return () => leaving.abort();
  }, [access, bookId]);
  return watched;
}
