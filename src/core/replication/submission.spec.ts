import { ballot, ReplicaParts, sale, sold } from '../../../test/support/replica-parts.js';
import { type SubmitResult } from './results.js';
import { Submission } from './submission.js';
import { type Operation } from './types.js';

describe('a submission', () => {
  let replica: ReplicaParts;
  let submission: Submission;
  let ready: boolean;
  beforeEach(() => {
    replica = new ReplicaParts();
    ready = true;
    const { context, records, coordinator, reader, peers } = replica;
    submission = replica.inSteps(new Submission(context, records, coordinator, reader, peers, () => ready));
  });

  /** What the caller was told, as soon as it is. */
  function submit(operation: Operation, bookId = 1, timeoutMs = 1_000): SubmitResult[] {
    const results: SubmitResult[] = [];
    submission.submit(bookId, operation, timeoutMs, (result) => void results.push(result));
    return results;
  }
  const SOLD = { kind: 'decided', outcome: { kind: 'sold' } };
  const coordinatedBy = (replicaId: string) => replica.records.promise(replica.record, ballot(3, replicaId));
  const forwarded = (result: SubmitResult): void =>
    submission.forwarded({ kind: 'forwarded', requestId: replica.lastSaid('forward').requestId, result });
  /** A majority agrees to what this replica proposes. */
  function agree(): void {
    replica.promised('b');
    replica.accepted('b');
  }

  it('is decided here when no other replica coordinates the book', () => {
    const results = submit(sale('s'));
    agree();
    expect(results).toMatchObject([{ ...SOLD, entryNumber: 1, sequenceNumber: 1, book: { quantity: 8 } }]);
    expect(results[0]).not.toHaveProperty('repeated');
    expect(replica.said('forward')).toEqual([]);
  });

  it('goes to the coordinator, whose definite answer is the answer (W9)', () => {
    coordinatedBy('c');
    const results = submit(sale('s'));
    expect(replica.saidTo('forward')).toEqual([2]);
    expect(replica.lastSaid('forward')).toMatchObject({ bookId: 1, operation: { operationId: 's' } });
    forwarded({ kind: 'operation id reused' });
    expect(results).toEqual([{ kind: 'operation id reused' }]);
    expect(replica.said('check')).toEqual([]);
  });

  it('goes to no coordinator that does not seem well (W9)', () => {
    coordinatedBy('c');
    replica.peers.unreachable(2);
    const results = submit(sale('s'));
    expect(replica.said('forward')).toEqual([]);
    agree();
    expect(results).toMatchObject([SOLD]);
  });

  it('is forwarded once: whom it came to decides it, or says that it did not start (W9)', () => {
    coordinatedBy('c');
    const forward = (operationId: string): void => {
      const [peer] = replica.peers.all;
      if (peer === undefined) throw new Error('there is no peer');
      const operation = sale(operationId);
      submission.forward(peer, { kind: 'forward', requestId: 7, bookId: 1, operation, remainingMs: 1_000 });
    };
    forward('s');
    expect(replica.said('forward')).toEqual([]);
    agree();
    ready = false;
    forward('t');
    expect(replica.said('forwarded')).toMatchObject([
      { requestId: 7, result: SOLD },
      { requestId: 7, result: { kind: 'not started', reason: 'not ready' } },
    ]);
    expect(replica.saidTo('forwarded')).toEqual([1, 1]);
  });

  it.each<[string, (replica: ReplicaParts) => void]>([
    [
      'is not well any more',
      (each) => {
        each.peers.unreachable(2);
        submission.forsakeUnhealthy();
      },
    ],
    ['does not answer in time', (each) => each.pass(750)],
    ['did not start it', () => forwarded({ kind: 'not started', reason: 'not ready' })],
    ['does not know', () => forwarded({ kind: 'unknown' })],
  ])('is decided here when the coordinator %s (W9)', (_, fails) => {
    coordinatedBy('c');
    const results = submit(sale('s'));
    fails(replica);
    expect([results.length, replica.saidTo('check').slice(0, 2)]).toEqual([0, [1, 2]]);
    agree();
    expect(results).toMatchObject([SOLD]);
  });

  it('gets the outcome again that the ledger holds, and is refused for another wish (W8)', () => {
    replica.records.commit(replica.record, sold(1, 's'));
    coordinatedBy('c');
    expect(submit(sale('s'))).toMatchObject([{ ...SOLD, entryNumber: 1, repeated: true }]);
    expect(submit(sale('s', 2))).toEqual([{ kind: 'operation id reused' }]);
    expect(replica.sent).toEqual([]);
  });

  it('was not started at its deadline if it was never proposed or forwarded; else nobody knows', () => {
    const never = submit(sale('never proposed'));
    replica.pass(1_000);
    expect(never).toEqual([{ kind: 'not started', reason: 'deadline' }]);

    const proposed = submit(sale('proposed'));
    replica.promised('b');
    replica.pass(1_000);
    expect(proposed).toEqual([{ kind: 'unknown' }]);

    replica = new ReplicaParts();
    const { context, records, coordinator, reader, peers } = replica;
    submission = replica.inSteps(new Submission(context, records, coordinator, reader, peers, () => ready));
    coordinatedBy('c');
    // Less than the patience with who coordinates: it is still waited for.
    const given = submit(sale('forwarded'), 1, 400);
    replica.pass(400);
    expect(given).toEqual([{ kind: 'unknown' }]);
  });

  it('does not start where it would not be served, or too much waits', () => {
    ready = false;
    expect(submit(sale('s'))).toEqual([{ kind: 'not started', reason: 'not ready' }]);
    ready = true;
    const results = Array.from({ length: 10_001 }, (_, index) => submit(sale(`s${index}`)));
    expect(results.flat()).toEqual([{ kind: 'not started', reason: 'busy' }]);
  });

  it('writes nothing for a hold or an order that no ledger has given out (H1)', () => {
    replica.valid();
    const confirm: Operation = { kind: 'confirm', operationId: 'c', holdId: 'guessed', lines: [] };
    const cancel: Operation = { kind: 'cancel', operationId: 'x', orderId: 'guessed', copies: null };
    expect(submit(confirm)).toMatchObject([{ kind: 'decided', outcome: { kind: 'no such hold' } }]);
    expect(submit(cancel)).toMatchObject([{ kind: 'decided', outcome: { kind: 'no such order' } }]);
    expect(replica.sent).toEqual([]);
  });

  it('is refused for a book that there is not, once the catalogue says so', () => {
    const results = submit(sale('s'), 2);
    expect([results, replica.lastSaid('get').bookId]).toEqual([[], 0]);
    const { requestId } = replica.lastSaid('get');
    replica.reader.got({ kind: 'got', requestId, bookId: 0, committed: 1, entries: [], valid: true });
    expect(results).toEqual([{ kind: 'no such book' }]);
  });

  it('tells nobody that there is a hidden book (V1)', () => {
    const edit = { kind: 'edit', operationId: 'hide', changes: { hidden: true } } as const;
    const operation = { ...edit, expectedSequenceNumber: null };
    const decided = [{ operation, outcome: { kind: 'edited' } as const }];
    replica.records.commit(replica.record, { sequenceNumber: 1, origin: ballot(1), decided });
    const results = submit(sale('s'));
    agree();
    expect(results).toEqual([{ kind: 'no such book' }]);
  });
});
