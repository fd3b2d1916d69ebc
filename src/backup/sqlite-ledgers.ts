import { type SqliteStore } from '../catalog/store/sqlite-store.js';
import { type Holdings } from '../catalog/store/verification.js';
import { type BookId, CATALOGUE, type Change, type Entry } from '../core/replication/types.js';
import { type Counts, type Ledgers, type WholeRecord } from './compare-ledgers.js';

const ENTRIES_AT_A_TIME = 256;

/** Those of one catalog's file, in which all fits. */
export class SqliteLedgers implements Ledgers {
  constructor(
    private readonly store: SqliteStore,
    readonly name: string,
    private readonly holdings: Holdings,
  ) {}

  /** Whether entries are there that were accepted, and may have been committed elsewhere. */
  hasPending(): boolean {
    return this.store.pendingIds().length > 0;
  }

  changes(since: number, limit: number): Change[] {
    return this.store.changes(since, limit);
  }

  catalogueEntries(from: number, limit: number): Entry[] {
    return this.store.entries(CATALOGUE, from, limit);
  }

  books(after: BookId, limit: number): Promise<WholeRecord[]> {
    const found: WholeRecord[] = [];
    let id = this.store.nextId(after);
    while (id !== undefined && found.length < limit) {
      const record = this.whole(id);
      if (record.committed >= 0) found.push(record);
      id = this.store.nextId(id);
    }
    return Promise.resolve(found);
  }

  catalogue(): Promise<WholeRecord> {
    return Promise.resolve(this.whole(CATALOGUE));
  }

  counts(): Promise<Counts> {
    return Promise.resolve({ orders: this.holdings.orders, operations: null });
  }

  close(): Promise<void> {
    return this.store.close();
  }

  private whole(id: BookId): WholeRecord {
    const record = this.store.record(id);
    const entries: Entry[] = [];
    for (let from = 0; ;) {
      const page = this.store.entries(id, from, ENTRIES_AT_A_TIME);
      entries.push(...page);
      if (page.length < ENTRIES_AT_A_TIME) break;
      from = (page.at(-1)?.sequenceNumber ?? 0) + 1;
    }
    const { committed = -1, version = -1, book = null } = record ?? {};
    return { id, committed, version, book, entries };
  }
}
