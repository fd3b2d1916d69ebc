import { type Identity } from '../../../src/core/replication/ports.js';
import {
  type Ballot,
  type Book,
  type BookId,
  type Entry,
  type Pending,
} from '../../../src/core/replication/types.js';
import { MemoryStore, type SyncSchedule } from '../../support/memory-store.js';

export class DiskFailure extends Error {}

export interface Observer {
  commits(bookId: BookId, entry: Entry, book: Book | null): void;
  identified(identity: Identity): void;
  /** Whether this write fails. */
  fails(): boolean;
}

/** The memory store with a witness: the ledger oracle sees each commit, also those that a crash undoes. */
export class ObservedStore extends MemoryStore {
  constructor(
    schedule: SyncSchedule,
    private readonly observer: Observer,
  ) {
    super(schedule);
  }

  override saveIdentity(identity: Identity): void {
    this.observer.identified(identity);
    super.saveIdentity(identity);
  }

  override savePromised(bookId: BookId, promised: Ballot): void {
    this.mayFail();
    super.savePromised(bookId, promised);
  }

  override savePending(bookId: BookId, promised: Ballot, pending: Pending): void {
    this.mayFail();
    super.savePending(bookId, promised, pending);
  }

  override commit(bookId: BookId, entry: Entry, book: Book | null): void {
    this.mayFail();
    this.observer.commits(bookId, entry, book);
    super.commit(bookId, entry, book);
  }

  override create(bookId: BookId, genesis: Entry, book: Book): void {
    this.observer.commits(bookId, genesis, book);
    super.create(bookId, genesis, book);
  }

  private mayFail(): void {
    if (this.observer.fails()) throw new DiskFailure('no space left on the simulated disk');
  }
}
