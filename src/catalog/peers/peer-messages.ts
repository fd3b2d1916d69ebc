import { type Envelope, type PeerMessage } from '../../core/replication/messages.js';

/** Above what a link sends at once, below what would hold the event loop up for long. */
const MAX_ENVELOPES = 10_000;

/** What a message is to its receiver: it wants an answer, is one, or says something that nobody waits for. */
type Manner = 'asks' | 'answers' | 'tells';

const MANNERS: Readonly<Record<PeerMessage['kind'], Manner>> = {
  check: 'asks',
  'check ok': 'answers',
  conflict: 'answers',
  update: 'asks',
  'update ok': 'answers',
  'update committed': 'answers',
  behind: 'answers',
  discharge: 'tells',
  commit: 'tells',
  get: 'asks',
  got: 'answers',
  fetch: 'asks',
  fetched: 'answers',
  'lease request': 'asks',
  'lease grant': 'answers',
  'identity refused': 'answers',
  'catch-up': 'asks',
  'caught up': 'answers',
  'changes named': 'answers',
  forward: 'asks',
  forwarded: 'answers',
  farewell: 'tells',
};

export function mannerOf(kind: PeerMessage['kind']): Manner {
  return MANNERS[kind];
}

function isEnvelope(value: unknown): value is Envelope {
  if (typeof value !== 'object' || value === null) return false;
  const { from, fromStart, fromPosition, to, body } = value as Record<keyof Envelope, unknown>;
  if (typeof from !== 'string' || !Number.isInteger(fromStart) || !Number.isInteger(fromPosition))
    return false;
  if (to !== null && typeof to !== 'string') return false;
  if (typeof body !== 'object' || body === null || !('kind' in body)) return false;
  return typeof body.kind === 'string' && Object.hasOwn(MANNERS, body.kind);
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
