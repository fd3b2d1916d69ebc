import { creation, sale } from '../../../test/support/two-replicas.js';
import { VirtualCluster } from '../../../test/support/virtual-cluster.js';
import { type Admission } from './api.js';
import { GivenUp, OtherNumber } from './identities.js';
import { type Elder } from './messages.js';
import { NO_PAST } from './ports.js';
import { CATALOGUE } from './types.js';

const LEASE_MS = 500;
const create = creation('Xen', 10, 'create');

function cluster(replicas: number): VirtualCluster {
  const some = new VirtualCluster(replicas).ready();
  some.submit(0, CATALOGUE, create);
  some.submit(1, 1, sale('first'));
  return some.settled().synced();
}

function loseDisk(some: VirtualCluster, position: number): void {
  some.crash(position);
  some.store(position).wipe();
}

const joined = (some: VirtualCluster, position: number): boolean => some.replica(position).status().joined;

function admit(some: VirtualCluster, position: number, without: readonly number[]): Admission | undefined {
  let admission: Admission | undefined;
  some.replica(position).admit(without, (answer) => (admission = answer));
  some.run(5);
  return admission;
}

describe('a new identity (C3)', () => {
  it('of five joins through three while another is down, and votes', () => {
    const some = cluster(5);
    some.crash(3);
    loseDisk(some, 4);
    some.start(4);
    some.runUntil(() => joined(some, 4));
    some.crash(2);
    expect(some.submit(0, 1, sale('second'))).toMatchObject({ kind: 'decided' });
    some.runUntil(() => some.store(4).operation('second') !== undefined);
  });

  it('of five does not join through two voters, however many are as new as itself', () => {
    const some = cluster(5);
    for (const position of [2, 3, 4]) loseDisk(some, position);
    for (const position of [2, 3, 4]) some.start(position);
    some.run(6 * LEASE_MS);
    expect([2, 3, 4].map((position) => joined(some, position))).toEqual([false, false, false]);
  });

  it('is named by those it learned from in all that they say, in later lives too, and by those who hear of it', () => {
    const some = cluster(5);
    loseDisk(some, 4);
    some.start(4);
    some.runUntil(() => joined(some, 4));
    const successor = { place: '4', replicaId: some.idAt(4), givenUp: false };
    some.crash(0);
    some.start(0);
    some.ready();
    for (const position of [0, 1, 2, 3]) {
      expect(some.store(position).identity()?.past.successors).toEqual([successor]);
    }
  });

  it('goes with its disk to another address, and is left in peace there', () => {
    const some = cluster(3);
    loseDisk(some, 2);
    some.start(2);
    some.runUntil(() => joined(some, 2));
    some.ready().settled().synced();
    for (const position of [0, 1, 2]) some.crash(position);
    const [putFirst, putSecond] = [some.store(1).copy(), some.store(2).copy()];
    const [other, moved] = [some.idAt(1), some.idAt(2)];
    putFirst(some.store(2));
    putSecond(some.store(1));
    for (const position of [1, 0, 2]) some.start(position);
    some.ready();
    some.run(4 * LEASE_MS);
    expect([some.idAt(1), some.idAt(2)]).toEqual([moved, other]);
    for (const position of [0, 1, 2]) {
      expect(some.replica(position).status()).toMatchObject({ joined: true, ready: true });
    }
    expect(some.submit(0, 1, sale('second'))).toMatchObject({ kind: 'decided' });
  });

  it('keeps promises that those it learned from kept for others', () => {
    const some = cluster(5);
    const answers: { by: number; elder: Elder }[] = [];
    some.loses = (by, _to, body) => {
      if ('elder' in body && body.elder !== undefined) answers.push({ by, elder: body.elder });
      return false;
    };
    for (const position of [4, 3]) {
      loseDisk(some, position);
      some.start(position);
      some.runUntil(() => joined(some, position));
    }
    const floor = some.store(4).identity()?.past.floor ?? 0;
    expect(floor).toBeGreaterThan(0);
    const later = answers.filter(({ by }) => by === 4);
    expect(later.length).toBeGreaterThan(0);
    for (const { elder } of later)
      expect(elder).toEqual({ as: 'voter', promisedUpTo: expect.any(Number) as number });
    for (const { elder } of later) expect(elder.promisedUpTo).toBeGreaterThanOrEqual(floor);
  });

  it('joins under load: it waits for what was pending as it asked, not for a moment without', () => {
    const some = cluster(3);
    loseDisk(some, 2);
    // Each next sale is under way before the last one has ended everywhere.
    let sales = 0;
    const sell = (): void => {
      some.replica(0).submit(1, sale(`sale ${sales++}`), 5_000, () => sell());
    };
    sell();
    some.run(2 * LEASE_MS);
    const before = sales;
    some.start(2);
    some.runUntil(() => joined(some, 2), 2 * LEASE_MS);
    expect(sales).toBeGreaterThan(before + 10);
  });
});

