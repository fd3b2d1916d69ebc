import { type PeerMessage } from '../../src/core/replication/messages.js';
import { type Rules } from '../../src/core/replication/rules.js';
import { CATALOGUE, type Operation } from '../../src/core/replication/types.js';
import { VirtualCluster } from '../support/virtual-cluster.js';
import { A, B, BOOK, C, create, isLease, LEASE_MS, priced, type Schedule } from './schedules.js';

/** What two coordinators of one book do to each other. */

const D = 3;
const E = 4;
type Kind = PeerMessage['kind'];
type Passes = (from: number, to: number, kind: Kind) => boolean;

const titled: Operation = {
  kind: 'edit',
  operationId: 'title',
  changes: { title: 'Xen II' },
  expectedSequenceNumber: null,
};

function only(cluster: VirtualCluster, passes: Passes): void {
  cluster.loses = (from, to, { kind }) => !passes(from, to, kind);
}

/** Answered or not: what it asks for is under way. */
function begin(cluster: VirtualCluster, at: number, operation: Operation): void {
  cluster.replica(at).submit(BOOK, operation, 40 * LEASE_MS, () => undefined);
}

/** `coordinator` is taken to be down: the operation is not forwarded to it. */
function beginPast(cluster: VirtualCluster, coordinator: number, at: number, operation: Operation): void {
  cluster.replica(at).unreachable(coordinator);
  begin(cluster, at, operation);
}

function isPending(cluster: VirtualCluster, at: number): boolean {
  return cluster.replica(at).status().pending.includes(BOOK);
}

/** Five replicas and a book that A coordinates. */
function five(rules: Partial<Rules>): VirtualCluster {
  const cluster = new VirtualCluster(5, { rules }).ready();
  cluster.submit(A, CATALOGUE, create);
  cluster.submit(A, BOOK, priced(2));
  return cluster.settled().synced();
}

/** Three replicas and a book that C coordinates. */
function ledByC(rules: Partial<Rules>): VirtualCluster {
  const cluster = new VirtualCluster(3, { rules }).ready();
  cluster.submit(A, CATALOGUE, create);
  cluster.submit(C, BOOK, priced(2));
  return cluster.settled().synced();
}

function decidedTwice(cluster: VirtualCluster, number: number): string | null {
  const [atC, atD] = [C, D].map((at) =>
    JSON.stringify(cluster.store(at).entries(BOOK, number, 1)[0]?.decided),
  );
  if (atC === undefined || atD === undefined || atC === atD) return null;
  return `entry ${number} is ${atC} at C and ${atD} at D`;
}

const among = (group: readonly number[], from: number, to: number): boolean =>
  group.includes(from) && group.includes(to);

/** Price 3, of A, comes to C alone. B, D and E agree on price 4 under that number, and `then` A hears of it. */
function lostRound(rules: Partial<Rules>, meanwhile: Passes, then: Passes): string | null {
  const cluster = five(rules);
  const number = cluster.replica(C).recordStatus(BOOK).committed + 1;
  const toC: Passes = (from, to) => from === A && to === C;
  only(
    cluster,
    (from, to, kind) => among([B, D, E], from, to) || toC(from, to, kind) || meanwhile(from, to, kind),
  );
  begin(cluster, A, priced(3));
  cluster.runUntil(() => isPending(cluster, C));
  cluster.replica(B).unreachable(A);
  cluster.submit(B, BOOK, priced(4));
  cluster.run(10);
  only(cluster, (from, to, kind) => toC(from, to, kind) || then(from, to, kind));
  cluster.run(6 * LEASE_MS);
  return decidedTwice(cluster, number);
}

const NOTHING: Passes = () => false;

/** W6: D refuses the round of A, and says what was committed in its place. */
export const conflictEndsFastPath: Schedule = (rules) =>
  lostRound(rules, NOTHING, (from, to) => among([A, D], from, to));

/** W6: B tells A of its commit, and nobody refuses the round of A. */
export const lostRoundEndsFastPath: Schedule = (rules) =>
  lostRound(
    rules,
    (from, to, kind) => among([A, B], from, to) && ['commit', 'fetch', 'fetched'].includes(kind),
    NOTHING,
  );

