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
    expect(again).toMatchObject({ kind: 'decided', outcome: (first as { outcome: unknown }).outcome });
    expect(cluster.submit(0, 1, sale('a', 2))).toEqual({ kind: 'operation id reused' });
    expect(cluster.read(0, 1)).toMatchObject({ book: { quantity: 1 } });
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
