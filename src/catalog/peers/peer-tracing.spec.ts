import { writeTag } from '../../contract/traces.js';
import { type Envelope, type PeerMessage } from '../../core/replication/messages.js';
import { SystemClock } from '../../runtime/clock.js';
import { TraceRecorder } from '../../observability/tracing/trace-recorder.js';
import { EnvelopeEncoder } from './envelope-encoder.js';
import { PeerTracing } from './peer-tracing.js';

const ADDRESSES = ['http://a', 'http://b'];
const TRACE = 'a-trace-id';
const ballot = { round: 1, replicaId: 'r', startNumber: 1 };

function catalog(position: number): { recorder: TraceRecorder; tracing: PeerTracing } {
  const recorder = new TraceRecorder({ advertisedAddress: ADDRESSES[position] ?? '' }, new SystemClock());
  return { recorder, tracing: new PeerTracing(recorder, ADDRESSES) };
}

const envelope = (fromPosition: number, body: PeerMessage): Envelope => ({
  from: 'r',
  fromStart: 1,
  fromPosition,
  to: null,
  body,
});
const check = (bookId: number): PeerMessage => ({ kind: 'check', bookId, ballot, committed: 3 });

/** Over the wire, as the encoder writes it. */
function arrival(sent: Envelope, tag: string | undefined): Envelope {
  return JSON.parse(new EnvelopeEncoder().encode(sent, tag)) as Envelope;
}

describe('PeerTracing', () => {
  it('says nothing of books that are not followed', () => {
    const { tracing, recorder } = catalog(0);
    expect(tracing.leaving(1, envelope(0, check(7)))).toBeUndefined();
    recorder.follow(TRACE, 7);
    expect(tracing.leaving(1, envelope(0, check(8)))).toBeUndefined();
    expect(JSON.stringify(arrival(envelope(0, check(8)), undefined))).not.toContain('trace');
    expect(recorder.events(TRACE)).toEqual([]);
  });

  it('tags what is said of a followed book, and whoever hears it follows it too', () => {
    const [one, other] = [catalog(0), catalog(1)];
    one.recorder.follow(TRACE, 7);
    const sent = envelope(0, check(7));
    other.tracing.arrived([arrival(sent, one.tracing.leaving(1, sent))]);
    expect(one.recorder.events(TRACE)).toMatchObject([
      { kind: 'sent', to: 'http://b', words: { kind: 'check', sequenceNumber: 3, ballot } },
    ]);
    const [heard] = other.recorder.events(TRACE);
    expect(heard).toMatchObject({ kind: 'received', messageId: one.recorder.events(TRACE)[0]?.messageId });
    const ok: PeerMessage = { kind: 'check ok', bookId: 7, ballot, committed: 3, pending: null, newer: [] };
    expect(other.tracing.leaving(0, envelope(1, ok))).toContain(`${TRACE};7;`);
  });

  it('knows the answer to a forwarded operation by its request, for it names no book', () => {
    const { tracing } = catalog(1);
    const operation = { kind: 'restock', operationId: 'o', copies: 1 } as const;
    const forward: PeerMessage = { kind: 'forward', requestId: 5, bookId: 7, operation, remainingMs: 100 };
    tracing.arrived([arrival(envelope(0, forward), writeTag({ traceId: TRACE, bookId: 7, messageId: 'm' }))]);
    const forwarded = (requestId: number): PeerMessage => ({
      kind: 'forwarded',
      requestId,
      result: { kind: 'not started', reason: 'busy' },
    });
    expect(tracing.leaving(0, envelope(1, forwarded(5)))).toContain(TRACE);
    expect(tracing.leaving(0, envelope(1, forwarded(6)))).toBeUndefined();
  });

  it('takes nothing for a tag that is none, and never leases', () => {
    const { tracing, recorder } = catalog(1);
    tracing.arrived([arrival(envelope(0, check(7)), 'nonsense')]);
    expect(recorder.isIdle).toBe(true);
    recorder.follow(TRACE, 7);
    expect(tracing.leaving(0, envelope(1, { kind: 'farewell', life: 'l' }))).toBeUndefined();
  });
});
