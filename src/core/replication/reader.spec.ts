import { monotonic as at } from '../clocks.js';
import { ballot, BOOK, type Message, ReplicaParts, sold } from '../../../test/support/replica-parts.js';
import { type ReadResult } from './results.js';
import { CATALOGUE, type Entry } from './types.js';

describe('a reader', () => {
  let replica: ReplicaParts;
  beforeEach(() => {
    replica = new ReplicaParts();
  });

  /** What was answered, as soon as it is. */
  function read(bookId = 1): ReadResult[] {
    const answers: ReadResult[] = [];
    replica.reader.read(bookId, 1_000, (answer) => void answers.push(answer));
    return answers;
  }
  const found = (quantity: number, cacheable = true) => ({ kind: 'found', book: { quantity }, cacheable });
  /** The answer to the last get. */
  function got(also: Partial<Message<'got'>> = {}): void {
    const { requestId, bookId } = replica.lastSaid('get');
    const { committed } = replica.records.get(bookId);
    replica.reader.got({ kind: 'got', requestId, bookId, committed, entries: [], valid: true, ...also });
  }
  const get = (asked: string[]): void =>
    replica.reader.get('b', { kind: 'get', requestId: 7, bookId: 1, committed: -1, asked });

  it('answers locally, without a message, while its leases and its mark hold (R1)', () => {
    replica.valid();
    expect(read()).toMatchObject([found(9)]);
    expect(read(2)).toEqual([{ kind: 'not found', cacheable: true }]);
    expect(replica.sent).toEqual([]);
    replica.pass(500);
    Object.assign(replica.peers.all[0] ?? {}, { lastHeardAt: replica.now });
    expect(read()).toEqual([]);
    expect(replica.saidTo('get')).toEqual([1]);
  });

  it('does not answer locally while it holds something pending (R1)', () => {
    replica.valid();
    replica.records.accept(replica.record, ballot(2), sold(1));
    expect(read()).toEqual([]);
    expect(replica.said('get')).toHaveLength(1);
  });

  it('asks the coordinator first, takes its entries over, and says that it may not be kept (R2, F2)', () => {
    replica.records.promise(replica.record, ballot(3, 'c'));
    const answers = read();
    expect([replica.saidTo('get'), replica.lastSaid('get').asked]).toEqual([[2], ['a']]);
    got({ committed: 1, entries: [sold(1)] });
    expect(answers).toMatchObject([{ ...found(8, false), sequenceNumber: 1 }]);
  });

  it('has validated the book as of the time at which it asked (R1)', () => {
    replica.held.granted('b', at(replica.now), 500);
    replica.pass(1);
    read();
    got();
    expect(read()).toMatchObject([found(9)]);
    expect(replica.said('get')).toHaveLength(1);

    replica = new ReplicaParts();
    read();
    replica.pass(1);
    replica.held.granted('b', at(replica.now), 500);
    got();
    expect(read()).toEqual([]);
    expect(replica.said('get')).toHaveLength(2);
  });

  it('asks for the rest when only a message full came (R2)', () => {
    const answers = read();
    got({ committed: 2, entries: [sold(1)] });
    expect([answers, replica.lastSaid('get').committed]).toEqual([[], 1]);
    got({ committed: 2, entries: [sold(2)] });
    expect(answers).toMatchObject([found(7, false)]);
  });

  it('asks the next when one does not answer or is not well, and settles it by a check in the end (R2)', () => {
    const answers = read();
    replica.pass(125);
    expect([replica.saidTo('get'), replica.lastSaid('get').asked]).toEqual([
      [1, 2],
      ['b', 'a'],
    ]);
    replica.peers.unreachable(2);
    replica.reader.forsakeUnhealthy();
    expect([replica.said('get').length, replica.saidTo('check')]).toEqual([2, [1, 2]]);
    replica.promised('b', { committed: 1, newer: [sold(1)] });
    replica.promised('b');
    expect(answers).toMatchObject([found(8, false)]);
  });

  it('answers no read by a get that was sent before it came (R2)', () => {
    const first = read();
    const second = read();
    got({ committed: 1, entries: [sold(1)] });
    expect([first.length, second.length, replica.said('get').length]).toEqual([1, 0, 2]);
    got({ committed: 2, entries: [sold(2)] });
    expect(second).toMatchObject([found(7, false)]);
  });

  it('answers others along the chain, and asks nobody who is on it already (R2)', () => {
    get(['b']);
    expect([replica.saidTo('get'), replica.lastSaid('get').asked]).toEqual([[2], ['b', 'a']]);
    got({ committed: 1, entries: [sold(1)] });
    expect(replica.said('got')).toMatchObject([
      { requestId: 7, committed: 1, valid: true, entries: [{ sequenceNumber: 0 }, sold(1)] },
    ]);
    get(['b', 'c']);
    expect(replica.lastSaid('got')).toMatchObject({ committed: 1, valid: false });
    // Whoever began the chain settles it.
    expect([replica.said('get').length, replica.said('check').length]).toEqual([1, 0]);
  });

  it('waits for the end of its own round rather than to ask others (R2)', () => {
    replica.held.granted('b', at(replica.now), 500);
    replica.coordinator.finish(1, 1);
    const answers = read();
    replica.promised('b');
    expect([answers, replica.said('get')]).toEqual([[], []]);
    replica.accepted('b');
    expect(answers).toMatchObject([found(9)]);
    expect(replica.said('get')).toEqual([]);
  });

  it('asks for the catalogue when it knows no such book, and for the book once it knows of it (R2)', () => {
    const answers = read(2);
    expect(replica.lastSaid('get').bookId).toBe(CATALOGUE);
    const operation = { kind: 'create', operationId: 'second', book: { ...BOOK, quantity: 3 } } as const;
    const decided = [{ operation, outcome: { kind: 'created', bookId: 2 } as const }];
    const created: Entry = { sequenceNumber: 2, origin: ballot(1), decided };
    got({ committed: 2, entries: [created] });
    expect([answers, replica.lastSaid('get').bookId]).toEqual([[], 2]);
    got();
    expect(answers).toMatchObject([{ ...found(3, false), bookId: 2 }]);
  });

  it('is unavailable at its deadline, and at once where it cannot vote (C3)', () => {
    const answers = read();
    replica.peers.unreachable(1);
    replica.peers.unreachable(2);
    replica.pass(999);
    expect(answers).toEqual([]);
    replica.pass(1);
    expect(answers).toEqual([{ kind: 'unavailable' }]);

    replica = new ReplicaParts();
    replica.context.identity = { ...replica.context.identity, joined: false };
    replica.peers.unreachable(1);
    replica.peers.unreachable(2);
    expect(read()).toEqual([{ kind: 'unavailable' }]);
    expect(replica.said('check')).toEqual([]);
  });
});
