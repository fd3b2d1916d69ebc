import { creation, sale } from '../../../test/support/two-replicas.js';
import { VirtualCluster } from '../../../test/support/virtual-cluster.js';
import { highestRound, repaired } from './round-limit.js';
import { type PeerMessage } from './messages.js';
import { CATALOGUE, type Ballot, type Entry, type Operation } from './types.js';

const create = creation('Xen', 10, 'create');
const SOLD = { outcome: { kind: 'sold' } };
const forged = (round: number): Ballot => ({ round, replicaId: 'zzzzzzzzz-z', startNumber: 1 });

/** Three replicas with one book. */
function threeReplicas(): VirtualCluster {
  const cluster = new VirtualCluster(3).ready();
  cluster.submit(0, CATALOGUE, create);
  return cluster.settled().synced();
}

describe('the highest round', () => {
  it('grows with the clock, and is far above honest rounds on one that stands still in 1970', () => {
    expect(highestRound(1_800_000_000_000.9)).toBe(1_800_000_000_000);
    expect(highestRound(0)).toBeGreaterThan(2 ** 40);
  });

  it.each([[[0]], [[2]], [[0, 1]], [[0, 1, 2]]])(
    'promised by replicas %j keeps a book from nobody once the clock goes on',
    (positions) => {
      const cluster = threeReplicas();
      cluster.now = 1_800_000_000_000;
      cluster.ready();
      for (const position of positions) {
        const other = (position + 1) % 3;
        cluster.replica(position).receive({
          from: cluster.idAt(other) as string,
          fromStart: 1,
          fromPosition: other,
          to: cluster.idAt(position) as string,
          body: { kind: 'check', bookId: 1, ballot: forged(highestRound(cluster.now)), committed: 0 },
        });
        expect(cluster.replica(position).recordStatus(1).promised).toEqual(forged(highestRound(cluster.now)));
      }
      for (const position of [0, 1, 2]) {
        expect(cluster.submit(position, 1, sale(`at ${position}`))).toMatchObject(SOLD);
      }
    },
  );
});

describe('an entry that gives out an id far above the last', () => {
  const book = { title: 'Forged', topic: 'S', priceCents: 1, quantity: 1, isbn: null, author: null };
  const entry: Entry = {
    sequenceNumber: 2,
    origin: forged(9),
    decided: [
      {
        operation: { kind: 'create', operationId: 'forged', book },
        outcome: { kind: 'created', bookId: 10 ** 15 - 1 },
      },
    ],
  };

  it.each<[string, PeerMessage]>([
    ['to be accepted', { kind: 'update', bookId: CATALOGUE, ballot: forged(9), entry, before: [] }],
    ['as committed', { kind: 'fetched', bookId: CATALOGUE, committed: 2, entries: [entry] }],
  ])('is not taken over when it comes %s', (_, body) => {
    const cluster = threeReplicas();
    for (const position of [0, 1, 2]) {
      const other = (position + 1) % 3;
      const to = cluster.idAt(position) as string;
      cluster
        .replica(position)
        .receive({ from: cluster.idAt(other) as string, fromStart: 1, fromPosition: other, to, body });
    }
    const second: Operation = { kind: 'create', operationId: 'second', book: { ...book, title: 'Second' } };
    expect(cluster.submit(0, CATALOGUE, second)).toMatchObject({ outcome: { kind: 'created', bookId: 2 } });
  });
});

describe('an absurd promise that an earlier release stored', () => {
  it.each([[[0]], [[1, 2]], [[0, 1, 2]]])('by replicas %j keeps the book from nobody', (positions) => {
    const cluster = threeReplicas();
    for (const position of positions) {
      cluster.store(position).savePromised(1, forged(1e308));
      cluster.synced();
      cluster.crash(position);
      cluster.start(position);
    }
    cluster.ready();
    for (const position of [0, 1, 2]) {
      expect(cluster.submit(position, 1, sale(`at ${position}`))).toMatchObject(SOLD);
      expect(cluster.replica(position).recordStatus(1).promised?.round).toBeLessThan(2 ** 41);
    }
  });

  it('counts the same on every replica, whatever its clock shows; a round within the limit stays as it is', () => {
    const now = 1_800_000_000_000;
    const rounds = [0, 2 ** 53, now].map((clock) => repaired(forged(Infinity), clock).round);
    expect(new Set(rounds).size).toBe(1);
    const anHourAgo = now - 3_600_000;
    expect(repaired(forged(now), anHourAgo)).toEqual(forged(now));
    expect(repaired(forged(7), now)).toEqual(forged(7));
  });
});
