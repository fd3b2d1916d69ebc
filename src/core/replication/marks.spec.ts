import { monotonic as at } from '../clocks.js';
import { ReplicaContext } from '../../../test/support/replica-context.js';
import { HeldLeases } from './leases.js';
import { Marks } from './marks.js';
import { Records } from './records.js';
import { type Ballot, CATALOGUE, type Entry } from './types.js';

const ballot = (round: number): Ballot => ({ round, replicaId: 'b', startNumber: 1 });
const book = { title: 'Xen', topic: 'Systems', priceCents: 1_500, quantity: 9, isbn: null, author: 'A' };
const entry: Entry = {
  sequenceNumber: 1,
  origin: ballot(1),
  decided: [{ operation: { kind: 'restock', operationId: 'r', copies: 1 }, outcome: { kind: 'restocked' } }],
};

describe('marks', () => {
  let replica: ReplicaContext;
  let records: Records;
  let leases: HeldLeases;
  let marks: Marks;
  const record = () => records.get(1);
  const answersLocally = () => marks.answersLocally(record());
  beforeEach(() => {
    replica = new ReplicaContext();
    records = new Records(replica.context);
    const operation = { kind: 'create', operationId: 'c', book } as const;
    const outcome = { kind: 'created', bookId: 1 } as const;
    records.commit(records.get(CATALOGUE), { ...entry, decided: [{ operation, outcome }] });
    leases = new HeldLeases(replica.context);
    marks = new Marks(replica.context, records, leases);
    leases.granted('b', at(replica.now), 500);
    replica.pass(1);
  });

  it('are on nothing before something was validated', () => {
    expect([answersLocally(), marks.ready()]).toEqual([false, false]);
  });

  it('count from when was asked what validated the book, while leases that had begun by then run', () => {
    marks.mark(record(), at(replica.now - 2));
    expect(answersLocally()).toBe(false);
    marks.mark(record(), at(replica.now - 1));
    expect(answersLocally()).toBe(true);
    replica.pass(500);
    expect(answersLocally()).toBe(false);
  });

  it('are on all books after a catch-up, but for those that are pending here or elsewhere (C1)', () => {
    marks.rebase(at(replica.now));
    expect([marks.ready(), answersLocally()]).toEqual([true, true]);
    records.accept(record(), ballot(2), entry);
    marks.rebase(at(replica.now));
    records.commit(record(), entry);
    expect(answersLocally()).toBe(false);
    marks.mark(record(), at(replica.now));
    expect(answersLocally()).toBe(true);
  });

  it('are on none that is pending here', () => {
    marks.mark(record(), at(replica.now));
    records.accept(record(), ballot(2), entry);
    expect(answersLocally()).toBe(false);
  });

  describe('of a book that another replica holds pending (R4)', () => {
    const bar = (number: number, round: number) =>
      marks.bar(record(), { number, ballot: ballot(round), titles: false });
    beforeEach(() => {
      marks.mark(record(), at(replica.now));
      expect(bar(1, 2)).toBe(true);
    });

    it('are gone, and come back only once that number is committed here', () => {
      expect([answersLocally(), marks.isBarred(1)]).toEqual([false, true]);
      marks.mark(record(), at(replica.now));
      expect(answersLocally()).toBe(false);
      records.commit(record(), entry);
      expect([answersLocally(), marks.isBarred(1)]).toEqual([false, false]);
      marks.mark(record(), at(replica.now));
      expect(answersLocally()).toBe(true);
    });

    it('are no news when that is known or committed already', () => {
      expect([bar(1, 5), bar(2, 5)]).toEqual([false, true]);
      records.commit(record(), entry);
      expect([bar(1, 9), marks.isBarred(1)]).toEqual([false, true]);
    });

    it('remember the highest ballot, and whether the front-ends have forgotten that number', () => {
      bar(1, 5);
      expect([marks.barredAbove(1, ballot(4)), marks.barredAbove(1, ballot(5))]).toEqual([true, false]);
      marks.forgotten(1, 2);
      expect([...marks.barred()][0]?.[1].forgotten).toBe(false);
      marks.forgotten(1, 1);
      expect([...marks.barred()][0]?.[1].forgotten).toBe(true);
      bar(2, 5);
      expect([...marks.barred()][0]?.[1].forgotten).toBe(false);
    });
  });
});
