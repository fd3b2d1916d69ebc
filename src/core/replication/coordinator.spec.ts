import { ballot, ReplicaParts, sale, sold } from '../../../test/support/replica-parts.js';
import { type Waiting } from './batch.js';
import { type SubmitResult } from './results.js';
import { type Entry, type Operation } from './types.js';

/** An operation that waits, and what its caller was told. */
class Caller implements Waiting {
  readonly told = null;
  proposed = false;
  repeats = false;
  answered = false;
  entry: Entry | null = null;

  constructor(readonly operation: Operation) {}

  answer(entry: Entry): void {
    this.answered = true;
    this.entry = entry;
  }

  reject(result: SubmitResult): void {
    throw new Error(`rejected: ${result.kind}`);
  }
}

describe('a coordinator', () => {
  let replica: ReplicaParts;
  beforeEach(() => {
    replica = new ReplicaParts();
  });

  function submit(operationId: string): Caller {
    const caller = new Caller(sale(operationId));
    expect(replica.coordinator.submit(1, caller)).toBe(true);
    return caller;
  }
  /** Written, and committed by a majority: from then on this replica leads the book. */
  function write(operationId: string): Caller {
    const caller = submit(operationId);
    if (replica.said('update').at(-1)?.entry.sequenceNumber !== replica.record.committed + 1)
      replica.promised('b');
    replica.accepted('b');
    return caller;
  }
  const updates = () => [...new Set(replica.said('update').map(({ entry }) => entry))];
  const lastBallot = () => replica.lastSaid('update').ballot;
  const conflict = (promisedRound: number, newer: readonly Entry[] = []): void =>
    replica.coordinator.conflict({
      kind: 'conflict',
      bookId: 1,
      ballot: lastBallot(),
      promised: ballot(promisedRound),
      committed: newer.length,
      newer,
    });

  it('checks with all under a ballot above its promise, and under a higher one when that is lost (W1)', () => {
    replica.records.promise(replica.record, ballot(7));
    submit('s');
    expect(replica.said('check').map(({ ballot }) => ballot)).toEqual([ballot(8, 'a'), ballot(8, 'a')]);
    expect(replica.saidTo('check')).toEqual([1, 2]);
    replica.pass(200);
    expect(replica.lastSaid('check').ballot).toEqual(ballot(9, 'a'));
    expect(replica.said('update')).toEqual([]);
  });

  it('brings the pending entry of the highest ballot to commit first, under its own (W2)', () => {
    replica.records.accept(replica.record, ballot(2), sold(1, 'lower'));
    const caller = submit('s');
    replica.promised('b', { pending: { ballot: ballot(3), entry: sold(1, 'higher') } });
    expect(updates()).toEqual([sold(1, 'higher')]);
    expect(lastBallot()).toEqual(replica.lastSaid('check').ballot);
    replica.accepted('b');
    expect([replica.record.committed, replica.coordinator.takeovers]).toEqual([1, 1]);
    replica.accepted('b');
    expect(caller.entry).toMatchObject({
      sequenceNumber: 2,
      decided: [{ operation: { operationId: 's' }, outcome: { kind: 'sold' } }],
    });
  });

  it('takes over newer entries before it proposes its own (W2)', () => {
    submit('s');
    replica.promised('b', { committed: 1, newer: [sold(1)] });
    expect(replica.record).toMatchObject({ committed: 1, book: { quantity: 8 } });
    expect(replica.said('check')).toHaveLength(2);
    expect(lastBallot()).toEqual(replica.lastSaid('check').ballot);
    expect(updates()).toMatchObject([{ sequenceNumber: 2, decided: [{ operation: { operationId: 's' } }] }]);
  });

  it('is done when each listed holder has said ok, was discharged, or let its time pass (W4)', () => {
    const leases = [{ holder: 'c', remainingMs: 100 }];
    const [first, second, third] = ['passes', 'says ok', 'is discharged'].map((what, index) => {
      const caller = submit(what);
      if (index === 0) replica.promised('b');
      replica.accepted('b', { leases });
      expect([what, caller.answered]).toEqual([what, false]);
      const { bookId, ballot: own, entry } = replica.lastSaid('update');
      const { sequenceNumber } = entry;
      const discharge = { kind: 'discharge', bookId, sequenceNumber, holder: 'c' } as const;
      if (index === 0) replica.pass(99);
      if (index === 2) replica.coordinator.discharge({ ...discharge, ballot: ballot(99) });
      expect([what, caller.answered]).toEqual([what, false]);
      if (index === 0) replica.pass(1);
      if (index === 1) replica.accepted('c');
      if (index === 2) replica.coordinator.discharge({ ...discharge, ballot: own });
      return caller;
    });
    expect([first, second, third].map((caller) => caller?.entry?.sequenceNumber)).toEqual([1, 2, 3]);
  });

  it('gives the token back with the commit only if it can answer locally (W5)', () => {
    write('without leases');
    expect(replica.said('commit').map(({ token }) => token)).toEqual([null, null]);
    replica.valid();
    write('with leases');
    expect(replica.said('commit').slice(2)).toMatchObject([
      { sequenceNumber: 2, token: { startNumber: 1, at: 5 } },
      // It has not said ok.
      { sequenceNumber: 2, token: null },
    ]);
  });

  it('answers a late ok with a commit only if its ballot won (W5)', () => {
    write('s');
    replica.accepted('c', { ballot: ballot(99, 'a') });
    expect(replica.saidTo('commit')).toEqual([1, 2]);
    replica.accepted('c');
    expect(replica.saidTo('commit')).toEqual([1, 2, 2]);
  });

  it('goes straight to update while it leads, until a conflict: then it pauses and checks (W6)', () => {
    write('first');
    const checks = replica.said('check').length;
    const caller = submit('second');
    expect([updates().length, replica.said('check').length]).toEqual([2, checks]);
    conflict(50);
    expect(replica.said('check')).toHaveLength(checks);
    replica.pass(100);
    expect(replica.lastSaid('check').ballot).toEqual(ballot(51, 'a'));
    expect([updates().length, caller.answered, replica.coordinator.conflicts]).toEqual([2, false, 1]);
  });

  it('checks again after another brought its number to an end (W6)', () => {
    write('first');
    const caller = submit('second');
    replica.records.learn(1, [sold(2, 'of another')]);
    expect([replica.record.committed, updates().length]).toEqual([2, 2]);
    replica.promised('b');
    expect(updates().at(-1)).toMatchObject({ sequenceNumber: 3, origin: replica.lastSaid('check').ballot });
    replica.accepted('b');
    expect(caller.entry?.sequenceNumber).toBe(3);
  });

  it('answers what the ledger has by now from there, and proposes it no second time (W8)', () => {
    const caller = submit('s');
    replica.promised('b');
    const [proposed] = updates();
    if (proposed === undefined) throw new Error('nothing was proposed');
    conflict(50, [proposed]);
    replica.pass(100);
    replica.promised('b');
    expect(caller.entry).toEqual(proposed);
    expect([updates().length, replica.record.committed, replica.record.book?.quantity]).toEqual([1, 1, 8]);
  });

  it('settles a read by a round that was sent after it came, and by none before (R2)', () => {
    let settled = false;
    submit('s');
    replica.pass(1);
    replica.coordinator.settle(1, () => (settled = true));
    replica.promised('b');
    expect(settled).toBe(false);
    replica.accepted('b');
    expect(settled).toBe(true);
  });

  it('answers before its own write while nobody can have completed that (R2)', () => {
    write('first');
    replica.valid();
    expect(replica.coordinator.answersBefore(replica.record)).toBe(false);
    submit('second');
    expect(replica.coordinator.answersBefore(replica.record)).toBe(true);
    replica.marks.bar(replica.record, { number: 2, ballot: ballot(99), titles: false });
    expect(replica.coordinator.answersBefore(replica.record)).toBe(false);
  });

  it('answers before its own write no more once another has brought that number to its end, not even in the same step (R2)', () => {
    write('first');
    replica.valid();
    submit('second');
    replica.context.step(() => {
      replica.records.learn(1, [sold(2)]);
      expect(replica.coordinator.answersBefore(replica.record)).toBe(false);
    });
  });

  it('never answers before an entry of another, which may be complete (R2)', () => {
    replica.valid();
    submit('s');
    replica.promised('b', { pending: { ballot: ballot(3), entry: sold(1) } });
    expect(updates()).toEqual([sold(1)]);
    expect(replica.coordinator.answersBefore(replica.record)).toBe(false);
  });

  it('ends what stays pending elsewhere with an empty entry, if nobody in a majority has it (C2)', () => {
    replica.coordinator.finish(1, 1);
    replica.promised('b');
    expect(updates()).toMatchObject([{ sequenceNumber: 1, decided: [] }]);
    replica.accepted('b');
    expect(replica.record).toMatchObject({ committed: 1, version: 0 });
    replica.coordinator.finish(1, 1);
    expect(updates()).toHaveLength(1);
  });

  it('refuses what is more than may wait for one book', () => {
    const caller = new Caller(sale('s'));
    const taken = Array.from({ length: 10_001 }, () => replica.coordinator.submit(1, caller));
    expect(taken.filter(Boolean)).toHaveLength(10_000);
    expect(taken.at(-1)).toBe(false);
  });
});
