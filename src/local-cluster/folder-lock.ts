import { type Database, type Options } from 'better-sqlite3';
import { codeOf } from '../runtime/start-error.js';
import { sqliteDriver } from '../runtime/sqlite-driver.js';

type Sqlite = new (path: string, options: Options) => Database;

/** Keeps a file to this process, until it ends however it ends: an empty database, for SQLite locks files on every system. */
export class FileLock {
  private constructor(private readonly database: Database) {}

  /** Null: another process has it. Throws what the system says when the file cannot be opened at all. */
  static take(path: string): FileLock | null {
    const Driver = sqliteDriver() as Sqlite;
    const database = new Driver(path, { timeout: 0 });
    try {
      database.pragma('locking_mode = EXCLUSIVE');
      database.exec('BEGIN EXCLUSIVE');
      return new FileLock(database);
    } catch (error) {
      database.close();
      if (/^SQLITE_(BUSY|LOCKED)/.test(codeOf(error))) return null;
      throw error;
    }
  }

  release(): void {
    this.database.close();
  }
}

/** Whether another process has this database open. One that is damaged nobody can have. */
export function isOpenElsewhere(path: string): boolean {
  try {
    const lock = FileLock.take(path);
    lock?.release();
    return lock === null;
  } catch {
    return false;
  }
}
