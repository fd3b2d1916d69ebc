import { type Envelope, type PeerMessage } from '../../core/replication/messages.js';

/** Above what a link sends at once, below what would hold the event loop up for long. */
const MAX_ENVELOPES = 10_000;

const KINDS: Readonly<Record<PeerMessage['kind'], true>> = {
  check: true,
  'check ok': true,
  conflict: true,
  update: true,
  'update ok': true,
  'update committed': true,
  behind: true,
  discharge: true,
  commit: true,
  get: true,
  got: true,
  fetch: true,
  fetched: true,
  'lease request': true,
  'lease grant': true,
  'identity refused': true,
  'catch-up': true,
  'caught up': true,
  forward: true,
  forwarded: true,
  farewell: true,
};

function isEnvelope(value: unknown): value is Envelope {
  if (typeof value !== 'object' || value === null) return false;
  const { from, fromStart, fromPosition, to, body } = value as Record<keyof Envelope, unknown>;
  if (typeof from !== 'string' || !Number.isInteger(fromStart) || !Number.isInteger(fromPosition))
    return false;
  if (to !== null && typeof to !== 'string') return false;
  if (typeof body !== 'object' || body === null || !('kind' in body)) return false;
  return typeof body.kind === 'string' && Object.hasOwn(KINDS, body.kind);
}

/**
 * The envelopes of one request, or null when it is not one. Peers have shown that they know the cluster's secret, so only
 * the frame is looked at: that a wrong version or a stray client is turned away, not that a peer tells the truth.
 */
export function envelopesIn(body: unknown): readonly Envelope[] | null {
  if (typeof body !== 'object' || body === null || !('envelopes' in body)) return null;
  const { envelopes } = body;
  if (!Array.isArray(envelopes) || envelopes.length > MAX_ENVELOPES) return null;
  return envelopes.every(isEnvelope) ? envelopes : null;
}
