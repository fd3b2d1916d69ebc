import { VirtualCluster } from '../../../../test/support/virtual-cluster.js';
import { CATALOGUE, type Operation } from '../types.js';

const book = {
  title: 'RPCs for Dummies',
  topic: 'Distributed Systems',
  priceCents: 5_000,
  quantity: 2,
  isbn: null,
  author: null,
};
const create = (operationId = 'create', title = book.title): Operation => ({
  kind: 'create',
  operationId,
  book: { ...book, title },
});
const sale = (operationId: string, copies = 1): Operation => ({
  kind: 'sale',
  operationId,
  copies,
  expectedPriceCents: null,
});
const SOLD = { outcome: { kind: 'sold' } };

/** Two replicas that sell on when one is left, with one book of two copies. */
function twoReplicas(): VirtualCluster {
  const cluster = new VirtualCluster(2, { writePolicy: 'reachable' }).ready();
  cluster.submit(0, CATALOGUE, create());
  return cluster.settled();
}

/** As a client does: until it is answered for certain. */
function submitUntilDecided(
  cluster: VirtualCluster,
  position: number,
  bookId: number,
  operation: Operation,
): unknown {
  for (let tries = 0; tries < 50; tries++) {
    const result = cluster.submit(position, bookId, operation, 500);
    if (result.kind !== 'not started' && result.kind !== 'unknown') return result;
    cluster.run(100);
  }
  throw new Error('never decided');
}

describe('two replicas under `reachable`', () => {
  it('sell on when one crashes, and the other takes over what it missed when it is back', () => {
    const cluster = twoReplicas();
    cluster.crash(0);
    expect(submitUntilDecided(cluster, 1, 1, sale('a'))).toMatchObject(SOLD);
    cluster.start(0);
    cluster.ready();
    expect(cluster.read(0, 1)).toMatchObject({ book: { quantity: 1 } });
    // Ready is who has heard that the other does not sell alone any more.
    cluster.crash(1);
    expect(submitUntilDecided(cluster, 0, 1, sale('b'))).toMatchObject(SOLD);
    expect(submitUntilDecided(cluster, 0, 1, sale('c'))).toMatchObject({ outcome: { kind: 'out of stock' } });
  });

  it('do not sell from an old ledger: one that was left out waits for the one that sold alone', () => {
    const cluster = twoReplicas();
    cluster.crash(0);
    expect(submitUntilDecided(cluster, 1, 1, sale('a', 2))).toMatchObject(SOLD);
    cluster.crash(1);
    cluster.start(0);
    cluster.run(5_000);
    expect(cluster.replica(0).status().ready).toBe(false);
    expect(cluster.submit(0, 1, sale('b'))).toMatchObject({ kind: 'not started' });
    cluster.start(1);
    cluster.ready();
    expect(submitUntilDecided(cluster, 0, 1, sale('b'))).toMatchObject({ outcome: { kind: 'out of stock' } });
  });

  it('go on alone after a restart if the disk says that it was alone', () => {
    const cluster = twoReplicas();
    cluster.crash(0);
    expect(submitUntilDecided(cluster, 1, 1, sale('a'))).toMatchObject(SOLD);
    cluster.crash(1);
    cluster.start(1);
    expect(submitUntilDecided(cluster, 1, 1, sale('b'))).toMatchObject(SOLD);
  });

  it('both sell while cut off from each other; healed, no sale is forgotten and what was oversold is said', () => {
    const cluster = twoReplicas();
    cluster.loses = () => true;
    expect(submitUntilDecided(cluster, 0, 1, sale('a', 2))).toMatchObject(SOLD);
    expect(submitUntilDecided(cluster, 1, 1, sale('b', 1))).toMatchObject(SOLD);
    expect(submitUntilDecided(cluster, 1, CATALOGUE, create('other', 'Xen'))).toMatchObject({
      outcome: { kind: 'created' },
    });
    expect(submitUntilDecided(cluster, 0, CATALOGUE, create('third', 'Spring'))).toMatchObject({
      outcome: { kind: 'created' },
    });
    cluster.loses = () => false;
    cluster.ready();
    cluster.runUntil(() =>
      [0, 1].every((position) =>
        ['a', 'b', 'other', 'third'].every((id) => cluster.store(position).operation(id)),
      ),
    );
    cluster.settled();
    const ledgers = [0, 1].map((position) =>
      cluster
        .store(position)
        .recordIds()
        .map((bookId) =>
          cluster
            .store(position)
            .entries(bookId, 0, 100)
            .map(({ decided }) => decided),
        ),
    );
    expect(ledgers[0]).toEqual(ledgers[1]);
    const outcomes = ledgers[0]?.flat(2).map(({ operation, outcome }) => [operation.operationId, outcome]);
    const oversold = outcomes?.filter(
      ([, outcome]) => typeof outcome === 'object' && outcome.kind === 'sold' && outcome.oversold,
    );
    expect(oversold).toHaveLength(1);
    expect(cluster.read(0, 1)).toMatchObject({ book: { quantity: -1 } });
    expect(cluster.read(1, 1)).toMatchObject({ book: { quantity: -1 } });
  });

  it('keep both books that one creation, repeated through both sides of a split, has made', () => {
    const cluster = twoReplicas();
    cluster.loses = () => true;
    const created = [0, 1].map((position) =>
      submitUntilDecided(cluster, position, CATALOGUE, create('twin', 'Xen')),
    );
    const [first, second] = created.map(
      (result) => (result as { outcome: { bookId: number } }).outcome.bookId,
    );
    expect(first).not.toBe(second);
    cluster.loses = () => false;
    cluster.ready();
    cluster.runUntil(() => [0, 1].every((position) => cluster.store(position).operation('split:twin')));
    cluster.settled();
    for (const position of [0, 1]) {
      for (const bookId of [first, second])
        expect(cluster.read(position, bookId ?? 0)).toMatchObject({ book: { title: 'Xen', quantity: 2 } });
    }
  });

  it.each([
    ['first', 0],
    ['second', 1],
  ])('keep the order of a sale that the %s side made and the other refused, under one id', (_, seller) => {
    const cluster = twoReplicas();
    const other = 1 - seller;
    cluster.loses = () => true;
    expect(submitUntilDecided(cluster, seller, 1, sale('twin', 2))).toMatchObject(SOLD);
    expect(submitUntilDecided(cluster, other, 1, sale('b', 1))).toMatchObject(SOLD);
    expect(submitUntilDecided(cluster, other, 1, sale('twin', 2))).toMatchObject({
      outcome: { kind: 'out of stock' },
    });
    cluster.loses = () => false;
    cluster.ready();
    cluster.runUntil(() =>
      [0, 1].every((position) => cluster.store(position).record(1)?.book?.quantity === -1),
    );
    const entries = [0, 1].map((position) => cluster.store(position).entries(1, 0, 100));
    expect(entries[0]).toEqual(entries[1]);
  });
});
