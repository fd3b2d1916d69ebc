import { monotonic as at } from '../clocks.js';
import { ReplicaContext } from '../../../test/support/replica-context.js';
import { GrantedLeases, HeldLeases } from './leases.js';

/** What is left of 500 ms when both clocks may drift by a twentieth (R3). */
const USABLE_MS = (500 * 0.95) / 1.05;

describe('leases that were granted to this replica', () => {
  let replica: ReplicaContext;
  let held: HeldLeases;
  beforeEach(() => {
    replica = new ReplicaContext();
    held = new HeldLeases(replica.context);
  });

  it('count from when they were asked for, not from when the grant came', () => {
    const sentAt = replica.now;
    replica.pass(100);
    held.granted('b', at(sentAt), 500);
    expect(held.remainingMs('b')).toBeCloseTo(USABLE_MS - 100);
  });

  it('are none when the grant comes after their end, or was not asked for yet', () => {
    const sentAt = replica.now;
    replica.pass(USABLE_MS);
    held.granted('b', at(sentAt), 500);
    held.granted('c', at(replica.now + 1), 500);
    expect(held.granters()).toEqual([]);
  });

  it('make a majority with this one, and only those that had begun by then count for what was validated', () => {
    const before = replica.now;
    replica.pass(10);
    expect(held.majoritySince(at(replica.now))).toBe(false);
    held.granted('b', at(replica.now), 500);
    expect([held.majoritySince(at(before)), held.majoritySince(at(replica.now))]).toEqual([false, true]);
    expect([held.someBeganAfter(at(before)), held.someBeganAfter(at(replica.now))]).toEqual([true, false]);
    replica.pass(USABLE_MS);
    expect(held.majoritySince(at(replica.now))).toBe(false);
  });

  it('go on when they are renewed in time, and begin anew when they had lapsed', () => {
    const begun = replica.now;
    held.granted('b', at(begun), 500);
    replica.pass(400);
    held.granted('b', at(replica.now), 500);
    replica.pass(400);
    expect(held.majoritySince(at(begun))).toBe(true);
    replica.pass(100);
    expect(held.lapsed).toBe(0);
    held.granted('b', at(replica.now), 500);
    expect([held.lapsed, held.majoritySince(at(begun)), held.majoritySince(at(replica.now))]).toEqual([
      1,
      false,
      true,
    ]);
  });

  it('are not shortened by a grant that was asked for earlier', () => {
    const early = replica.now;
    replica.pass(100);
    held.granted('b', at(replica.now), 500);
    held.granted('b', at(early), 500);
    expect(held.remainingMs('b')).toBeCloseTo(USABLE_MS);
  });

  it('are dropped all at once, with those that were asked for before', () => {
    const sentAt = replica.now;
    held.granted('b', at(sentAt), 500);
    replica.pass(1);
    held.dropAll();
    held.granted('c', at(sentAt), 500);
    expect(held.granters()).toEqual([]);
    held.granted('c', at(replica.now), 500);
    expect(held.granters()).toEqual(['c']);
  });

  it('run as a majority as long as the last one that it takes', () => {
    held.granted('b', at(replica.now), 500);
    replica.pass(50);
    held.granted('c', at(replica.now), 500);
    expect(held.majorityRemainingMs()).toBeCloseTo(USABLE_MS);
    held.drop('c');
    expect(held.majorityRemainingMs()).toBeCloseTo(USABLE_MS - 50);
    held.drop('b');
    expect(held.majorityRemainingMs()).toBe(0);
    const sole = new ReplicaContext({ replicas: 1 });
    expect(new HeldLeases(sole.context).majorityRemainingMs()).toBe(Infinity);
  });
});

describe('leases that this replica has granted', () => {
  it('are listed with what is left of them on its own clock, until they end or are given back', () => {
    const replica = new ReplicaContext();
    const granted = new GrantedLeases(replica.context);
    expect(granted.grant('b')).toBe(500);
    replica.pass(200);
    granted.grant('c');
    expect(granted.list()).toEqual([
      { holder: 'b', remainingMs: 300 },
      { holder: 'c', remainingMs: 500 },
    ]);
    replica.pass(300);
    expect(granted.list()).toEqual([{ holder: 'c', remainingMs: 200 }]);
    granted.returned('c');
    expect(granted.list()).toEqual([]);
  });
});
