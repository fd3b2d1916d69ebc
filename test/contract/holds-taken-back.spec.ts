import { CATALOGUE, type Ballot, type Book, type Decided } from '../../src/core/replication/types.js';
import { disks } from './disks.js';

const origin: Ballot = { round: 1, replicaId: 'replica-a', startNumber: 1 };
const book: Book = { title: 'Xen', topic: 'Systems', priceCents: 1, quantity: 1, isbn: null, author: null };
const create: Decided = {
  operation: { kind: 'create', operationId: 'create', book },
  outcome: { kind: 'created', bookId: 1 },
};
const hold: Decided = {
  operation: {
    kind: 'hold',
    operationId: 'hold',
    copies: 1,
    expectedPriceCents: null,
    term: { kind: 'alone', ttlMs: 1_000 },
  },
  outcome: { kind: 'held', holdId: 'h1-x', priceCents: 1, until: 2_000 },
};
const release: Decided = {
  operation: { kind: 'release', operationId: 'release', holdId: 'h1-x' },
  outcome: { kind: 'released', copies: 1 },
};
const confirmAgain: Decided = {
  operation: { kind: 'confirm', operationId: 'confirm', holdId: 'h1-x', lines: [] },
  outcome: { kind: 'sold', orderId: 'order', priceCents: 1, at: 1_000, copies: 1, again: 1 },
};

it.each(disks)('$name leaves a hold as it was before an end that is taken back', async ({ make }) => {
  const disk = await make();
  const { store } = disk;
  store.commit(CATALOGUE, { sequenceNumber: 1, origin, decided: [create] }, null);
  store.create(1, { sequenceNumber: 0, origin, decided: [create] }, book);
  for (const [index, decided] of [hold, release, confirmAgain].entries())
    store.commit(1, { sequenceNumber: index + 1, origin, decided: [decided] }, book);
  expect(store.sold(1, 'order')).toEqual({ copies: 1, cancelled: 0 });
  // It had ended at the other side of a split too.
  store.rollback(1, 3, book, 2);
  expect(store.hold('h1-x')?.end).toEqual({ kind: 'released' });
  expect(store.sold(1, 'order')).toBeUndefined();
  store.rollback(1, 2, book, 1);
  expect(store.hold('h1-x')?.end).toBeNull();
  await disk.end();
});
