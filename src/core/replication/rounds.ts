import { LONG_AGO, latest } from '../clocks.js';
import { type Waiting } from './batch.js';
import { type PeerMessage, type Token } from './messages.js';
import { passedBy } from './quorum.js';
import { type Ballot, type Entry, type MonotonicMs, type ReplicaId } from './types.js';

export interface Ok {
  readonly token: Token;
  /** Holders of read leases that the acceptor listed, with the time on this clock when each has passed. */
  readonly holders: ReadonlyMap<ReplicaId, MonotonicMs>;
}

export interface Checking {
  readonly kind: 'checking';
  readonly ballot: Ballot;
  readonly sentAt: MonotonicMs;
  readonly oks: Map<ReplicaId, Extract<PeerMessage, { kind: 'check ok' }>>;
}

export interface Updating {
  readonly kind: 'updating';
  readonly ballot: Ballot;
  /** When it was first sent: the coordinator's own validation counts from then. */
  readonly sentAt: MonotonicMs;
  readonly entry: Entry;
  readonly oks: Map<ReplicaId, Ok>;
  /** Holders that need not say ok any more: barred from the book, and their front-ends have forgotten it (W4). */
  readonly discharged: Set<ReplicaId>;
  /** When this replica had validated the record before; null for another coordinator's entry, which may be complete already. */
  readonly validBefore: MonotonicMs | null;
  /** Those of this replica's callers whose operations the entry holds. */
  readonly callers: readonly Waiting[];
}

/**
 * W4: when an update is complete: with `size` oks each of whose listed holders has itself said ok to this update, was discharged, or let
 * its listed time pass. There is no shortcut for a holder that cannot be reached: its process may be gone, the front-ends that trust it are
 * not. `NEVER`: there are too few oks. `voters`: those of them that may make up the majority.
 */
export function completesAt(
  { oks, discharged }: Updating,
  size: number,
  voters: readonly ReplicaId[],
): MonotonicMs {
  const freeAt = voters.map((voter) => {
    let free = LONG_AGO;
    for (const [holder, until] of oks.get(voter)?.holders ?? []) {
      if (!oks.has(holder) && !discharged.has(holder)) free = latest(free, until);
    }
    return free;
  });
  return passedBy(freeAt, size);
}

const FIRST_PAUSE_MS = 4;
const MAX_DOUBLINGS = 6;

/**
 * The most that a coordinator waits after a conflict; it doubles with each. It begins with the way there and back: a shorter wait would
 * meet the other coordinator's round again.
 */
export function longestPauseMs(tookMs: number, conflicts: number, leaseMs: number): number {
  const firstMs = Math.min(Math.max(FIRST_PAUSE_MS, tookMs), leaseMs / 4);
  return Math.min(firstMs * 2 ** Math.min(conflicts, MAX_DOUBLINGS), leaseMs);
}
