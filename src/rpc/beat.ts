/** Each so often every connection is looked at. */
export const BEAT_MS = 250;

const listeners = new Set<() => void>();
let timer: NodeJS.Timeout | undefined;

/**
 * One timer for all connections of the process: each with its own would wake an idle process as often as there are connections. The
 * answer takes the listener off again.
 */
export function onBeat(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    for (const each of [...listeners]) each();
  }, BEAT_MS).unref();
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}
