import { type BookId, CATALOGUE } from '../../core/replication/types.js';
import { BOOK_COLUMNS, type BookRow } from './rows.js';
import { type Client, type Server } from './server.js';

/** What was read, and whether no write was under way that would have front-ends forget it (P6): only then may it be kept. */
export interface Looked<T> {
  readonly value: T;
  readonly locked: boolean;
}

/**
 * P6: the lock first, tried and never waited for; then, in a statement of its own, whose snapshot is younger than the lock, the row. One
 * message, and the lock is given back with the answer: an invalidation that comes after that breaks the front-end's fence (F2).
 */
export async function lookAtBook(
  server: Server,
  bookId: BookId,
  heard: (client: Client) => Client,
): Promise<Looked<BookRow | null>> {
  const found = await look<BookRow>(
    server,
    heard,
    bookId,
    `SELECT ${BOOK_COLUMNS} FROM book WHERE id = ${whole(bookId)}`,
  );
  if (found.rows.length > 0) return { value: found.rows[0] ?? null, locked: found.locked };
  // P7: that there is none is changed by a creation, which knows nothing of this id.
  const again = await look<BookRow>(
    server,
    heard,
    CATALOGUE,
    `SELECT ${BOOK_COLUMNS} FROM book WHERE id = ${whole(bookId)}`,
  );
  return { value: again.rows[0] ?? null, locked: again.locked && again.rows.length === 0 };
}

/** P7: what spans books, under the catalogue's lock, in as many statements as it takes. */
export async function lookAtCatalogue<T>(
  server: Server,
  see: (client: Client) => Promise<T>,
): Promise<Looked<T>> {
  const client = await server.readers.connect();
  let failed = true;
  try {
    await client.query('BEGIN READ ONLY');
    const { rows } = await client.query<{ locked: boolean }>(
      `SELECT pg_try_advisory_xact_lock_shared(${CATALOGUE}) AS locked`,
    );
    const value = await see(client);
    await client.query('COMMIT');
    failed = false;
    return { value, locked: rows[0]?.locked === true };
  } finally {
    client.release(failed);
  }
}

/** What nobody keeps. */
export async function see<T>(server: Server, look: (client: Client) => Promise<T>): Promise<T> {
  const client = await server.readers.connect();
  let failed = true;
  try {
    const value = await look(client);
    failed = false;
    return value;
  } finally {
    client.release(failed);
  }
}

async function look<Row>(
  server: Server,
  heard: (client: Client) => Client,
  lock: number,
  statement: string,
): Promise<{ rows: Row[]; locked: boolean }> {
  return see(server, async (client) => {
    const text = `BEGIN READ ONLY; SELECT pg_try_advisory_xact_lock_shared(${whole(lock)}) AS locked; ${statement}; COMMIT`;
    const results = (await heard(client).query(text)) as unknown as { rows: unknown[] }[];
    const [locked] = (results[1]?.rows ?? []) as { locked: boolean }[];
    return { rows: (results[2]?.rows ?? []) as Row[], locked: locked?.locked === true };
  });
}

/** It stands in the statement's text. */
function whole(number: number): number {
  if (!Number.isSafeInteger(number)) throw new Error(`${number} is no whole number`);
  return number;
}
