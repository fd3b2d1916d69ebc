import { type Token } from './messages.js';
import { monotonic } from '../clocks.js';
import { ballot, ReplicaParts, sale, sold } from '../../../test/support/replica-parts.js';
import { type Ballot, type Entry } from './types.js';

const refused = (sequenceNumber: number): Entry => ({
  sequenceNumber,
  origin: ballot(1),
  decided: [{ operation: sale('too many', 20), outcome: { kind: 'out of stock' } }],
});

describe('an acceptor', () => {
  let replica: ReplicaParts;
  beforeEach(() => {
    replica = new ReplicaParts();
  });

  const check = (round: number, committed = 0): void =>
    replica.acceptor.check('b', { kind: 'check', bookId: 1, ballot: ballot(round), committed });
  const update = (round: number, entry: Entry, before: readonly Entry[] = []): void =>
    replica.acceptor.update('b', { kind: 'update', bookId: 1, ballot: ballot(round), entry, before });
  const commit = (sequenceNumber: number, by: Ballot, token: Token | null): void =>
    replica.acceptor.commit('b', { kind: 'commit', bookId: 1, sequenceNumber, ballot: by, token });

  it('promises to a higher ballot, says what it has, and refuses any that is not above its promise (W1)', () => {
    update(2, sold(1));
    check(3, -1);
    expect(replica.said('check ok')).toMatchObject([
      {
        ballot: ballot(3),
        committed: 0,
        pending: { ballot: ballot(2), entry: sold(1) },
        newer: [{ sequenceNumber: 0 }],
      },
    ]);
    check(3);
    check(2);
    expect(replica.said('check ok')).toHaveLength(1);
    expect(replica.said('conflict')).toMatchObject([
      { ballot: ballot(3), promised: ballot(3) },
      { ballot: ballot(2), promised: ballot(3) },
    ]);
  });

  it('says nothing before what it says is safe on disk (sync before answers)', () => {
    replica.holdSyncs();
    check(3);
    update(3, sold(1));
    expect(replica.sent).toEqual([]);
    replica.endSyncs();
    expect([replica.said('check ok'), replica.said('update ok')].map(({ length }) => length)).toEqual([1, 1]);
  });

  it('holds what it accepted pending, and has no mark on that book any more (W3)', () => {
    replica.valid();
    expect(replica.marks.answersLocally(replica.record)).toBe(true);
    update(2, sold(1));
    expect(replica.record).toMatchObject({ committed: 0, pending: { ballot: ballot(2), entry: sold(1) } });
    commit(1, ballot(2), null);
    expect(replica.record).toMatchObject({ committed: 1, pending: null, book: { quantity: 8 } });
    expect(replica.marks.answersLocally(replica.record)).toBe(false);
  });

  it('lists the leases that it has granted when the ok leaves (W3)', () => {
    replica.granted.grant('b');
    replica.holdSyncs();
    update(2, sold(1));
    replica.pass(100);
    replica.granted.grant('c');
    replica.endSyncs();
    expect(replica.lastSaid('update ok').leases).toEqual([
      { holder: 'b', remainingMs: 400 },
      { holder: 'c', remainingMs: 500 },
    ]);
  });

  it('accepts nothing below its promise, and nothing that is committed (W3)', () => {
    check(5);
    update(4, sold(1));
    expect(replica.lastSaid('conflict')).toMatchObject({ ballot: ballot(4), promised: ballot(5) });
    update(5, sold(1));
    commit(1, ballot(5), null);
    update(6, sold(1, 'another'));
    expect(replica.lastSaid('update committed')).toMatchObject({ committed: 1, entries: [sold(1)] });
    expect(replica.said('update ok')).toHaveLength(1);
    expect(replica.record.pending).toBeNull();
  });

  it('says that it is behind, and accepts once it was given what it lacks (W3)', () => {
    update(2, sold(2));
    expect(replica.lastSaid('behind')).toMatchObject({ ballot: ballot(2), committed: 0 });
    expect(replica.record.pending).toBeNull();
    update(2, sold(2), [sold(1)]);
    expect(replica.record).toMatchObject({ committed: 1, pending: { entry: sold(2) } });
  });

  it('commits what is pending just below an update only if that is of the same ballot (W3)', () => {
    update(2, sold(1, 'lost'));
    update(3, sold(2));
    expect(replica.record).toMatchObject({ committed: 0, pending: { ballot: ballot(2) } });
    expect(replica.said('behind')).toHaveLength(1);
    update(2, sold(2));
    expect(replica.record).toMatchObject({ committed: 1, pending: { ballot: ballot(2), entry: sold(2) } });
  });

  it('lets the ok to a repeated update wait for the same as the first (W3)', () => {
    replica.holdSyncs();
    update(2, sold(1));
    update(2, sold(1));
    expect(replica.said('update ok')).toEqual([]);
    replica.endSyncs();
    expect(replica.said('update ok')).toHaveLength(2);
  });

  it('commits exactly the entry of that ballot, and asks for what is not here (W5, C2)', () => {
    update(2, sold(1));
    commit(1, ballot(3), null);
    expect(replica.record.committed).toBe(0);
    expect(replica.said('fetch')).toEqual([{ kind: 'fetch', bookId: 1, committed: 0 }]);
    commit(1, ballot(2), null);
    expect(replica.record.committed).toBe(1);
    expect(replica.said('fetch')).toHaveLength(1);
  });

  it.each([
    ['its own token, from then', 1, 0, true],
    ['a token from before its leases began', 1, -10, false],
    ['a token of an earlier life', 0, 0, false],
  ])('marks the book by a commit with %s (W5)', (_, startNumber, laterMs, isLocal) => {
    update(2, sold(1));
    replica.pass(10);
    replica.held.granted('b', monotonic(replica.now), 500);
    const at = monotonic(replica.now + laterMs);
    replica.pass(5);
    commit(1, ballot(2), { startNumber, at });
    expect(replica.marks.answersLocally(replica.record)).toBe(isLocal);
  });

  it('promises after a start, but says ok to no update until a lease has passed (W10)', () => {
    replica.acceptor.waitAfterStart();
    check(2);
    update(2, sold(1));
    expect([replica.said('check ok').length, replica.acceptor.mayOk()]).toEqual([1, false]);
    replica.pass(499);
    expect(replica.said('update ok')).toEqual([]);
    replica.pass(1);
    expect([replica.said('update ok').length, replica.acceptor.mayOk()]).toEqual([1, true]);
  });

  it('has front-ends forget the book before its ok (F3), unless the entry changes nothing (W11)', () => {
    replica.valid();
    replica.sessions.grant('shop', 'address');
    replica.sessions.answered('shop', 1);
    update(2, refused(1));
    expect([replica.told.length, replica.said('update ok').length]).toEqual([0, 1]);
    update(2, sold(2));
    expect([replica.told.map(({ bookIds }) => bookIds), replica.said('update ok').length]).toEqual([
      [[1]],
      1,
    ]);
    replica.sessions.invalidated('shop', replica.told[0]?.id ?? '');
    expect(replica.lastSaid('update ok').sequenceNumber).toBe(2);
  });

  it('says ok to nothing before a majority knows of this life (C3)', () => {
    replica.identities.become(replica.context.identity);
    check(2);
    update(2, sold(1));
    expect([replica.sent, replica.record.promised]).toEqual([[], null]);
    replica.identities.answeredBy('b');
    check(2);
    expect(replica.said('check ok')).toHaveLength(1);
  });
});
