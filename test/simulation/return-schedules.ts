import { type PeerMessage } from '../../src/core/replication/messages.js';
import { CATALOGUE, type Operation } from '../../src/core/replication/types.js';
import { VirtualCluster } from '../support/virtual-cluster.js';
import {
  A,
  atRest,
  B,
  BOOK,
  C,
  create,
  isLease,
  LEASE_MS,
  priced,
  type Schedule,
  staleAtC,
  touchesC,
} from './schedules.js';

/** What a replica may lean on that comes back, or that was out of reach for a while. */

const between = (a: number, b: number, from: number, to: number): boolean =>
  (from === a && to === b) || (from === b && to === a);

/** R1: C, without a lease, asks B; the answer is under way while price 3 is agreed on and C is granted leases anew. */
export const validationCountsFromSending: Schedule = (rules) => {
  const cluster = atRest(rules);
  const mayCome = (from: number, to: number, kind: string): boolean =>
    between(B, C, from, to) && (kind === 'get' || kind === 'got' || (from === B && kind === 'lease request'));
  cluster.loses = (from, to, { kind }) => touchesC(from, to) && !mayCome(from, to, kind);
  cluster.run(1.2 * LEASE_MS);
  cluster.delayMs = (_, __, { kind }) => (kind === 'got' ? 60 : 1);
  cluster.sent.length = 0;
  cluster.runUntil(() => cluster.sent.some(({ from, body }) => from === C && body.kind === 'lease request'));
  cluster.run(LEASE_MS / 4 - 20);
  cluster.replica(C).read(BOOK, LEASE_MS, () => undefined);
  cluster.run(3);
  cluster.submit(A, BOOK, priced(3));
  cluster.loses = (from, to, body) => touchesC(from, to) && !isLease(body);
  cluster.run(80);
  return staleAtC(cluster, 3);
};

const SECOND = 2;
const second: Operation = {
  kind: 'create',
  operationId: 'second',
  book: { title: 'Pi', topic: 'Systems', priceCents: 1, quantity: 10, isbn: null, author: null },
};

/**
 * C1: B tells C of a change that is not on its disk yet, and gives the number of that change to another after a crash. C, away meanwhile,
 * asks for what came after it.
 */
export const answerAfterSync: Schedule = (rules) => {
  const cluster = atRest(rules);
  cluster.submit(A, CATALOGUE, second);
  cluster.submit(A, SECOND, { ...priced(2), operationId: 'second 2' });
  cluster.settled().synced();
  cluster.loses = touchesC;
  cluster.run(1.2 * LEASE_MS);
  const before = cluster.replica(B).recordStatus(BOOK).committed;
  cluster.submit(A, BOOK, priced(3));
  cluster.runUntil(() => cluster.replica(B).recordStatus(BOOK).committed > before);
  const apartFromA = (from: number, to: number): boolean => between(A, C, from, to);
  cluster.loses = apartFromA;
  cluster.runUntil(() => cluster.replica(C).recordStatus(BOOK).committed > before);
  cluster.crash(B);
  cluster.start(B);
  cluster.loses = (from, to, { kind }) => touchesC(from, to) || (from === B && kind === 'catch-up');
  cluster.submit(A, SECOND, { ...priced(7), operationId: 'second 7' });
  cluster.run(4 * LEASE_MS);
  cluster.loses = apartFromA;
  cluster.run(LEASE_MS);
  cluster.loses = touchesC;
  const read = cluster.read(C, SECOND, 50);
  return read.kind === 'found' && read.book.priceCents === 2 ? 'C answers 2 where 7 was acknowledged' : null;
};

function isCaughtUp(
  body: PeerMessage,
): body is Extract<PeerMessage, { kind: 'caught up' | 'changes named' }> {
  return body.kind === 'caught up' || body.kind === 'changes named';
}

/**
 * C3: C, new already, and B agree on price 3 while A is away, and C loses its disk again. An answer that B gave to the identity before, when there was nothing,
 * comes to the new one, which has just asked B under the same number.
 */
export const addressedToThisIdentity: Schedule = (rules) => {
  const cluster = new VirtualCluster(3, { rules }).ready();
  cluster.crash(C);
  cluster.store(C).wipe();
  cluster.start(C);
  cluster.ready();
  const early = cluster.sent.flatMap(({ from, to, body }) =>
    from === B && to === C && isCaughtUp(body) && body.elder?.as === 'voter' ? [body] : [],
  );
  const [was, idOfB] = [cluster.idAt(C), cluster.idAt(B)];
  if (early.length === 0 || was === undefined || idOfB === undefined) throw new Error('B was never asked');
  cluster.submit(A, CATALOGUE, create);
  cluster.submit(C, BOOK, priced(2));
  cluster.settled().synced();
  cluster.loses = (from, to) => from === A || to === A;
  cluster.submit(C, BOOK, priced(3));
  cluster.run(10);
  cluster.crash(C);
  cluster.store(C).wipe();
  cluster.loses = (from, to, { kind }) =>
    between(A, B, from, to) || (from === B && (kind === 'caught up' || kind === 'changes named'));
  let late: (typeof early)[number] | undefined;
  cluster.sent.length = 0;
  cluster.start(C);
  cluster.runUntil(() => {
    const asked = cluster.sent.flatMap(({ from, to, body }) =>
      from === C && to === B && body.kind === 'catch-up' ? [body.requestId] : [],
    );
    late = early.find(({ requestId }) => requestId === asked.at(-1));
    return late !== undefined;
  });
  if (late === undefined) throw new Error('B was asked under other numbers');
  cluster.replica(C).receive({ from: idOfB, fromStart: 1, fromPosition: B, to: was, body: late });
  cluster.run(LEASE_MS);
  cluster.loses = (from, to) => from === B || to === B;
  const { kind } = cluster.submit(A, BOOK, priced(4), 3 * LEASE_MS);
  return kind === 'decided' ? 'price 4 takes the place of price 3, which was acknowledged' : null;
};
