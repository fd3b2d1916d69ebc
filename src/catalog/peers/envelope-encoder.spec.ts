import { type Envelope } from '../../core/replication/messages.js';
import { EnvelopeEncoder } from './envelope-encoder.js';

describe('envelopes as JSON', () => {
  it('are those that were given, whatever was written before', () => {
    const encoder = new EnvelopeEncoder();
    const body = { kind: 'farewell', life: 'a' } as const;
    const first: Envelope = { from: 'r1', fromStart: 1, fromPosition: 0, to: null, body };
    const envelopes: Envelope[] = [
      first,
      { ...first, to: 'r2' },
      { ...first, to: 'r3', body: { kind: 'farewell', life: 'b' } },
      { ...first, to: 'r2', fromStart: 2 },
      { ...first, to: 'r2', fromStart: 2, fromPosition: 1 },
      { ...first, from: 'r9', to: 'r2', fromStart: 2, fromPosition: 1 },
      first,
      { ...first, successors: [{ place: 'http://c', replicaId: 'r7', givenUp: false }] },
      first,
    ];
    for (const envelope of envelopes) expect(JSON.parse(encoder.encode(envelope))).toEqual(envelope);
    expect(JSON.parse(encoder.encode(first, 'a"b'))).toEqual({ ...first, trace: 'a"b' });
  });
});
