const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 15_000;
/** So often an outcome is asked for before the buyer has to say so. */
export const MOST_ATTEMPTS = 40;

/** Before the attempt after this one, which was the first, second, … */
export function delayAfter(attempts: number): number {
  return Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (attempts - 1));
}

/** Shorter when the connection comes back meanwhile: the best moment to ask. */
export function waitForConnection(delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, delayMs);
    window.addEventListener('online', done);
    function done(): void {
      clearTimeout(timer);
      window.removeEventListener('online', done);
      resolve();
    }
  });
}
