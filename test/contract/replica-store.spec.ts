import { catalogueKey } from '../../src/core/replication/catalogue-key.js';
import { NO_PAST, type Past, type ReplicaStore } from '../../src/core/replication/ports.js';
import {
  CATALOGUE,
  type Ballot,
  type Book,
  type Decided,
  type Entry,
  type Pending,
} from '../../src/core/replication/types.js';
import { type Disk, disks } from './disks.js';

const ballot = (round: number): Ballot => ({ round, replicaId: 'replica-a', startNumber: 1 });
const book = (title: string, quantity = 10): Book => ({
  title,
  topic: 'Graduate School',
  priceCents: 1500,
  quantity,
  isbn: null,
  author: null,
});
const sale = (operationId: string): Decided => ({
  operation: { kind: 'sale', operationId, copies: 1, expectedPriceCents: null },
  outcome: { kind: 'sold', orderId: `order-${operationId}`, priceCents: 1500, at: 1_000 },
});
const refused = (operationId: string): Decided => ({
  operation: { kind: 'sale', operationId, copies: 1, expectedPriceCents: null },
  outcome: { kind: 'out of stock' },
});
const entry = (sequenceNumber: number, ...decided: Decided[]): Entry => ({
  sequenceNumber,
  origin: ballot(1),
  decided,
});
const pending = (round: number, sequenceNumber: number): Pending => ({
  ballot: ballot(round),
  entry: entry(sequenceNumber, sale(`pending-${round}-${sequenceNumber}`)),
});
const genesis = (title: string): Entry => entry(0, created(title, 1));
const created = (title: string, bookId: number): Decided => ({
  operation: { kind: 'create', operationId: `create-${title}`, book: book(title) },
  outcome: { kind: 'created', bookId },
});

const synced = (store: ReplicaStore): Promise<void> =>
  new Promise((resolve, reject) => store.sync((error) => (error === undefined ? resolve() : reject(error))));

const soldAs = (operationId: string, orderId: string): Decided => ({
  ...sale(operationId),
  outcome: { kind: 'sold', orderId, priceCents: 1500, at: 1_000 },
});

