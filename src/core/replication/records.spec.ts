import { ReplicaContext } from '../../../test/support/replica-context.js';
import { Records } from './records.js';
import { type Task } from './steps.js';
import { type Ballot, CATALOGUE, type Entry, type Operation, type Outcome } from './types.js';

const ballot = (round: number): Ballot => ({ round, replicaId: 'b', startNumber: 1 });
const book = { title: 'Xen', topic: 'Systems', priceCents: 1_500, quantity: 9, isbn: null, author: 'A' };
const create: Operation = { kind: 'create', operationId: 'create', book };
const sale: Operation = { kind: 'sale', operationId: 'sale', copies: 2, expectedPriceCents: null };
const sold: Outcome = { kind: 'sold', orderId: '0abc', priceCents: 1_500, at: 0 };

function entry(sequenceNumber: number, operation: Operation = sale, outcome: Outcome = sold): Entry {
  return { sequenceNumber, origin: ballot(1), decided: [{ operation, outcome }] };
}

const created = entry(1, create, { kind: 'created', bookId: 1 });
const refused = entry(1, { ...sale, copies: 20 }, { kind: 'out of stock' });

describe('the records of a replica', () => {
  let replica: ReplicaContext;
  let records: Records;
  let left: Task[];
  beforeEach(() => {
    left = [];
    replica = new ReplicaContext({}, {}, (task) => void left.push(task));
    records = replica.inSteps(new Records(replica.context));
    records.commit(records.get(CATALOGUE), created);
  });

  it('come into being with the entry of the catalogue that creates them', () => {
    expect(records.exists(2)).toBe(false);
    expect(records.get(1)).toMatchObject({ committed: 0, version: 0, book, pending: null });
    expect(replica.store.nextBookId()).toBe(2);
  });

  it('are the fold of their ledger; the version is the last entry that changed the book', () => {
    records.commit(records.get(1), refused);
    expect(records.get(1)).toMatchObject({ committed: 1, version: 0, book: { quantity: 9 } });
    records.commit(records.get(1), entry(2));
    expect(records.get(1)).toMatchObject({ committed: 2, version: 2, book: { quantity: 7 } });
  });

  it('hold what was accepted pending until that number is committed, whichever entry it is', () => {
    records.accept(records.get(1), ballot(3), entry(1));
    expect(records.get(1)).toMatchObject({
      promised: ballot(3),
      pending: { ballot: ballot(3), entry: entry(1) },
    });
    expect(records.allPending()).toEqual([[1, 1, ballot(3), false]]);
    records.commit(records.get(1), refused);
    expect([records.get(1).pending, records.allPending()]).toEqual([null, []]);
  });

  it('accept nothing above a gap, and commit nothing but what follows', () => {
    expect(() => records.accept(records.get(1), ballot(3), entry(2))).toThrow('above a gap');
    expect(() => records.commit(records.get(1), entry(2))).toThrow('follows 0 of book 1');
    expect(records.get(1)).toMatchObject({ committed: 0, pending: null });
  });

  it('learn those entries that follow, and tell of it once', () => {
    left.length = 0;
    records.learn(1, [created, refused, entry(2), entry(4)]);
    expect([records.get(1).committed, left]).toEqual([2, [{ kind: 'changed', bookId: 1 }]]);
    records.learn(1, [entry(4)]);
    expect(left).toHaveLength(1);
  });

  it('take no entry of the catalogue that gives out an id far above the next one', () => {
    const forged = entry(2, { ...create, operationId: 'f' }, { kind: 'created', bookId: 10 ** 9 });
    records.learn(CATALOGUE, [forged]);
    expect(records.get(CATALOGUE).committed).toBe(1);
  });

  it('are what the disk says when they are loaded anew', () => {
    records.commit(records.get(1), entry(1));
    records.promise(records.get(1), ballot(7));
    records.accept(records.get(1), ballot(8), entry(2));
    const loaded = new Records(replica.context);
    expect(loaded.get(1)).toEqual(records.get(1));
    expect([...loaded.pendingSince.keys()]).toEqual([1]);
  });

  it('give back what a lost side of a split committed, and are what they were before', () => {
    records.commit(records.get(1), refused);
    records.commit(records.get(1), entry(2));
    expect(records.rollback(1, 2)).toEqual([entry(2)]);
    expect(records.get(1)).toMatchObject({ committed: 1, version: 0, book, pending: null });
  });
});
