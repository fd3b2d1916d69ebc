import { type Rules } from '../../src/core/replication/rules.js';
import { CATALOGUE, type BookId, type HoldId, type Operation } from '../../src/core/replication/types.js';
import { confirmationOf } from '../../src/core/replication/holds.js';
import { type PeerMessage } from '../../src/core/replication/messages.js';
import { VirtualCluster } from '../support/virtual-cluster.js';
import { type Schedule } from './schedules.js';

const A = 0;
const B = 1;
const LEASE_MS = 500;
const TTL_MS = 5_000;
/** Until a hold has been ended that nobody confirms. */
const OVER_MS = 10_000;

const create = (title: string): Operation => ({
  kind: 'create',
  operationId: `create ${title}`,
  book: { title, topic: 'Systems', priceCents: 1, quantity: 10, isbn: null, author: null },
});
const sale = (operationId: string): Operation => ({
  kind: 'sale',
  operationId,
  copies: 1,
  expectedPriceCents: null,
});

/** Two replicas that sell on when one is left, with books 1 and 2, at rest. */
function two(rules: Partial<Rules>): VirtualCluster {
  const cluster = new VirtualCluster(2, { writePolicy: 'reachable', rules }).ready();
  for (const title of ['Xen', 'Pi']) decided(cluster, A, CATALOGUE, create(title));
  return cluster.settled().synced();
}

/** As a client does: until it is answered for certain. */
function decided(cluster: VirtualCluster, at: number, bookId: BookId, operation: Operation) {
  for (let tries = 0; tries < 50; tries += 1) {
    const result = cluster.submit(at, bookId, operation, LEASE_MS);
    if (result.kind === 'decided') return result.outcome;
    cluster.run(LEASE_MS / 4);
  }
  throw new Error('never decided');
}

function held(cluster: VirtualCluster, bookId: BookId, operation: Operation): HoldId {
  const outcome = decided(cluster, A, bookId, operation);
  if (outcome.kind !== 'held') throw new Error(`not held: ${outcome.kind}`);
  return outcome.holdId;
}

/** Both are alone. What they sell of a book that neither has sold of before they sell under ballots of one round, and B's is the higher. */
function parted(cluster: VirtualCluster): void {
  cluster.loses = () => true;
  cluster.run(4 * LEASE_MS);
}

function healed(cluster: VirtualCluster): void {
  cluster.loses = () => false;
  cluster
    .ready()
    .settled()
    .run(4 * LEASE_MS);
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
  decided(cluster, B, 1, sale('a'));
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
  decided(cluster, B, 1, sale('b'));
  decided(cluster, A, 1, sale('a'));
  cluster.crash(A);
  cluster.start(A);
  healed(cluster);
  return cluster.store(A).operation('a') === undefined ? 'sale a was acknowledged and is gone' : null;
};

/** S1: A has sold alone and forgotten so by a crash when B, alone too, has it accept what it sells itself. */
export const takeByMergesOnly: Schedule = (rules) => {
  const cluster = two(rules);
  parted(cluster);
  decided(cluster, A, 1, sale('a'));
  cluster.crash(A);
  cluster.start(A);
  cluster.loses = (from, _, { kind }) => from !== B || kind !== 'update';
  decided(cluster, B, 1, sale('b'));
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
  decided(cluster, A, 1, sale('a'));
  decided(cluster, B, 2, sale('b'));
  cluster.delayMs = (_, to, { kind }) => (to === B && kind === 'caught up' ? LEASE_MS / 4 - 5 : 1);
  const taken = (): boolean => cluster.store(B).operation('a') !== undefined;
  cluster.loses = () => false;
  cluster.runUntil(taken);
  cluster.crash(B);
  cluster.start(B);
  cluster.loses = () => true;
  decided(cluster, B, 1, sale('c'));
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
  decided(cluster, A, 1, confirmationOf(deciding, [line]));
  cluster.run(OVER_MS);
  healed(cluster);
  const ends = [deciding, following].map((holdId) => cluster.store(A).hold(holdId)?.end?.kind);
  return ends.every((end) => end === 'sold')
    ? null
    : `of a basket that was sold the parts are ${ends.join(', ')}`;
};
