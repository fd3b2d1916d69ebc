import * as statements from '../catalog/postgres/book-statements.js';
import { BOOK_COLUMNS, bookOf, type BookRow, entryOf } from '../catalog/postgres/rows.js';
import { type Client, type Server } from '../catalog/postgres/server.js';
import { fold } from '../core/replication/book-fold.js';
import { createdBy } from '../core/replication/ledger.js';
import { type Book, type BookId, CATALOGUE, type Change, type Entry } from '../core/replication/types.js';
import { type Counts, type Ledgers, type WholeRecord } from './compare-ledgers.js';
import { Mistake } from './mistake.js';
import { type SqliteLedgers } from './sqlite-ledgers.js';

/** In one transaction: after a break it goes on behind the last one. */
const ENTRIES_AT_A_TIME = 200;

interface EntryRow {
  readonly book_id: BookId;
  readonly entry: string;
}

/** Those of a shared PostgreSQL. */
export class PostgresLedgers implements Ledgers {
  constructor(
    private readonly server: Server,
    readonly name: string,
  ) {}

  /** Writes all that is not there yet: the creations first, then each book's entries in the order in which they were committed there. */
  async takeFrom(source: SqliteLedgers): Promise<void> {
    await this.requireBeginningOf(source);
    for (;;) {
      const committed = await this.inTransaction((client) => this.takeCreations(client, source));
      if (committed === 0) break;
    }
    for (let last = 0; ;) {
      const page = source.changes(last, ENTRIES_AT_A_TIME);
      const changes = page.filter(({ bookId }) => bookId !== CATALOGUE);
      if (changes.length > 0) await this.inTransaction((client) => takeChanges(client, changes));
      if (page.length < ENTRIES_AT_A_TIME) return;
      last = page.at(-1)?.change ?? last;
    }
  }

  async books(after: BookId, limit: number): Promise<WholeRecord[]> {
    const { rows } = await this.server.readers.query<BookRow>(
      `SELECT ${BOOK_COLUMNS} FROM book WHERE id > $1 ORDER BY id LIMIT $2`,
      [after, limit],
    );
    const entries = await this.entriesOf(rows.map(({ id }) => id));
    return rows.map((row) => {
      const { id, committed, version } = row;
      return { id, committed, version, book: bookOf(row), entries: entries.get(id) ?? [] };
    });
  }

  async catalogue(): Promise<WholeRecord> {
    const committed = await committedOf(this.server.readers);
    const entries = await this.entriesOf([CATALOGUE]);
    return { id: CATALOGUE, committed, version: 0, book: null, entries: entries.get(CATALOGUE) ?? [] };
  }

  async counts(): Promise<Counts> {
    return {
      orders: await this.number('SELECT count(*) AS number FROM sale'),
      operations: await this.number('SELECT count(*) AS number FROM operation'),
    };
  }

  lastChange(): Promise<number> {
    return this.number('SELECT coalesce(max(change), 0) AS number FROM entry');
  }

  async changes(since: number, limit: number): Promise<Change[]> {
    const { rows } = await this.server.readers.query<EntryRow & { change: number }>(
      'SELECT change, book_id, entry FROM entry WHERE change > $1 ORDER BY change LIMIT $2',
      [since, limit],
    );
    return rows.map((row) => ({ change: row.change, bookId: row.book_id, entry: entryOf(row) }));
  }

  private async requireBeginningOf(source: SqliteLedgers): Promise<void> {
    const [theirs] = (await this.entriesOf([CATALOGUE])).get(CATALOGUE) ?? [];
    const [ours] = source.catalogueEntries(1, 1);
    if (ours === undefined) throw new Mistake(`${source.name} has no books`);
    if (theirs !== undefined && theirs.origin.replicaId !== ours.origin.replicaId)
      throw new Mistake(`${this.name} has the books of another bookstore: name an empty database`);
  }

  /** Returns how many entries it took. */
  private async takeCreations(client: Client, source: SqliteLedgers): Promise<number> {
    const committed = await committedOf(client);
    const entries = source.catalogueEntries(committed + 1, ENTRIES_AT_A_TIME);
    for (const entry of entries) {
      await statements.giveKeys(client, entry);
      let next = 1;
      for (const { bookId, genesis, book } of createdBy(entry)) {
        await statements.createBook(client, bookId, genesis, book);
        next = Math.max(next, bookId + 1);
      }
      const { rows } = await client.query<{ next: number }>('SELECT next_book_id AS next FROM catalogue');
      await statements.writeCatalogue(client, entry, Math.max(next, rows[0]?.next ?? 1));
    }
    return entries.length;
  }

  private async entriesOf(ids: readonly BookId[]): Promise<Map<BookId, Entry[]>> {
    const { rows } = await this.server.readers.query<EntryRow>(
      'SELECT book_id, entry FROM entry WHERE book_id = ANY($1) ORDER BY book_id, sequence_number',
      [ids],
    );
    return grouped(rows);
  }

  private async number(text: string): Promise<number> {
    const { rows } = await this.server.readers.query<{ number: number }>(text);
    return rows[0]?.number ?? 0;
  }

  private async inTransaction<T>(work: (client: Client) => Promise<T>): Promise<T> {
    const client = await this.server.writers.connect();
    let failed = true;
    try {
      await client.query('BEGIN');
      const value = await work(client);
      await client.query('COMMIT');
      failed = false;
      return value;
    } finally {
      client.release(failed);
    }
  }
}

async function takeChanges(client: Client, changes: readonly Change[]): Promise<void> {
  const rows = await statements.booksNamed(client, [...new Set(changes.map(({ bookId }) => bookId))]);
  const now = new Map<BookId, { committed: number; version: number; book: Book | null }>(
    [...rows].map(([id, row]) => [id, { committed: row.committed, version: row.version, book: bookOf(row) }]),
  );
  for (const { bookId, entry } of changes) {
    const before = now.get(bookId);
    if (before === undefined) throw new Mistake(`no entry creates book ${bookId}`);
    if (entry.sequenceNumber <= before.committed) continue;
    const { book, version } = fold(bookId, before, entry);
    if (book === null) throw new Mistake(`book ${bookId} is none after entry ${entry.sequenceNumber}`);
    const retexted = entry.decided.some(({ operation }) => operation.kind === 'edit');
    await statements.writeBook(client, bookId, entry, { book, version, retexted });
    now.set(bookId, { committed: entry.sequenceNumber, version, book });
  }
}

function grouped(rows: readonly EntryRow[]): Map<BookId, Entry[]> {
  const entries = new Map<BookId, Entry[]>();
  for (const row of rows) {
    const own = entries.get(row.book_id) ?? [];
    own.push(entryOf(row));
    entries.set(row.book_id, own);
  }
  return entries;
}

async function committedOf(client: Pick<Client, 'query'>): Promise<number> {
  const { rows } = await client.query<{ committed: number }>('SELECT committed FROM catalogue');
  return rows[0]?.committed ?? 0;
}
