/** What keeps a process from starting, or from going on, in one line for whoever runs it; no stack tells more. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** Whoever runs the process prints it and ends: `main`. */
export function giveUp(error: StartError): void {
  process.nextTick(() => {
    throw error;
  });
}

/** The code of a system error or of SQLite's, as `EACCES` or `SQLITE_BUSY`; empty for any other. */
export function codeOf(error: unknown): string {
  return textIn(error, 'code');
}

/** What an error says. Native modules make theirs elsewhere: they need not be an `Error` of this realm. */
export function reasonOf(error: unknown): string {
  return textIn(error, 'message') || codeOf(error) || String(error);
}

function textIn(error: unknown, name: 'code' | 'message'): string {
  const value = typeof error === 'object' && error !== null ? (error as Record<string, unknown>)[name] : '';
  return typeof value === 'string' ? value : '';
}
