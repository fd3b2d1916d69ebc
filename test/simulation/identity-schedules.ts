import { GivenUp } from '../../src/core/replication/identities.js';
import { type Rules } from '../../src/core/replication/rules.js';
import { CATALOGUE } from '../../src/core/replication/types.js';
import { VirtualCluster } from '../support/virtual-cluster.js';
import { A, atRest, B, BOOK, C, create, LEASE_MS, priced, type Schedule } from './schedules.js';

// Runs made by hand of what becomes of lost disks, and of such as were put back (C3).

const D = 3;
const E = 4;

const parts = (...positions: number[]) => {
  return (from: number, to: number): boolean => positions.includes(from) !== positions.includes(to);
};

function loseDisk(cluster: VirtualCluster, position: number): void {
  cluster.crash(position);
  cluster.store(position).wipe();
}

function priceAt(cluster: VirtualCluster, position: number, sequenceNumber: number): string {
  const [entry] = cluster.store(position).entries(BOOK, sequenceNumber, 1);
  return entry?.decided.map(({ operation }) => operation.operationId).join() ?? 'nothing';
}

/** What two replicas have committed under one number, if that is not the same. */
function differences(cluster: VirtualCluster, one: number, other: number, number: number): string | null {
  const [first, second] = [priceAt(cluster, one, number), priceAt(cluster, other, number)];
  if (first === second || first === 'nothing' || second === 'nothing') return null;
  return `${first} and ${second} are both committed as entry ${number}`;
}

/** A and C agree on price 3 while B is away, C loses its disk, and A is away when it is back. */
export const joinThroughEnough: Schedule = (rules) => {
  const cluster = atRest(rules);
  cluster.loses = parts(B);
  cluster.submit(A, BOOK, priced(3));
  loseDisk(cluster, C);
  cluster.loses = parts(A);
  cluster.start(C);
  cluster.run(2 * LEASE_MS);
  const { kind } = cluster.submit(B, BOOK, priced(4), 2 * LEASE_MS);
  return kind === 'decided' ? 'price 4 takes the place of price 3, which was acknowledged' : null;
};

/** A and C agree on price 3 while B is away, and both lose their disks: nobody has it any more, and nobody but a person may go on without. */
export const foundTogetherOnly: Schedule = (rules) => {
  const cluster = atRest(rules);
  cluster.loses = parts(B);
  cluster.submit(A, BOOK, priced(3));
  loseDisk(cluster, A);
  loseDisk(cluster, C);
  cluster.loses = () => false;
  cluster.start(A);
  cluster.start(C);
  cluster.run(4 * LEASE_MS);
  const { kind } = cluster.submit(B, BOOK, priced(4), 2 * LEASE_MS);
  return kind === 'decided' ? 'price 4 takes the place of price 3, which was acknowledged' : null;
};

/**
 * Of five, D says ok to price 3 and loses its disk; the new D joins through B, C and E. They agree on price 4 without B, which says ok to the
 * update of A only now: A, cut off, has D's ok as well.
 */
export const tellOfSuccessors: Schedule = (rules) => {
  const cluster = atRest(rules, 5);
  const lateMs = 12 * LEASE_MS;
  const number = cluster.replica(A).recordStatus(BOOK).committed + 1;
  cluster.delayMs = (_, to, { kind }) => (to === B && kind === 'update' ? lateMs : 1);
  const isLetThrough = (from: number, to: number, kind: string): boolean =>
    (from === A && kind === 'update' && (to === B || to === D)) || (to === A && kind === 'update ok');
  const cutOff = parts(A);
  cluster.loses = (from, to, { kind }) => cutOff(from, to) && !isLetThrough(from, to, kind);
  cluster.replica(A).submit(BOOK, priced(3), 2 * lateMs, () => undefined);
  const sentAt = cluster.now;
  cluster.run(10);
  loseDisk(cluster, D);
  cluster.start(D);
  cluster.runUntil(() => cluster.replica(D).status().joined);
  const apart = parts(A, B);
  const lost = cluster.loses;
  cluster.loses = (from, to, body) => apart(from, to) || lost(from, to, body);
  cluster.run(3 * LEASE_MS);
  cluster.submit(C, BOOK, priced(4));
  cluster.run(sentAt + lateMs + 2 * LEASE_MS - cluster.now);
  return differences(cluster, A, C, number);
};

