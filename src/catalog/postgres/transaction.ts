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

/** Whoever runs one says by this what its last statements are: they have been sent, and COMMIT goes along with them. */
export class LastWrites<T> {
  constructor(
    readonly value: T,
    readonly writes: Promise<unknown>,
  ) {}
}

/** The connection of one transaction, and why it fails: of what was sent together the server refuses all that stands behind the statement that failed. */
export class FirstFailure {
  private said: unknown;
  readonly client: Client;

  constructor(connection: Client) {
    const query = (...asked: unknown[]): Promise<unknown> => {
      const answer = (connection.query as (...all: unknown[]) => Promise<unknown>)(...asked);
      answer.catch((error: unknown) => (this.said ??= error));
      return answer;
    };
    this.client = { query: query as Client['query'] };
  }

  /** `error` is what was noticed first; whoever waits for a later statement may hear of its end before. */
  of(error: unknown): unknown {
    return this.said ?? error;
  }
}

/**
 * Runs `work` in one transaction; `begin` is its first message, with BEGIN in it. `client` sends what it is given without waiting for answers
 * (`pipeline`): after a statement that failed the server refuses all others up to the end, COMMIT included. `failure` hears all of them.
 */
export async function inTransaction<T>(
  client: Client,
  failure: FirstFailure,
  begin: string,
  work: () => Promise<LastWrites<T> | NothingToWrite<T>>,
): Promise<Ended<T>> {
  let committing = false;
  try {
    const [, done] = await Promise.all([client.query(begin), work()]);
    const { value } = done;
    if (done instanceof NothingToWrite) {
      await client.query('ROLLBACK');
      return { kind: 'committed', value };
    }
    committing = true;
    const [{ command }] = await Promise.all([client.query('COMMIT'), done.writes]);
    // What a failed transaction answers to it.
    if (command === 'ROLLBACK')
      return { kind: 'undone', again: true, error: new Error('it was rolled back') };
    return { kind: 'committed', value };
  } catch (noticed) {
    const error = failure.of(noticed);
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