describe.each(disks)('$name as a ReplicaStore', ({ make }) => {
  let disk: Disk;
  let store: ReplicaStore;

  beforeEach(async () => {
    disk = await make();
    store = disk.store;
  });
  afterEach(() => disk.end());

  it('is empty at first but for record 0', () => {
    expect(store.identity()).toBeUndefined();
    expect(store.record(CATALOGUE)).toEqual({
      committed: 0,
      version: 0,
      book: null,
      promised: null,
      pending: null,
    });
    expect(store.record(1)).toBeUndefined();
    expect(store.entries(CATALOGUE, 0, 10)).toEqual([]);
    expect(store.pendingIds()).toEqual([]);
    expect(store.nextBookId()).toBe(1);
    expect(store.lastChange()).toBe(0);
    expect(store.changes(0, 10)).toEqual([]);
    expect(store.cursor('replica-b')).toBe(0);
    expect(store.operation('nobody')).toBeUndefined();
    expect(store.heldKey('title:x\u0000')).toBeUndefined();
  });

  it('knows the highest of the order ids that begin with a time', () => {
    expect(store.lastOrderId()).toBeUndefined();
    store.create(1, genesis('Xen'), book('Xen'));
    const [earlier, later] = ['0mjp0', '0mjp1'].map((time) => time.padEnd(34, 'x')) as [string, string];
    store.commit(1, entry(1, soldAs('b', later), soldAs('old', 'z'.repeat(25))), book('Xen'));
    store.commit(1, entry(2, soldAs('a', earlier)), book('Xen'));
    expect(store.lastOrderId()).toBe(later);
  });

  it('keeps the identity, the last one saved', () => {
    store.saveIdentity({
      replicaId: 'replica-a',
      startNumber: 1,
      joined: false,
      grantsEnded: true,
      alone: false,
      past: NO_PAST,
    });
    const past: Past = {
      founders: ['replica-a', 'replica-b'],
      successors: [{ place: 'http://c', replicaId: 'replica-c', givenUp: true }],
      promisedUpTo: 1_024,
      floor: 2_048,
      admitted: true,
      among: 3,
    };
    const about = { startNumber: 2, joined: true, grantsEnded: false, alone: false };
    const second = { replicaId: 'replica-a', ...about, past };
    store.saveIdentity(second);
    expect(store.identity()).toEqual(second);
  });

  it('creates a book at 0, with its first entry and its keys and no change number', () => {
    const bought: Book = { ...book('Xen'), isbn: '0-306-40615-2', author: 'A. Student' };
    store.create(3, genesis('Xen'), bought);
    expect(store.record(3)).toEqual({
      committed: 0,
      version: 0,
      book: bought,
      promised: null,
      pending: null,
    });
    expect(store.entries(3, 0, 10)).toEqual([genesis('Xen')]);
    expect(store.heldKey(catalogueKey(bought))).toEqual({ bookId: 3, claim: 0 });
    expect(store.lastChange()).toBe(0);
    expect(store.operation('create-Xen')).toBeUndefined();
    expect(() => store.create(3, genesis('Xen'), bought)).toThrow();
  });

  it('begins a book by a commit of its entry 0 as well', () => {
    store.savePromised(3, ballot(4));
    store.commit(3, genesis('Xen'), book('Xen'));
    expect(store.record(3)).toEqual({
      committed: 0,
      version: 0,
      book: book('Xen'),
      promised: ballot(4),
      pending: null,
    });
    expect(store.heldKey(catalogueKey(book('Xen')))).toEqual({ bookId: 3, claim: 0 });
    expect(store.lastChange()).toBe(0);
  });

  it('gives a key to the first book that has it', () => {
    store.create(1, genesis('Xen'), book('Xen'));
    store.create(2, genesis('Xen'), book('  XEN '));
    expect(store.heldKey(catalogueKey(book('Xen')))).toEqual({ bookId: 1, claim: 0 });
  });

  it('commits: appends, sets the book, numbers the change, indexes the operations', () => {
    store.create(1, genesis('Xen'), book('Xen', 10));
    store.commit(CATALOGUE, entry(1, created('Xen', 1)), null);
    store.saveNextBookId(2);
    store.commit(1, entry(1, sale('a'), sale('b')), book('Xen', 8));
    expect(store.record(1)?.book?.quantity).toBe(8);
    expect(store.record(1)?.committed).toBe(1);
    expect(store.record(CATALOGUE)?.committed).toBe(1);
    expect(store.operation('b')).toEqual({ bookId: 1, sequenceNumber: 1 });
    expect(store.operation('create-Xen')).toEqual({ bookId: CATALOGUE, sequenceNumber: 1 });
    expect(store.nextBookId()).toBe(2);
    expect(store.lastChange()).toBe(2);
    expect(store.changes(0, 10)).toEqual([
      { change: 1, bookId: CATALOGUE, entry: entry(1, created('Xen', 1)) },
      { change: 2, bookId: 1, entry: entry(1, sale('a'), sale('b')) },
    ]);
  });

  it('keeps the version through entries that change nothing', () => {
    store.create(1, genesis('Xen'), book('Xen', 1));
    const versions = [entry(1, sale('a')), entry(2, refused('b')), entry(3)].map((next) => {
      store.commit(1, next, book('Xen', 0));
      return [store.record(1)?.committed, store.record(1)?.version];
    });
    expect(versions).toEqual([
      [1, 1],
      [2, 1],
      [3, 1],
    ]);
  });

  it('changes title, topic, price and quantity of a book with its commit', () => {
    store.create(1, genesis('Xen'), book('Xen'));
    const changes = { title: 'Xen II', topic: 'Other', priceCents: 1, quantity: 0 };
    const edit: Decided = {
      operation: { kind: 'edit', operationId: 'e', changes, expectedSequenceNumber: null },
      outcome: { kind: 'edited' },
    };
    store.commit(1, entry(1, edit), { ...book('Xen'), ...changes });
    expect(store.record(1)?.book).toEqual({ ...book('Xen'), ...changes });
  });

  it('refuses an entry that does not follow', () => {
    store.create(1, genesis('Xen'), book('Xen'));
    expect(() => store.commit(1, entry(2, sale('a')), book('Xen', 9))).toThrow();
  });

  it('keeps the place where it saw an operation first', () => {
    store.create(1, genesis('Xen'), book('Xen'));
    store.commit(1, entry(1, sale('a')), book('Xen', 9));
    store.commit(1, entry(2, sale('a')), book('Xen', 8));
    expect(store.operation('a')).toEqual({ bookId: 1, sequenceNumber: 1 });
  });

  it('pages through entries and changes in order', () => {
    store.create(1, genesis('Xen'), book('Xen'));
    for (let number = 1; number <= 5; number += 1)
      store.commit(1, entry(number, sale(`s${number}`)), book('Xen', 10 - number));
    const numbers = (entries: Entry[]): number[] => entries.map(({ sequenceNumber }) => sequenceNumber);
    expect(numbers(store.entries(1, 0, 3))).toEqual([0, 1, 2]);
    expect(numbers(store.entries(1, 3, 10))).toEqual([3, 4, 5]);
    expect(numbers(store.entries(1, 6, 10))).toEqual([]);
    expect(numbers(store.entries(1, 0, 0))).toEqual([]);
    expect(store.changes(2, 2).map(({ change }) => change)).toEqual([3, 4]);
    expect(store.changes(5, 2)).toEqual([]);
    expect(store.namedChanges(2, 2)).toEqual([
      { change: 3, bookId: 1, sequenceNumber: 3 },
      { change: 4, bookId: 1, sequenceNumber: 4 },
    ]);
    expect(store.namedChanges(5, 2)).toEqual([]);
  });

  it('stores promise and pending entry of a record nobody has heard of at -1, and its creation keeps the promise', () => {
    store.savePromised(7, ballot(1));
    expect(store.record(7)).toEqual({
      committed: -1,
      version: -1,
      book: null,
      promised: ballot(1),
      pending: null,
    });
    store.savePending(7, ballot(2), pending(2, 1));
    expect(store.record(7)).toEqual({
      committed: -1,
      version: -1,
      book: null,
      promised: ballot(2),
      pending: pending(2, 1),
    });
    store.create(7, genesis('Xen'), book('Xen'));
    expect(store.record(7)).toEqual({
      committed: 0,
      version: 0,
      book: book('Xen'),
      promised: ballot(2),
      pending: pending(2, 1),
    });
  });

  it('forgets a pending entry once its number is committed, and no other', () => {
    for (const id of [1, 2, 3]) store.create(id, genesis(`Book ${id}`), book(`Book ${id}`));
    store.savePending(1, ballot(2), pending(2, 1));
    store.savePending(2, ballot(2), pending(2, 2));
    store.savePending(3, ballot(5), { ...pending(4, 1), ballot: ballot(4) });
    expect(store.pendingIds()).toEqual([1, 2, 3]);
    store.commit(1, entry(1, sale('a')), book('Book 1', 9));
    store.commit(2, entry(1, sale('b')), book('Book 2', 9));
    expect(store.record(1)?.pending).toBeNull();
    expect(store.record(2)?.pending).toEqual(pending(2, 2));
    expect(store.record(3)).toMatchObject({ promised: ballot(5), pending: { ballot: ballot(4) } });
    expect(store.pendingIds()).toEqual([2, 3]);
  });

  it('keeps the pending entry accepted last', () => {
    store.create(1, genesis('Xen'), book('Xen'));
    store.savePending(1, ballot(2), pending(2, 1));
    store.savePending(1, ballot(3), pending(3, 1));
    expect(store.record(1)).toMatchObject({ promised: ballot(3), pending: pending(3, 1) });
  });

  it('keeps a cursor per peer', () => {
    store.saveCursor('replica-b', 5);
    store.saveCursor('replica-c', 6);
    store.saveCursor('replica-b', 9);
    expect([store.cursor('replica-b'), store.cursor('replica-c')]).toEqual([9, 6]);
  });

  describe('taking entries back', () => {
    const kept = entry(1, sale('kept'));
    const taken = [entry(2, sale('a'), sale('b')), entry(3, sale('c'))];

    beforeEach(async () => {
      store.create(1, genesis('Xen'), book('Xen', 10));
      store.create(2, genesis('RPCs'), book('RPCs', 10));
      store.commit(1, kept, book('Xen', 9));
      for (const one of taken) store.commit(1, one, book('Xen', 7));
      store.commit(2, entry(1, sale('other')), book('RPCs', 9));
      store.savePending(1, ballot(2), pending(2, 4));
      await synced(store);
    });

    const takeBack = (): Entry[] => store.rollback(1, 2, book('Xen', 9), 1);

    it('returns them, and forgets them with their operations and changes, and the pending entry', () => {
      expect(takeBack()).toEqual(taken);
      expect(store.record(1)).toEqual({
        committed: 1,
        version: 1,
        book: book('Xen', 9),
        promised: ballot(2),
        pending: null,
      });
      expect(store.entries(1, 0, 10)).toEqual([genesis('Xen'), kept]);
      expect(['kept', 'a', 'c', 'other'].map((id) => store.operation(id)?.bookId)).toEqual([
        1,
        undefined,
        undefined,
        2,
      ]);
      expect(store.changes(0, 10).map(({ change }) => change)).toEqual([1, 4]);
      expect(store.changes(1, 1).map(({ change }) => change)).toEqual([4]);
      expect(store.pendingIds()).toEqual([]);
    });

    it('goes on from there, and gives no change number out again', () => {
      takeBack();
      store.commit(1, entry(2, sale('a')), book('Xen', 8));
      expect(store.entries(1, 2, 10)).toEqual([entry(2, sale('a'))]);
      expect(store.operation('a')).toEqual({ bookId: 1, sequenceNumber: 2 });
      expect(store.changes(3, 10).map(({ change }) => change)).toEqual([4, 5]);
      expect(store.lastChange()).toBe(5);
    });

    it('has not happened after a crash before the sync', async () => {
      const before = [store.record(1), store.entries(1, 0, 10), store.changes(0, 10), store.operation('a')];
      takeBack();
      store.commit(1, entry(2, sale('d')), book('Xen', 8));
      store = await disk.crash();
      expect([store.record(1), store.entries(1, 0, 10), store.changes(0, 10), store.operation('a')]).toEqual(
        before,
      );
      expect(store.operation('d')).toBeUndefined();
    });

    it('keeps operations to be applied again, in order and each once, until they are removed', async () => {
      store.saveReapplication(1, sale('b'));
      store.saveReapplication(2, sale('a'));
      store.saveReapplication(1, refused('b'));
      expect(store.reapplications(10)).toEqual([
        { bookId: 1, decided: refused('b') },
        { bookId: 2, decided: sale('a') },
      ]);
      expect(store.reapplications(1)).toEqual([{ bookId: 1, decided: refused('b') }]);
      await synced(store);
      store.removeReapplication('b');
      store.saveReapplication(1, sale('Z'));
      store.saveReapplication(1, sale('b'));
      const ids = (): string[] =>
        store.reapplications(10).map(({ decided }) => decided.operation.operationId);
      expect(ids()).toEqual(['a', 'Z', 'b']);
      await synced(store);
      store = await disk.crash();
      expect(ids()).toEqual(['a', 'Z', 'b']);
    });
  });

  it('keeps texts as they are', () => {
    const odd: Book = { ...book(`'; DROP "x" %_ \u{1F4DA} ß`), topic: '\u0130 \\ \n', author: '' };
    store.create(1, genesis('odd'), odd);
    expect(store.record(1)?.book).toEqual(odd);
  });

  it('has everything after a crash that was written before a sync, and nothing of what came later', async () => {
    store.saveIdentity({
      replicaId: 'replica-a',
      startNumber: 1,
      joined: true,
      grantsEnded: false,
      alone: false,
      past: NO_PAST,
    });
    store.create(1, genesis('Xen'), book('Xen'));
    store.saveNextBookId(2);
    store.savePending(1, ballot(2), pending(2, 1));
    store.saveCursor('replica-b', 5);
    await synced(store);
    const before = store.record(1);

    store.saveIdentity({
      replicaId: 'replica-a',
      startNumber: 2,
      joined: true,
      grantsEnded: false,
      alone: false,
      past: NO_PAST,
    });
    store.commit(1, entry(1, sale('a')), book('Xen', 9));
    store.savePromised(1, ballot(9));
    store.create(2, genesis('RPCs'), book('RPCs'));
    store.savePromised(8, ballot(3));
    store.saveNextBookId(3);
    store.saveCursor('replica-b', 6);
    store.saveCursor('replica-c', 7);
    store = await disk.crash();

    expect(store.identity()?.startNumber).toBe(1);
    expect(store.record(1)).toEqual(before);
    expect(store.entries(1, 0, 10)).toEqual([genesis('Xen')]);
    expect([store.record(2), store.record(8), store.operation('a')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(store.heldKey(catalogueKey(book('RPCs')))).toBeUndefined();
    expect([store.nextBookId(), store.lastChange(), store.pendingIds()]).toEqual([2, 0, [1]]);
    expect([store.cursor('replica-b'), store.cursor('replica-c')]).toEqual([5, 0]);

    store.commit(1, entry(1, sale('b')), book('Xen', 9));
    await synced(store);
    store = await disk.crash();
    expect(store.changes(0, 10)).toEqual([{ change: 1, bookId: 1, entry: entry(1, sale('b')) }]);
  });

  it('syncs once for all that ask in one turn, and calls back in order', async () => {
    const ended: number[] = [];
    const all = [1, 2, 3].map((number) => {
      store.savePromised(number, ballot(number));
      return synced(store).then(() => ended.push(number));
    });
    expect(ended).toEqual([]);
    await Promise.all(all);
    expect(ended).toEqual([1, 2, 3]);
    store = await disk.crash();
    expect(store.record(3)?.promised).toEqual(ballot(3));
  });

  it('ends a sync with nothing to write', async () => {
    await expect(synced(store)).resolves.toBeUndefined();
  });
});
