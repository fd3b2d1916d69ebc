import { VirtualCluster } from '../../../test/support/virtual-cluster.js';
import { CATALOGUE, type Operation } from './types.js';

const book = {
  title: 'RPCs for Dummies',
  topic: 'Distributed Systems',
  priceCents: 5_000,
  quantity: 2,
  isbn: null,
  author: null,
};
const create: Operation = { kind: 'create', operationId: 'create', book };
const sale = (operationId: string, copies = 1): Operation => ({
  kind: 'sale',
  operationId,
  copies,
  expectedPriceCents: null,
});

describe.each([1, 2, 3, 5])('%i replicas', (count) => {
  it('sell what there is, through any replica, and show it at all of them', () => {
    const cluster = new VirtualCluster(count).ready();
    expect(cluster.submit(0, CATALOGUE, create)).toMatchObject({ outcome: { kind: 'created', bookId: 1 } });
    for (let position = 0; position < count; position++) {
      expect(cluster.read(position, 1)).toMatchObject({
        kind: 'found',
        sequenceNumber: 0,
        book: { quantity: 2 },
      });
    }
    const last = count - 1;
    expect(cluster.submit(last, 1, sale('a'))).toMatchObject({
      kind: 'decided',
      outcome: { kind: 'sold', priceCents: 5_000 },
    });
    expect(cluster.submit(0, 1, sale('b'))).toMatchObject({ outcome: { kind: 'sold' } });
    expect(cluster.submit(last, 1, sale('c'))).toMatchObject({ outcome: { kind: 'out of stock' } });
    for (let position = 0; position < count; position++) {
      expect(cluster.read(position, 1)).toMatchObject({
        kind: 'found',
        // The refusal moved the ledger to 3: it changed nothing.
        sequenceNumber: 2,
        book: { quantity: 0 },
      });
      expect(cluster.read(position, 2)).toMatchObject({ kind: 'not found' });
    }
  });

  it('give an operation id its stored outcome again, and refuse it for another wish', () => {
    const cluster = new VirtualCluster(count).ready();
    cluster.submit(0, CATALOGUE, create);
    const first = cluster.submit(0, 1, sale('a'));
    const again = cluster.submit(count - 1, 1, sale('a'));
    expect(first).toMatchObject({ kind: 'decided' });
    expect(first).not.toHaveProperty('repeated');
    const { outcome } = first as { outcome: unknown };
    expect(again).toMatchObject({ kind: 'decided', outcome, repeated: true });
    expect(cluster.submit(0, 1, sale('a', 2))).toEqual({ kind: 'operation id reused' });
    expect(cluster.read(0, 1)).toMatchObject({ book: { quantity: 1 } });
  });
});

describe('an operation id that comes back', () => {
  const edit = {
    kind: 'edit',
    operationId: 'again',
    changes: { priceCents: 100, title: 'RPCs' },
    expectedSequenceNumber: null,
  } as const;
  const priced = { ...sale('again'), expectedPriceCents: 5_000 } as Operation;
  const created = (changes: Partial<typeof book>): Operation => ({
    kind: 'create',
    operationId: 'again',
    book: { ...book, title: 'Another', ...changes },
  });
  const reused = { kind: 'operation id reused' };

  it.each<[string, Operation, Operation]>([
    ['a sale of more copies', sale('again'), sale('again', 2)],
    ['a sale at a price', sale('again'), priced],
    ['a sale at another price', priced, { ...priced, expectedPriceCents: 4_999 } as Operation],
    ['an edit of another value', edit, { ...edit, changes: { ...edit.changes, priceCents: 101 } }],
    ['an edit of one field more', edit, { ...edit, changes: { ...edit.changes, quantity: 1 } }],
    ['an edit of one field less', edit, { ...edit, changes: { title: 'RPCs' } }],
    ['an edit with a precondition', edit, { ...edit, expectedSequenceNumber: 0 }],
    ['another kind', edit, sale('again')],
    ['a book of another title', created({}), created({ title: 'A third' })],
    ['a book at another price', created({}), created({ priceCents: 1 })],
    ['a book of more copies', created({}), created({ quantity: 3 })],
    ['a book of another topic', created({}), created({ topic: 'Systems' })],
  ])('with %s is refused, and answered for the same wish', (_, wish, other) => {
    const cluster = new VirtualCluster(3).ready();
    cluster.submit(0, CATALOGUE, create);
    const record = (operation: Operation) => (operation.kind === 'create' ? CATALOGUE : 1);
    expect(cluster.submit(0, record(wish), wish)).toMatchObject({ kind: 'decided' });
    for (const replica of [0, 1]) {
      expect(cluster.submit(replica, record(other), other)).toEqual(reused);
      expect(cluster.submit(replica, record(wish), wish)).toMatchObject({ kind: 'decided', repeated: true });
    }
  });

  it('for another book is refused', () => {
    const cluster = new VirtualCluster(3).ready();
    cluster.submit(0, CATALOGUE, create);
    cluster.submit(0, CATALOGUE, { ...created({}), operationId: 'second' });
    cluster.submit(0, 1, sale('again'));
    cluster.settled();
    for (const replica of [0, 1, 2]) expect(cluster.submit(replica, 2, sale('again'))).toEqual(reused);
  });
});

describe('syncs of writes one after the other', () => {
  it('are one for each replica: commits ride on the next', () => {
    const cluster = new VirtualCluster(3).ready();
    cluster.submit(0, CATALOGUE, create);
    cluster.submit(0, 1, { kind: 'restock', operationId: 'restock', copies: 100 });
    cluster.settled();
    const syncsBefore = cluster.syncs;
    for (let index = 0; index < 20; index++) {
      cluster.submit(0, 1, sale(`s${index}`));
      // As long as a lone buyer needs for the next one.
      cluster.run(20);
    }
    expect(cluster.syncs - syncsBefore).toBe(20 * 3);
    const unsafe = () =>
      [0, 1, 2].filter((at) => {
        const { durableChange, lastChange } = cluster.replica(at).status();
        return durableChange < lastChange;
      });
    expect(unsafe()).toEqual([0, 1, 2]);
    cluster.run(2_000);
    expect(unsafe()).toEqual([]);
    expect(cluster.syncs - syncsBefore).toBe(21 * 3);
  });
});

describe('cost of a write on the fast path', () => {
  it.each([
    [3, 6, 3],
    [5, 12, 5],
  ])('%i replicas: %i messages, %i syncs', (count, messages, syncs) => {
    const cluster = new VirtualCluster(count).ready();
    cluster.submit(0, CATALOGUE, create);
    cluster.submit(0, 1, sale('a'));
    cluster.settled();
    const writing = ['check', 'check ok', 'update', 'update ok', 'commit', 'conflict'];
    const syncsBefore = cluster.syncs;
    cluster.sent.length = 0;
    expect(cluster.submit(0, 1, sale('b'))).toMatchObject({ outcome: { kind: 'sold' } });
    cluster.settled();
    expect(cluster.sent.filter(({ body }) => writing.includes(body.kind))).toHaveLength(messages);
    expect(cluster.syncs - syncsBefore).toBe(syncs);
  });
});
