import { type Notice } from '../../contract/call.js';
import { Mistake } from '../../contract/shapes.js';
import { type PeerMessage } from '../../core/replication/messages.js';
import { envelopesIn } from './peer-messages.js';
import { type TracedEnvelope } from './peer-tracing.js';

/** A message of the replication protocol. Whoever sent it has shown that it knows the peers' secret; nothing else is believed of it. */
export const peerNotice: Notice<TracedEnvelope> = {
  name: 'peer message',
  audience: 'peers',
  content: (value) => {
    const envelope = envelopesIn({ envelopes: [value] })?.[0];
    if (envelope === undefined) throw new Mistake('is no message of a peer');
    return envelope;
  },
};

/** Pages of them would hold up the leases that are renewed meanwhile. */
const BULK: ReadonlySet<PeerMessage['kind']> = new Set(['catch-up', 'caught up', 'changes named']);

export function isBulk(kind: PeerMessage['kind']): boolean {
  return BULK.has(kind);
}
