import { useEffect, useRef, useState } from 'preact/hooks';
import { MOST_POINTS, type Point, pointBetween } from './rates.js';
import { follow } from './stream.js';
import { type ClusterSnapshot } from './types.js';

export interface Watched {
  readonly snapshot: ClusterSnapshot | null;
  readonly points: readonly Point[];
  readonly live: boolean;
}

/** The bookstore, each second, with what it was over the last minutes. */
export function useCluster(token: string, notAllowed: () => void): Watched {
  const [watched, setWatched] = useState<Watched>({ snapshot: null, points: [], live: false });
  const last = useRef<ClusterSnapshot | null>(null);
  useEffect(() => {
    const leaving = new AbortController();
    const event = (value: unknown): void => {
      const snapshot = value as ClusterSnapshot;
      const point = pointBetween(last.current, snapshot);
      last.current = snapshot;
      setWatched(({ points }) => ({ snapshot, live: true, points: [...points, point].slice(-MOST_POINTS) }));
    };
    const live = (is: boolean): void => setWatched((before) => ({ ...before, live: is }));
    void follow('/ops/events', token, { event, live, notAllowed }, leaving.signal);
    return () => leaving.abort();
  }, [token]);
  return watched;
}
