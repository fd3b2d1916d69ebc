import { type Connection, openDatabase } from '../catalog/store/database.js';
import { type Holdings, verify } from '../catalog/store/verification.js';

/**
 * Brings a copy of a catalog's file up to date, looks whether all in it fits, and makes it one file that is nobody's: whoever starts from it
 * is a new replica, which learns what it lacks from the others before it votes (C3). With the identity of the one that it was taken of, it
 * would vote again on what that one has voted on since. Throws `Damage` or `StartError`.
 */
export async function seal(path: string): Promise<Holdings> {
  const { dataSource, connection } = await openDatabase(path);
  try {
    const holdings = verify(connection);
    connection.exec('BEGIN IMMEDIATE; DELETE FROM replica; DELETE FROM cursor; COMMIT');
    intoOneFile(connection);
    return holdings;
  } finally {
    await dataSource.destroy();
  }
}

/** Without a log beside it. */
function intoOneFile(connection: Connection): void {
  connection.pragma('locking_mode = NORMAL');
  connection.pragma('journal_mode = DELETE');
}
