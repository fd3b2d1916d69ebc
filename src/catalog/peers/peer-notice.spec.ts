import { peerNotice } from './peer-notice.js';

describe('what a catalog takes from another', () => {
  const ballot = { round: 1, replicaId: 'b', startNumber: 1 };
  const check = { kind: 'check', bookId: 1, committed: 0, ballot };
  const envelope = { from: '000000001-a', fromStart: 1, fromPosition: 0, to: null, body: check };

  it('is a message of the protocol, with its trace', () => {
    expect(peerNotice.content({ ...envelope, trace: 't' })).toEqual({ ...envelope, trace: 't' });
  });

  it('is nothing that would harm it', () => {
    const forged = { ...envelope, body: { ...check, ballot: { ...ballot, round: 1e308 } } };
    expect(() => peerNotice.content(forged)).toThrow(/^body\.ballot\.round must be/);
    expect(() => peerNotice.content(null)).toThrow('must be an object');
  });
});
