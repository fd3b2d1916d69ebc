import { creation, sale } from '../../../test/support/two-replicas.js';
import { VirtualCluster } from '../../../test/support/virtual-cluster.js';
import { SharedIdentity } from './identities.js';
import { CATALOGUE } from './types.js';

const create = creation('Xen', 10, 'create');
const SOLD = { outcome: { kind: 'sold' } };

/** Three replicas, a book that the third coordinates. */
function threeReplicas(): VirtualCluster {
  const cluster = new VirtualCluster(3).ready();
  cluster.submit(0, CATALOGUE, create);
  cluster.submit(2, 1, sale('first'));
  return cluster.settled().synced();
}

/** The others hear of what is safe on a disk each quarter of a lease; commits are within a second, if there is nothing to ride on. */
const heard = (cluster: VirtualCluster): void => cluster.run(1_500);

describe('a disk that was put back from a copy', () => {
  it.each<[string, (cluster: VirtualCluster) => () => void]>([
    [
      'of an earlier life',
      (cluster) => {
        cluster.crash(2);
        const putBack = cluster.store(2).copy();
        cluster.start(2);
        heard(cluster.ready());
        return putBack;
      },
    ],
    [
      'of the same life',
      (cluster) => {
        const putBack = cluster.store(2).copy();
        cluster.submit(0, 1, sale('second'));
        cluster.settled().synced();
        heard(cluster);
        return putBack;
      },
    ],
  ])('%s comes back as a new replica, and catches up', (_, copyAndGoOn) => {
    const cluster = threeReplicas();
    const putBack = copyAndGoOn(cluster);
    const before = cluster.idAt(2);
    cluster.crash(2);
    putBack();
    cluster.start(2);
    cluster.runUntil(() => cluster.idAt(2) !== before);
    expect(cluster.replica(2).status()).toMatchObject({ joined: false, ready: false });
    cluster.ready();
    expect(cluster.submit(2, 1, sale('last'))).toMatchObject(SOLD);
    cluster.settled();
    const sold = cluster.store(0).record(1)?.committed;
    expect(cluster.read(2, 1)).toMatchObject({ sequenceNumber: sold });
  });

  it('says ok to nothing before the others know of it', () => {
    const cluster = threeReplicas();
    const putBack = cluster.store(2).copy();
    cluster.submit(2, 1, sale('second'));
    cluster.settled().synced();
    heard(cluster);
    cluster.crash(2);
    // Until the second takes the book over from a coordinator that it does not hear of any more.
    cluster.run(300);
    putBack();
    cluster.loses = (from, to) => from === 0 || to === 0;
    cluster.sent.length = 0;
    cluster.start(2);
    // The third wakes up just as the check arrives.
    cluster.submit(1, 1, sale('third'), 400);
    const said = cluster.sent.filter(({ from, to }) => from === 2 && to === 1);
    expect(cluster.sent.some(({ to, body }) => to === 2 && body.kind === 'check')).toBe(true);
    expect(said.filter(({ body }) => body.kind === 'check ok' || body.kind === 'update ok')).toEqual([]);
  });

  it('is told from one that just starts again', () => {
    const cluster = threeReplicas();
    const before = cluster.idAt(2);
    for (let start = 0; start < 3; start++) {
      cluster.crash(2);
      cluster.start(2);
      heard(cluster.ready());
    }
    expect(cluster.idAt(2)).toBe(before);
  });
});

describe('a disk that was copied to another replica', () => {
  /** What is on the disk of one now stands on that of another, from its next start on. */
  const copyTo = (cluster: VirtualCluster, from: number, to: number): void =>
    cluster.store(from).copy()(cluster.store(to));
  const restart = (cluster: VirtualCluster, ...positions: number[]): void =>
    positions.forEach((position) => cluster.start(position));

  it('ends whoever starts from it, when all have the same', () => {
    const cluster = threeReplicas();
    heard(cluster);
    [0, 1, 2].forEach((position) => cluster.crash(position));
    copyTo(cluster, 0, 1);
    copyTo(cluster, 0, 2);
    restart(cluster, 0, 1, 2);
    expect(() => cluster.run(1_000)).toThrow(SharedIdentity);
  });

  it.each([
    ['the first', 0],
    ['the last', 2],
  ])('is taken from nobody while %s runs that had it before', (_, original) => {
    const cluster = threeReplicas();
    heard(cluster);
    cluster.crash(1);
    copyTo(cluster, original, 1);
    // Only the third is heard: whoever has the original would end this one.
    cluster.loses = (from, to) => [from, to].includes(1) && [from, to].includes(original);
    restart(cluster, 1);
    const other = 2 - original;
    const { replicaId } = cluster.replica(original).status();
    for (let round = 0; round < 10; round++) {
      cluster.run(300);
      const twin = cluster.replica(1).status();
      // Either it has taken a new identity, or nobody takes its word.
      expect(twin.replicaId !== replicaId || !twin.ready).toBe(true);
      expect(cluster.replica(other).status().peers).toContainEqual(
        expect.objectContaining({ position: original, replicaId, healthy: true }),
      );
    }
    expect(cluster.submit(original, 1, sale('on'))).toMatchObject(SOLD);
  });

  it('ends its second user, and the first goes on', () => {
    const cluster = threeReplicas();
    heard(cluster);
    cluster.crash(1);
    copyTo(cluster, 2, 1);
    cluster.loses = (from, to) => [from, to].includes(0) && [from, to].includes(1);
    restart(cluster, 1);
    let ended: unknown;
    try {
      cluster.run(1_000);
    } catch (error) {
      ended = error;
    }
    expect(ended).toBeInstanceOf(SharedIdentity);
    expect((ended as SharedIdentity).position).toBe(2);
    cluster.crash(1);
    expect(cluster.submit(2, 1, sale('on'))).toMatchObject(SOLD);
    expect(cluster.submit(0, 1, sale('and on'))).toMatchObject(SOLD);
  });

  it('may move to another address with all that was heard of it', () => {
    const cluster = threeReplicas();
    heard(cluster);
    const moved = cluster.idAt(2);
    cluster.crash(1);
    cluster.crash(2);
    copyTo(cluster, 2, 1);
    cluster.run(2_000);
    restart(cluster, 1);
    cluster.runUntil(() => cluster.replica(0).status().peers[0]?.replicaId === moved);
    expect(cluster.replica(0).status().peers[1]?.replicaId).toBeNull();
  });
});
