import { useEffect, useState } from 'preact/hooks';
import { type Listed } from '../api/types.js';
import { type Administered } from './api.js';

export interface Pages<T> {
  readonly rows: readonly T[];
  /** Undefined: not asked yet. */
  readonly next: string | null | undefined;
  readonly failure: string | null;
}

/** A list that is fetched page by page. `notAllowed`: the token opens nothing any more. */
export function usePages<T>(
  load: (next: string | undefined) => Promise<Administered<Listed<T>>>,
  notAllowed: () => void,
): {
  pages: Pages<T>;
  /** From the beginning. */
  reload: () => void;
  more: () => void;
  /** What became of a row. */
  replace: (is: (row: T) => boolean, row: T) => void;
} {
  const [pages, setPages] = useState<Pages<T>>({ rows: [], next: undefined, failure: null });
  const fetch = async (next?: string): Promise<void> => {
    const result = await load(next);
    if (result.kind === 'not allowed' || result.kind === 'off') return notAllowed();
    setPages((before) =>
      result.kind === 'done'
        ? {
            rows: next === undefined ? result.value.rows : [...before.rows, ...result.value.rows],
            next: result.value.next,
            failure: null,
          }
        : { ...before, failure: result.message },
    );
  };
  useEffect(() => void fetch(), []);
  return {
    pages,
    reload: () => void fetch(),
    more: () => void fetch(pages.next ?? undefined),
    replace: (is, row) =>
      setPages((before) => ({ ...before, rows: before.rows.map((each) => (is(each) ? row : each)) })),
  };
}