/** W5: C accepts price 3 of A and is long heard of by nobody. A, refused, brings price 4 of B to its end; then C's ok comes. */
export const lateOkByBallot: Schedule = (rules) => {
  const cluster = five(rules);
  const number = cluster.replica(C).recordStatus(BOOK).committed + 1;
  cluster.delayMs = (from, _, { kind }) => (from === C && kind === 'update ok' ? 10 * LEASE_MS : 1);
  only(
    cluster,
    (from, to, kind) =>
      (from === A && to === C) ||
      (from === C && to === A && kind === 'update ok') ||
      (among([B, D, E], from, to) && !(to === B && kind === 'update ok')),
  );
  // Its caller waits no longer than that: A has nothing to put after it.
  cluster.replica(A).submit(BOOK, priced(3), 0.6 * LEASE_MS, () => undefined);
  cluster.runUntil(() => isPending(cluster, C));
  cluster.run(2);
  beginPast(cluster, A, B, priced(4));
  cluster.runUntil(() => isPending(cluster, D) && isPending(cluster, E));
  only(
    cluster,
    (from, to, kind) => among([A, D, E], from, to) || (from === A && to === C && kind === 'commit'),
  );
  cluster.run(12 * LEASE_MS);
  return decidedTwice(cluster, number);
};

/**
 * W5: C's ok to price 3 of A is long under way; D takes that over and agrees with C and E on price 4. B, that knows of neither, has just been
 * granted leases by these again when the update of A comes, and its ok makes a majority with C's.
 */
export const tokenIfAnswersLocally: Schedule = (rules) => {
  const cluster = five(rules);
  cluster.delayMs = (from, _, { kind }) => (from === C && kind === 'update ok' ? 6 * LEASE_MS : 1);
  only(
    cluster,
    (from, to, kind) =>
      among([C, D, E], from, to) ||
      (from === A && to === C && kind === 'update') ||
      (from === C && to === A && kind === 'update ok'),
  );
  begin(cluster, A, priced(3));
  cluster.runUntil(() => isPending(cluster, C));
  cluster.run(2);
  cluster.loses = (from, to) => !among([C, D, E], from, to);
  cluster.delayMs = () => 1;
  cluster.replica(D).unreachable(A);
  cluster.submit(D, BOOK, priced(4));
  cluster.run(10);
  cluster.loses = (from, to, body) =>
    !(among([C, D, E], from, to) || (from !== A && to !== A && isLease(body)));
  cluster.run(LEASE_MS);
  only(
    cluster,
    (from, to, kind) =>
      among([C, D, E], from, to) ||
      (from !== A && to !== A && (kind === 'lease request' || kind === 'lease grant')) ||
      (among([A, B], from, to) && ['update', 'update ok', 'commit'].includes(kind)),
  );
  cluster.run(8 * LEASE_MS);
  const read = cluster.read(B, BOOK, 50);
  return read.kind === 'found' && read.book.priceCents === 3 ? 'B answers 3 where 4 was acknowledged' : null;
};

/** R2: A takes over what C has under way, which is complete under C's own ballot as soon as A says that it was barred. */
export const ownWriteOnly: Schedule = (rules) => {
  const cluster = ledByC(rules);
  let told = false;
  only(cluster, (from, to) => !among([A, C], from, to));
  cluster.replica(C).submit(BOOK, titled, 10 * LEASE_MS, () => (told = true));
  cluster.runUntil(() => isPending(cluster, B));
  only(cluster, (from, to, kind) => !among([A, C], from, to) && !(from === A && kind === 'update'));
  beginPast(cluster, C, A, priced(9));
  cluster.run(LEASE_MS / 2);
  if (!told) return null;
  const read = cluster.read(A, BOOK, 50);
  return read.kind === 'found' && read.book.title === 'Xen' ? 'A answers a title that was changed' : null;
};

/** W4: C, whose own round B has accepted, is barred from the book by that very round; then B accepts it from A under a higher ballot. */
export const dischargeByBallot: Schedule = (rules) => {
  const cluster = ledByC(rules);
  only(cluster, (from, to, kind) => !among([A, C], from, to) && !(to === C && kind === 'update ok'));
  begin(cluster, C, titled);
  cluster.runUntil(() => cluster.replica(C).status().barred.includes(BOOK));
  cluster.delayMs = (from, _, { kind }) => (from === C && kind === 'lease request' ? 20 : 1);
  only(cluster, (from, to) => !among([A, C], from, to) && to !== C);
  beginPast(cluster, C, A, priced(9));
  cluster.run(40);
  const read = cluster.read(A, BOOK, 20);
  if (read.kind !== 'found' || read.book.title !== 'Xen II') return null;
  const later = cluster.read(C, BOOK, 20);
  return later.kind === 'found' && later.book.title === 'Xen'
    ? 'C answers a title that A answers no more'
    : null;
};