describe("an administrator's word (C3)", () => {
  it('is refused where it is not needed, or not true', () => {
    const some = cluster(3);
    expect(admit(some, 2, [])).toEqual({ kind: 'votes already' });
    loseDisk(some, 2);
    some.crash(1);
    some.start(2);
    some.run(LEASE_MS);
    expect(admit(some, 2, [])).toEqual({ kind: 'not there', position: 1 });
    expect(admit(some, 2, [0, 1])).toEqual({ kind: 'there', position: 0 });
    expect(joined(some, 2)).toBe(false);
  });

  it('is refused where nobody has voted', () => {
    const some = cluster(3);
    for (const position of [0, 1, 2]) loseDisk(some, position);
    some.start(0);
    some.start(1);
    some.run(LEASE_MS);
    expect(admit(some, 1, [2])).toEqual({ kind: 'nobody votes' });
    some.start(2);
    some.ready();
  });

  it('lets it help to end what those that are left hold pending', () => {
    const some = cluster(3);
    some.loses = (_from, to, { kind }) => to === 0 && kind === 'commit';
    expect(some.submit(1, 1, sale('second'))).toMatchObject({ kind: 'decided' });
    some.crash(1);
    loseDisk(some, 2);
    expect(some.replica(0).status().pending).toEqual([1]);
    some.start(2);
    some.run(LEASE_MS);
    expect(admit(some, 2, [1])).toMatchObject({ kind: 'admitted' });
    some.runUntil(() => some.replica(0).status().ready);
    some.runUntil(() => some.store(2).operation('second') !== undefined);
  });

  it('lets it join through those that are left, after a crash too; who was left out ends when it is back', () => {
    const some = cluster(3);
    loseDisk(some, 2);
    some.crash(1);
    some.start(2);
    some.run(LEASE_MS);
    expect(admit(some, 2, [1])).toEqual({ kind: 'admitted', replicaId: some.idAt(2) });
    some.crash(2);
    some.start(2);
    some.runUntil(() => some.replica(0).status().ready);
    expect(some.submit(0, 1, sale('second'))).toMatchObject({ kind: 'decided' });
    some.start(1);
    expect(() => some.run(4 * LEASE_MS)).toThrow(GivenUp);
    loseDisk(some, 1);
    some.start(1);
    some.ready();
    expect(some.store(1).operation('second')).toBeDefined();
  });
});

describe('the number of replicas', () => {
  const rememberAmong = (some: VirtualCluster, position: number, among: number): void => {
    const store = some.store(position);
    const identity = store.identity();
    if (identity === undefined) throw new Error('it has no identity');
    some.crash(position);
    store.saveIdentity({ ...identity, past: { ...identity.past, among } });
    store.sync(() => undefined);
  };

  it('is that of the first start, kept by the disk', () => {
    const some = cluster(3);
    expect([0, 1, 2].map((position) => some.store(position).identity()?.past.among)).toEqual([3, 3, 3]);
    rememberAmong(some, 1, 5);
    expect(() => some.start(1)).toThrow(new OtherNumber(5));
  });

  it('is taken as it is where an earlier release did not keep it, and by an empty disk', () => {
    const some = cluster(3);
    rememberAmong(some, 1, NO_PAST.among);
    some.start(1);
    expect(some.store(1).identity()?.past.among).toBe(3);
    loseDisk(some, 2);
    some.start(2);
    expect(some.store(2).identity()?.past.among).toBe(3);
  });
});
