import { type ReplicaStore } from '../../src/core/replication/ports.js';
import {
  type Ballot,
  type Book,
  type Decided,
  type Entry,
  type HoldTerm,
} from '../../src/core/replication/types.js';
import { type Disk, disks } from './disks.js';

const ORIGIN: Ballot = { round: 1, replicaId: 'replica-a', startNumber: 1 };
const BOOK: Book = {
  title: 'Held',
  topic: 'Graduate School',
  priceCents: 1500,
  quantity: 10,
  isbn: null,
  author: null,
};
const ALONE: HoldTerm = { kind: 'alone', ttlMs: 100 };

const entry = (sequenceNumber: number, ...decided: Decided[]): Entry => ({
  sequenceNumber,
  origin: ORIGIN,
  decided,
});
const held = (holdId: string, until: number, term: HoldTerm = ALONE): Decided => ({
  operation: {
    kind: 'hold',
    operationId: `hold of ${holdId}`,
    copies: 2,
    expectedPriceCents: null,
    term,
    reference: 'cart 1',
  },
  outcome: { kind: 'held', holdId, priceCents: 1500, until },
});
const confirmed = (holdId: string, orderId: string): Decided => ({
  operation: { kind: 'confirm', operationId: `confirm.${holdId}`, holdId, lines: [] },
  outcome: { kind: 'sold', orderId, priceCents: 1500, at: 5, copies: 2 },
});
const released = (holdId: string): Decided => ({
  operation: { kind: 'release', operationId: `release.${holdId}`, holdId },
  outcome: { kind: 'released', copies: 2 },
});
const expired = (...holdIds: string[]): Decided => ({
  operation: { kind: 'expire', operationId: `expire.${holdIds.join()}` },
  outcome: { kind: 'expired', holdIds, copies: 2 * holdIds.length },
});
const cancelled = (orderId: string, copies: number, operationId = 'c'): Decided => ({
  operation: { kind: 'cancel', operationId, orderId, copies },
  outcome: { kind: 'cancelled', copies },
});
const sold = (orderId: string): Decided => ({
  operation: { kind: 'sale', operationId: `buy:${orderId}`, copies: 3, expectedPriceCents: null },
  outcome: { kind: 'sold', orderId, priceCents: 1500, at: 1 },
});
const ids = (holds: readonly { readonly holdId: string }[]): string[] => holds.map(({ holdId }) => holdId);

