import { type Envelope } from '../../core/replication/messages.js';
import { EnvelopeEncoder } from './envelope-encoder.js';
import { envelopesIn } from './peer-messages.js';

const body = { kind: 'fetch', bookId: 3, committed: 4 } as const;
const envelope: Envelope = { from: 'a"b', fromStart: 2, fromPosition: 0, to: null, body };

describe('EnvelopeEncoder', () => {
  it('writes what JSON.stringify writes, also for a body that goes to several', () => {
    const encoder = new EnvelopeEncoder();
    const second: Envelope = { ...envelope, to: 'c' };
    const third: Envelope = { ...envelope, body: { ...body, bookId: 5 } };
    for (const one of [envelope, second, third]) {
      expect(JSON.parse(encoder.encode(one))).toEqual(one);
    }
  });
});

describe('envelopesIn', () => {
  it('takes a list of envelopes', () => {
    expect(envelopesIn({ envelopes: [envelope, { ...envelope, to: 'x' }] })).toHaveLength(2);
    expect(envelopesIn({ envelopes: [] })).toEqual([]);
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a list', [envelope]],
    ['no list', { envelopes: envelope }],
    ['a sender that is no text', { envelopes: [{ ...envelope, from: 1 }] }],
    ['a broken start number', { envelopes: [{ ...envelope, fromStart: 1.5 }] }],
    ['no position', { envelopes: [{ ...envelope, fromPosition: '0' }] }],
    ['an addressee that is no text', { envelopes: [{ ...envelope, to: 7 }] }],
    ['no addressee', { envelopes: [{ ...envelope, to: undefined }] }],
    ['no body', { envelopes: [{ ...envelope, body: null }] }],
    ['an unknown kind', { envelopes: [{ ...envelope, body: { kind: 'gossip' } }] }],
    ['a kind of every object', { envelopes: [{ ...envelope, body: { kind: 'toString' } }] }],
    ['one bad among good', { envelopes: [envelope, null] }],
    ['too many', { envelopes: Array.from({ length: 10_001 }, () => envelope) }],
  ])('refuses %s', (_, value) => {
    expect(envelopesIn(value)).toBeNull();
  });
});
