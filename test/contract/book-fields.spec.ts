import { catalogueKey } from '../../src/core/replication/catalogue-key.js';
import { type ReplicaStore } from '../../src/core/replication/ports.js';
import {
  type Ballot,
  type Book,
  type BookChanges,
  type Decided,
  type Entry,
} from '../../src/core/replication/types.js';
import { type Disk, disks } from './disks.js';

const ORIGIN: Ballot = { round: 1, replicaId: 'replica-a', startNumber: 1 };
const book = (title: string): Book => ({
  title,
  topic: 'Graduate School',
  priceCents: 1500,
  quantity: 10,
  isbn: null,
  author: null,
});
const entry = (sequenceNumber: number, ...decided: Decided[]): Entry => ({
  sequenceNumber,
  origin: ORIGIN,
  decided,
});
const genesis = (bookId: number, title: string): Entry =>
  entry(0, {
    operation: { kind: 'create', operationId: `create-${title}`, book: book(title) },
    outcome: { kind: 'created', bookId },
  });

describe.each(disks)('what $name keeps of a book', ({ make }) => {
  let disk: Disk;
  let store: ReplicaStore;
  beforeEach(async () => {
    disk = await make();
    store = disk.store;
  });
  afterEach(() => disk.end());

  it('keeps to whom a key was given out last', () => {
    store.create(1, genesis(1, 'Xen'), book('Xen'));
    store.create(2, genesis(2, 'RPCs'), book('RPCs'));
    const key = catalogueKey(book('Xen'));
    store.saveKey(key, { bookId: 2, claim: 1_024 });
    expect(store.heldKey(key)).toEqual({ bookId: 2, claim: 1_024 });
    store.saveKey(key, { bookId: 1, claim: 0 });
    expect(store.heldKey(key)).toEqual({ bookId: 1, claim: 0 });
  });

  const editing = (changes: BookChanges): Decided => ({
    operation: { kind: 'edit', operationId: JSON.stringify(changes), changes, expectedSequenceNumber: null },
    outcome: { kind: 'edited' },
  });

  it('keeps all fields of a book, and takes back what an edit made of them', () => {
    store.create(1, genesis(1, 'Xen'), book('Xen'));
    const edited: Book = { ...book('Xen'), isbn: 'A-1', author: 'A. Student', claim: 1_024, hidden: true };
    const named = { ...edited, topic: 'Elsewhere', claim: 2_048 };
    store.commit(1, entry(1, editing({ isbn: 'A-1', author: 'A. Student', hidden: true })), edited);
    store.commit(1, entry(2, editing({ topic: 'Elsewhere' })), named);
    expect(store.record(1)?.book).toEqual(named);
    store.rollback(1, 2, edited, 1);
    expect(store.record(1)?.book).toEqual(edited);
    store.rollback(1, 1, book('Xen'), 0);
    expect(store.record(1)?.book).toEqual(book('Xen'));
  });
});
