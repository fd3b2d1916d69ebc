import {
  creation,
  healed,
  parted,
  sale,
  twoReplicas,
  untilDecided,
} from '../../../../test/support/two-replicas.js';
import { type VirtualCluster } from '../../../../test/support/virtual-cluster.js';
import { confirmationOf } from '../holds.js';
import { CATALOGUE, type HoldId, type Operation } from '../types.js';

const SOLD = { outcome: { kind: 'sold' } };
const ONE_BOOK = [2];

const hold: Operation = {
  kind: 'hold',
  operationId: 'hold',
  copies: 1,
  expectedPriceCents: null,
  term: { kind: 'alone', ttlMs: 60_000 },
};

function held(cluster: VirtualCluster, at: number): HoldId {
  const { outcome } = untilDecided(cluster, at, 1, hold);
  if (outcome.kind !== 'held') throw new Error(outcome.kind);
  return outcome.holdId;
}

const quantity = (cluster: VirtualCluster): (number | undefined)[] =>
  [0, 1].map((at) => cluster.store(at).record(1)?.book?.quantity);

describe('two sides of a split, healed,', () => {
  it('keep both books that one creation, repeated through both, has made', () => {
    const cluster = twoReplicas(ONE_BOOK);
    parted(cluster);
    const created = [0, 1].map((position) =>
      untilDecided(cluster, position, CATALOGUE, creation('Xen', 2, 'twin')),
    );
    const [first, second] = created.map(({ bookId }) => bookId);
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
    const cluster = twoReplicas(ONE_BOOK);
    const other = 1 - seller;
    parted(cluster);
    expect(untilDecided(cluster, seller, 1, sale('twin', 2))).toMatchObject(SOLD);
    expect(untilDecided(cluster, other, 1, sale('b', 1))).toMatchObject(SOLD);
    expect(untilDecided(cluster, other, 1, sale('twin', 2))).toMatchObject({
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

  it('keep both holds that were made under one id, and sell each to who confirms it', () => {
    const cluster = twoReplicas(ONE_BOOK);
    parted(cluster);
    const holds = [held(cluster, 0), held(cluster, 1)];
    expect(new Set(holds).size).toBe(2);
    healed(cluster);
    expect(quantity(cluster)).toEqual([0, 0]);
    for (const holdId of holds)
      expect(untilDecided(cluster, 0, 1, confirmationOf(holdId, []))).toMatchObject(SOLD);
  });

  it('give copies of an order back once that were cancelled at both', () => {
    const cluster = twoReplicas(ONE_BOOK);
    const { outcome } = untilDecided(cluster, 0, 1, sale('a', 2));
    if (outcome.kind !== 'sold') throw new Error(outcome.kind);
    parted(cluster.settled());
    for (const at of [0, 1])
      untilDecided(cluster, at, 1, {
        kind: 'cancel',
        operationId: `cancel at ${at}`,
        orderId: outcome.orderId,
        copies: 2,
      });
    healed(cluster);
    expect(quantity(cluster)).toEqual([2, 2]);
  });

  it('sell a hold to who confirmed it at one, though it was given back at the other', () => {
    const cluster = twoReplicas(ONE_BOOK);
    const holdId = held(cluster, 0);
    parted(cluster.settled());
    expect(untilDecided(cluster, 0, 1, confirmationOf(holdId, []))).toMatchObject(SOLD);
    untilDecided(cluster, 1, 1, { kind: 'release', operationId: 'release', holdId });
    healed(cluster);
    expect(quantity(cluster)).toEqual([1, 1]);
    for (const at of [0, 1]) expect(cluster.store(at).hold(holdId)?.end?.kind).toBe('sold');
  });
});