describe.each(disks)('what $name keeps of holds and orders', ({ make }) => {
  let disk: Disk;
  let store: ReplicaStore;
  beforeEach(async () => {
    disk = await make();
    store = disk.store;
    for (const bookId of [1, 2]) {
      const operation = {
        kind: 'create',
        operationId: `create ${bookId}`,
        book: { ...BOOK, title: `${bookId}` },
      } as const;
      store.create(bookId, entry(0, { operation, outcome: { kind: 'created', bookId } }), operation.book);
    }
  });
  afterEach(() => disk.end());

  it('finds a hold by its id, and those that have run out, the earliest first', () => {
    store.commit(1, entry(1, held('h1-a', 300), held('h1-b', 100)), BOOK);
    store.commit(2, entry(1, held('h2-a', 200)), BOOK);
    expect(store.hold('h1-a')).toEqual({
      holdId: 'h1-a',
      bookId: 1,
      copies: 2,
      priceCents: 1500,
      until: 300,
      decidedBy: null,
      otherBooks: [],
      reference: 'cart 1',
      end: null,
    });
    expect(store.hold('h1-c')).toBeUndefined();
    expect(ids(store.dueHolds(null, 299, 10))).toEqual(['h1-b', 'h2-a']);
    expect(ids(store.dueHolds(1, 300, 10))).toEqual(['h1-b', 'h1-a']);
    expect(ids(store.dueHolds(null, 300, 2))).toEqual(['h1-b', 'h2-a']);
    expect(store.dueHolds(2, 199, 10)).toEqual([]);
  });

  it('knows how a hold ended, and that it is due no more', () => {
    store.commit(1, entry(1, held('h1-a', 1), held('h1-b', 1), held('h1-c', 1), held('h1-d', 1)), BOOK);
    store.commit(1, entry(2, confirmed('h1-a', 'order1'), released('h1-b'), expired('h1-c')), BOOK);
    expect(['h1-a', 'h1-b', 'h1-c', 'h1-d'].map((id) => store.hold(id)?.end)).toEqual([
      { kind: 'sold', orderId: 'order1' },
      { kind: 'released' },
      { kind: 'expired' },
      null,
    ]);
    expect(ids(store.dueHolds(1, 10, 10))).toEqual(['h1-d']);
  });

  it('takes a hold for due as soon as the one that it follows has ended, in whatever order it hears of both', () => {
    const following: HoldTerm = { kind: 'following', until: 1_000, decidedBy: 'h1-a' };
    store.commit(1, entry(1, held('h1-a', 1_000, { kind: 'deciding', ttlMs: 1, otherBooks: [2] })), BOOK);
    store.commit(2, entry(1, held('h2-a', 1_000, following)), BOOK);
    expect(store.dueHolds(null, 999, 10)).toEqual([]);
    expect(store.hold('h1-a')?.otherBooks).toEqual([2]);
    expect(store.hold('h2-a')?.decidedBy).toBe('h1-a');
    store.commit(1, entry(2, released('h1-a')), BOOK);
    expect(ids(store.dueHolds(2, 0, 10))).toEqual(['h2-a']);
    store.commit(2, entry(2, held('h2-b', 1_000, following)), BOOK);
    expect(ids(store.dueHolds(2, 0, 10)).sort()).toEqual(['h2-a', 'h2-b']);
  });

  it('counts what an order sold of a book, and what of it was cancelled', () => {
    store.commit(1, entry(1, sold('order1'), held('h1-a', 1)), BOOK);
    store.commit(1, entry(2, confirmed('h1-a', 'order2')), BOOK);
    expect(store.sold(1, 'order1')).toEqual({ copies: 3, cancelled: 0 });
    store.commit(1, entry(3, cancelled('order1', 1, 'c1'), cancelled('order1', 2, 'c2')), BOOK);
    store.commit(1, entry(4, cancelled('order2', 1, 'c3')), BOOK);
    expect(store.sold(1, 'order1')).toEqual({ copies: 3, cancelled: 3 });
    expect(store.sold(1, 'order2')).toEqual({ copies: 2, cancelled: 1 });
    expect(store.sold(2, 'order1')).toBeUndefined();
    expect(store.sold(1, 'order3')).toBeUndefined();
  });

  it('forgets with a crash what was not synced', async () => {
    store.commit(1, entry(1, held('h1-a', 1)), BOOK);
    await new Promise<void>((resolve) => store.sync(() => resolve()));
    store.commit(1, entry(2, released('h1-a')), BOOK);
    store = await disk.crash();
    expect(store.hold('h1-a')?.end).toBeNull();
    expect(ids(store.dueHolds(null, 1, 10))).toEqual(['h1-a']);
  });

  it('takes all of it back with the entries', () => {
    const following: HoldTerm = { kind: 'following', until: 50, decidedBy: 'h1-a' };
    store.commit(1, entry(1, held('h1-a', 50), sold('order1')), BOOK);
    store.commit(2, entry(1, held('h2-a', 50, following)), BOOK);
    store.commit(1, entry(2, confirmed('h1-a', 'order2'), cancelled('order1', 2), held('h1-b', 50)), BOOK);
    expect(ids(store.dueHolds(2, 0, 10))).toEqual(['h2-a']);
    store.rollback(1, 2, BOOK, 1);
    expect(store.hold('h1-a')?.end).toBeNull();
    expect(store.hold('h1-b')).toBeUndefined();
    expect(store.sold(1, 'order1')).toEqual({ copies: 3, cancelled: 0 });
    expect(store.sold(1, 'order2')).toBeUndefined();
    expect(store.dueHolds(2, 49, 10)).toEqual([]);
    expect(ids(store.dueHolds(null, 50, 10)).sort()).toEqual(['h1-a', 'h2-a']);
  });
});
