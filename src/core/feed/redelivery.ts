const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 15 * 60_000;
/** What a receiver asks for at most. */
const LONGEST_ASKED_MS = 60 * 60_000;
/** A delivery that fails for so long is given up: the next one is tried. */
export const GIVE_UP_MS = 24 * 60 * 60_000;

/** How long to wait before the next attempt: doubled each time, half of it at least and the rest by chance, so that not all come at once. */
export function pauseMs(failures: number, fraction: number, askedMs: number | null): number {
  const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(failures - 1, 30));
  const own = longest / 2 + (fraction * longest) / 2;
  return Math.max(own, Math.min(askedMs ?? 0, LONGEST_ASKED_MS));
}
