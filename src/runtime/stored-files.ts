/** Files hold what buyers bought and what administrators did: nobody else on the machine reads them. */
export const OWNER_ONLY = 0o600;
export const OWNER_ONLY_FOLDER = 0o700;

/** Ends of the names of a database of SQLite and of what that keeps beside it. */
export const DATABASE_PARTS = ['', '-wal', '-shm', '-journal'] as const;

/** For names of files whose order is to be that of time: `20261128T101500Z`. */
export function timeInName(time: Date): string {
  return time.toISOString().replace(/[-:]|\.\d+/g, '');
}
