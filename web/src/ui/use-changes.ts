import { useEffect, useState } from 'preact/hooks';

/** Renders anew whenever `source` changes. */
export function useChanges<T extends { subscribe(listener: () => void): () => void }>(source: T): T {
  const [, count] = useState(0);
  useEffect(() => {
    const render = (): void => count((times) => times + 1);
    const leave = source.subscribe(render);
    // It may have changed between the first rendering and now.
    render();
    return leave;
  }, [source]);
  return source;
}
