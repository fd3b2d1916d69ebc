import { type Notice } from '../../contract/call.js';
import { envelopeShape } from '../../contract/peer-shapes.js';
import { type PeerMessage } from '../../core/replication/messages.js';
import { type SpannedEnvelope } from './peer-spans.js';
import { type TracedEnvelope } from './peer-tracing.js';

/** A message of the replication protocol. Whoever sent it has shown that it knows the peers' secret; nothing else is believed of it. */
export const peerNotice: Notice<TracedEnvelope & SpannedEnvelope> = {
  name: 'peer message',
  audience: 'peers',
  content: envelopeShape(Date.now),
};

/** Pages of them would hold up the leases that are renewed meanwhile. */
const BULK: ReadonlySet<PeerMessage['kind']> = new Set(['catch-up', 'caught up', 'changes named']);

export function isBulk(kind: PeerMessage['kind']): boolean {
  return BULK.has(kind);
}
