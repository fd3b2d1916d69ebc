/** `9:05`; a begun second counts. */
export function clockOf(leftMs: number): string {
  const seconds = Math.max(0, Math.ceil(leftMs / 1_000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** Seconds left at which a screen reader says so: each second would drown everything else. */
const SAID_AT = [600, 300, 120, 60, 30, 10];

/** What to say while so much is left; it stays the same from one moment to the next that is worth saying. */
export function wordsOf(leftMs: number): string {
  const seconds = Math.ceil(leftMs / 1_000);
  if (seconds <= 0) return 'The time is up';
  const said = SAID_AT.filter((at) => seconds <= at).at(-1) ?? seconds;
  if (said < 60) return `${said} seconds left to pay`;
  const minutes = Math.round(said / 60);
  return `${minutes} ${minutes === 1 ? 'minute' : 'minutes'} left to pay`;
}
