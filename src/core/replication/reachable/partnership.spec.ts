import { creation, sale, twoReplicas, untilDecided } from '../../../../test/support/two-replicas.js';
import { CATALOGUE } from '../types.js';

const SOLD = { outcome: { kind: 'sold' } };
const ONE_BOOK = [2];

describe('two replicas under `reachable`', () => {
  it('sell on when one crashes, and the other takes over what it missed when it is back', () => {
    const cluster = twoReplicas(ONE_BOOK);
    cluster.crash(0);
    expect(untilDecided(cluster, 1, 1, sale('a'))).toMatchObject(SOLD);
    cluster.start(0);
    cluster.ready();
    expect(cluster.read(0, 1)).toMatchObject({ book: { quantity: 1 } });
    // Ready is who has heard that the other does not sell alone any more.
    cluster.crash(1);
    expect(untilDecided(cluster, 0, 1, sale('b'))).toMatchObject(SOLD);
    expect(untilDecided(cluster, 0, 1, sale('c'))).toMatchObject({ outcome: { kind: 'out of stock' } });
  });

  it('do not sell from an old ledger: one that was left out waits for the one that sold alone', () => {
    const cluster = twoReplicas(ONE_BOOK);
    cluster.crash(0);
    expect(untilDecided(cluster, 1, 1, sale('a', 2))).toMatchObject(SOLD);
    cluster.crash(1);
    cluster.start(0);
    cluster.run(5_000);
    expect(cluster.replica(0).status().ready).toBe(false);
    expect(cluster.submit(0, 1, sale('b'))).toMatchObject({ kind: 'not started' });
    cluster.start(1);
    cluster.ready();
    expect(untilDecided(cluster, 0, 1, sale('b'))).toMatchObject({ outcome: { kind: 'out of stock' } });
  });

  it('go on alone after a restart if the disk says that it was alone', () => {
    const cluster = twoReplicas(ONE_BOOK);
    cluster.crash(0);
    expect(untilDecided(cluster, 1, 1, sale('a'))).toMatchObject(SOLD);
    cluster.crash(1);
    cluster.start(1);
    expect(untilDecided(cluster, 1, 1, sale('b'))).toMatchObject(SOLD);
  });

  it('both sell while cut off from each other; healed, no sale is forgotten and what was oversold is said', () => {
    const cluster = twoReplicas(ONE_BOOK);
    cluster.loses = () => true;
    expect(untilDecided(cluster, 0, 1, sale('a', 2))).toMatchObject(SOLD);
    expect(untilDecided(cluster, 1, 1, sale('b', 1))).toMatchObject(SOLD);
    expect(untilDecided(cluster, 1, CATALOGUE, creation('Xen', 2, 'other'))).toMatchObject({
      outcome: { kind: 'created' },
    });
    expect(untilDecided(cluster, 0, CATALOGUE, creation('Spring', 2, 'third'))).toMatchObject({
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
});
