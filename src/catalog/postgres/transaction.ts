import { codeOf } from '../../runtime/start-error.js';
import { type Client } from './server.js';

/** How a transaction ended. */
export type Ended<T> =
  | { readonly kind: 'committed'; readonly value: T }
  /** Nothing of it happened. `again`: another time, or elsewhere, it may go well. */
  | { readonly kind: 'undone'; readonly again: boolean; readonly error: unknown }
  /** The connection was lost while it was being committed. */
  | { readonly kind: 'unknown' };

/** Whoever runs one says by this that there is nothing to commit. */
export class NothingToWrite<T> {
  constructor(readonly value: T) {}
}

/** Conflicts, locks not given in time, servers that stop, change their role or are overloaded, lost connections. */
const MENDS = /^(?:40|08|57|53|55|25006|26000|ECONN|EPIPE|ETIMEDOUT|EHOST|ENET)/;

export function mayMend(error: unknown): boolean {
  const code = codeOf(error);
  // What the driver says itself, of a connection that ended or could not be had, has no code.
  return code === '' || MENDS.test(code) || code === '23505';
}

/** Runs `work` in one transaction; `begin` is its first message, with BEGIN in it. */
export async function inTransaction<T>(
  client: Client,
  begin: string,
  work: () => Promise<T | NothingToWrite<T>>,
): Promise<Ended<T>> {
  let committing = false;
  try {
    await client.query(begin);
    const value = await work();
    if (value instanceof NothingToWrite) {
      await client.query('ROLLBACK');
      return { kind: 'committed', value: value.value };
    }
    committing = true;
    const { command } = await client.query('COMMIT');
    // What a failed transaction answers to it.
    if (command === 'ROLLBACK')
      return { kind: 'undone', again: true, error: new Error('it was rolled back') };
    return { kind: 'committed', value };
  } catch (error) {
    // An error that the server reports is an end; of a lost connection nobody knows.
    if (committing && !isFromServer(error)) return { kind: 'unknown' };
    return { kind: 'undone', again: mayMend(error), error };
  }
}

/** SQLSTATE codes have five characters, of digits and capitals; shutdowns may leave it open what became of a commit. */
function isFromServer(error: unknown): boolean {
  const code = codeOf(error);
  return /^[\dA-Z]{5}$/.test(code) && !/^(?:57|08)/.test(code) && !code.startsWith('E');
}