/**
 * Of five, C and D promise E a ballot, and E is cut off as it accepts its entry. D loses its disk, and joins through A, B and C. A lower ballot
 * of A gets the oks of A, B and the new D; A crashes before anybody else has heard of that, and E is back.
 */
export const keepPromises: Schedule = (rules) => {
  const cluster = atRest(rules, 5);
  const number = cluster.replica(A).recordStatus(BOOK).committed + 1;
  const fromE = parts(E);
  const apart = parts(A, B);
  cluster.loses = (from, to) => apart(from, to) && fromE(from, to);
  cluster.run(LEASE_MS / 2 + 5);
  cluster.loses = (from, to, { kind }) =>
    (apart(from, to) && fromE(from, to)) || (from === E && to !== E && kind === 'update');
  cluster.replica(E).submit(BOOK, priced(3), 60_000, () => undefined);
  cluster.runUntil(() => cluster.replica(E).recordStatus(BOOK).pendingNumber === number);
  cluster.run(2);
  cluster.loses = fromE;
  loseDisk(cluster, D);
  cluster.start(D);
  cluster.runUntil(() => cluster.replica(D).status().joined);
  const fromC = parts(C);
  cluster.loses = (from, to, { kind }) => fromE(from, to) || fromC(from, to) || kind === 'commit';
  cluster.run(3 * LEASE_MS);
  cluster.submit(A, BOOK, priced(4));
  cluster.synced();
  cluster.crash(A);
  cluster.loses = parts(D);
  cluster.runUntil(() => cluster.replica(E).recordStatus(BOOK).committed >= number);
  return differences(cluster, A, E, number);
};

/** B and C agree on price 3 while A is away, C loses its disk and B is down: by an administrator's word C joins without B, which comes back. */
export const givenUpForEver: Schedule = (rules) => {
  const cluster = atRest(rules);
  const number = cluster.replica(A).recordStatus(BOOK).committed + 1;
  cluster.loses = parts(A);
  cluster.run(2 * LEASE_MS);
  cluster.submit(B, BOOK, priced(3));
  cluster.synced();
  loseDisk(cluster, C);
  cluster.crash(B);
  cluster.loses = () => false;
  cluster.start(C);
  cluster.run(LEASE_MS);
  cluster.replica(C).admit([B], () => undefined);
  cluster.runUntil(() => cluster.replica(C).status().ready);
  cluster.submit(A, BOOK, priced(4));
  cluster.start(B);
  try {
    cluster.run(4 * LEASE_MS);
  } catch (error) {
    if (error instanceof GivenUp) return null;
    throw error;
  }
  return differences(cluster, A, B, number);
};

/** C coordinates the book, writes, and comes back on a copy of its disk from before that while A is out of reach. */
function onACopy(rules: Partial<Rules>): { cluster: VirtualCluster; before: string | undefined } {
  const cluster = new VirtualCluster(3, { rules }).ready();
  cluster.submit(A, CATALOGUE, create);
  cluster.submit(C, BOOK, priced(2));
  cluster.settled().synced();
  const putBack = cluster.store(C).copy();
  cluster.submit(C, BOOK, priced(3));
  cluster.settled();
  // Until the others have heard that it is safe on C's disk.
  cluster.run(3 * LEASE_MS);
  cluster.crash(C);
  cluster.run(LEASE_MS);
  putBack();
  const before = cluster.idAt(C);
  cluster.loses = (from, to) => from === A || to === A;
  cluster.sent.length = 0;
  cluster.start(C);
  return { cluster, before };
}

export const voteOnceKnown: Schedule = (rules) => {
  const { cluster } = onACopy(rules);
  cluster.submit(B, BOOK, priced(4), LEASE_MS);
  const voted = cluster.sent.some(({ from, body }) => from === C && body.kind === 'check ok');
  return voted ? 'C says ok to a check with a forgotten promise' : null;
};

export const refuseCopies: Schedule = (rules) => {
  const { cluster, before } = onACopy(rules);
  cluster.run(2 * LEASE_MS);
  return cluster.idAt(C) === before ? 'C goes on under an identity whose votes it has forgotten' : null;
};
