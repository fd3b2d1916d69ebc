import { type Rules } from '../../src/core/replication/rules.js';
import { type BookId, type HoldId, type Operation } from '../../src/core/replication/types.js';
import { confirmationOf } from '../../src/core/replication/holds.js';
import { type PeerMessage } from '../../src/core/replication/messages.js';
import { healed, parted, sale, twoReplicas, untilDecided } from '../support/two-replicas.js';
import { type VirtualCluster } from '../support/virtual-cluster.js';
import { type Schedule } from './schedules.js';

const A = 0;
const B = 1;
const LEASE_MS = 500;
const TTL_MS = 5_000;
/** Until a hold has been ended that nobody confirms. */
const OVER_MS = 10_000;

/** Books 1 and 2. */
const two = (rules: Partial<Rules>): VirtualCluster => twoReplicas([10, 10], rules);

function held(cluster: VirtualCluster, bookId: BookId, operation: Operation): HoldId {
  const { outcome } = untilDecided(cluster, A, bookId, operation);
  if (outcome.kind !== 'held') throw new Error(`not held: ${outcome.kind}`);
  return outcome.holdId;
}

const ASKS: ReadonlySet<PeerMessage['kind']> = new Set([
  'lease request',
  'lease grant',
  'catch-up',
  'caught up',
  'changes named',
]);

/** S6: B sold alone and forgot by a crash that it did; A hears of what is pending there, and nothing more. */
export const seeWhatWasPending: Schedule = (rules) => {
  const cluster = two(rules);
  cluster.crash(A);
  untilDecided(cluster, B, 1, sale('a'));
  cluster.crash(B);
  cluster.start(B);
  cluster.start(A);
  cluster.loses = (_, __, { kind }) => !ASKS.has(kind);
  cluster.run(6 * LEASE_MS);
  cluster.loses = () => true;
  cluster.crash(B);
  cluster.run(6 * LEASE_MS);
  cluster.submit(A, 1, sale('b'), LEASE_MS);
  cluster.start(B);
  healed(cluster);
  return cluster.store(A).operation('a') === undefined ? 'sale a was acknowledged and is gone' : null;
};

/** S2: A sells alone and crashes before that is on disk; B has sold too. */
export const commitWhatIsPending: Schedule = (rules) => {
  const cluster = two(rules);
  cluster.loses = () => true;
  untilDecided(cluster, B, 1, sale('b'));
  untilDecided(cluster, A, 1, sale('a'));
  cluster.crash(A);
  cluster.start(A);
  healed(cluster);
  return cluster.store(A).operation('a') === undefined ? 'sale a was acknowledged and is gone' : null;
};

/** S1: what both sell first of a book is under ballots of one round, of which B's is the higher. A has sold alone and forgotten so by a crash when B, alone too, has it accept what it sells itself. */
export const takeByMergesOnly: Schedule = (rules) => {
  const cluster = two(rules);
  parted(cluster);
  untilDecided(cluster, A, 1, sale('a'));
  cluster.crash(A);
  cluster.start(A);
  cluster.loses = (from, _, { kind }) => from !== B || kind !== 'update';
  untilDecided(cluster, B, 1, sale('b'));
  healed(cluster);
  return cluster.store(A).operation('a') === undefined ? 'sale a was acknowledged and is gone' : null;
};

/**
 * S3: of what A sold B takes over as much as it loses by a crash, and sells on from what it had. A stands still all the while, and has taken
 * over what B had before.
 */
export const nameTheStandstill: Schedule = (rules) => {
  const cluster = two(rules);
  parted(cluster);
  untilDecided(cluster, A, 1, sale('a'));
  untilDecided(cluster, B, 2, sale('b'));
  cluster.delayMs = (_, to, { kind }) => (to === B && kind === 'caught up' ? LEASE_MS / 4 - 5 : 1);
  const taken = (): boolean => cluster.store(B).operation('a') !== undefined;
  cluster.loses = () => false;
  cluster.runUntil(taken);
  cluster.crash(B);
  cluster.start(B);
  cluster.loses = () => true;
  untilDecided(cluster, B, 1, sale('c'));
  cluster.delayMs = () => 1;
  cluster.loses = () => false;
  cluster.run(20 * LEASE_MS);
  const [atA, atB] = [A, B].map((at) => JSON.stringify(cluster.store(at).entries(1, 0, 10)));
  return atA === atB ? null : `A and B have different ledgers: ${atA}, ${atB}`;
};

/** S7: a basket is confirmed at A and has run out at B, whose entries keep their places. */
export const sellBasketsWhole: Schedule = (rules) => {
  const cluster = two(rules);
  const asked = { copies: 1, expectedPriceCents: null } as const;
  const deciding = held(cluster, 1, {
    kind: 'hold',
    operationId: 'deciding',
    ...asked,
    term: { kind: 'deciding', ttlMs: TTL_MS, otherBooks: [2] },
  });
  const until = cluster.store(A).hold(deciding)?.until ?? 0;
  const following = held(cluster, 2, {
    kind: 'hold',
    operationId: 'following',
    ...asked,
    term: { kind: 'following', until, decidedBy: deciding },
  });
  cluster.settled().loses = () => true;
  const line = { bookId: 2, holdId: following, copies: 1, priceCents: 1 };
  untilDecided(cluster, A, 1, confirmationOf(deciding, [line]));
  cluster.run(OVER_MS);
  healed(cluster);
  const ends = [deciding, following].map((holdId) => cluster.store(A).hold(holdId)?.end?.kind);
  return ends.every((end) => end === 'sold')
    ? null
    : `of a basket that was sold the parts are ${ends.join(', ')}`;
};
