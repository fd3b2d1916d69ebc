import type BetterSqlite3 from 'better-sqlite3';
import { join } from 'node:path';
import { sqliteDriver } from '../../src/runtime/sqlite-driver.js';

const Database = sqliteDriver() as typeof BetterSqlite3;

/** What a durable sale cannot be quicker than: SQLite in this very process, with the catalog's settings, and nothing around it. */
export class BareSqlite {
  private readonly database;
  private readonly update;

  constructor(folder: string, books: number) {
    this.database = new Database(join(folder, 'bare.sqlite'));
    this.database.pragma('journal_mode = WAL');
    this.database.pragma('synchronous = FULL');
    this.database.pragma('locking_mode = EXCLUSIVE');
    this.database.exec('CREATE TABLE book (id INTEGER PRIMARY KEY, quantity INTEGER NOT NULL)');
    const insert = this.database.prepare('INSERT INTO book VALUES (?, 1000000000)');
    this.database.transaction(() => {
      for (let id = 0; id < books; id += 1) insert.run(id);
    })();
    this.update = this.database.prepare<[number]>(
      'UPDATE book SET quantity = quantity - 1 WHERE id = ? AND quantity > 0',
    );
  }

  /** One transaction with its sync for all of these sales. */
  sell(ids: readonly number[]): void {
    this.database.exec('BEGIN IMMEDIATE');
    for (const id of ids) this.update.run(id);
    this.database.exec('COMMIT');
  }

  end(): void {
    this.database.close();
  }
}
