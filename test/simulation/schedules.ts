import { type CachingRules } from '../../src/core/caching/rules.js';
import { type PeerMessage } from '../../src/core/replication/messages.js';
import { type Rules } from '../../src/core/replication/rules.js';
import { CATALOGUE, type Operation } from '../../src/core/replication/types.js';
import { VirtualCluster } from '../support/virtual-cluster.js';

/** A run made by hand, with some rules off: says which promise was broken, or null. For what chance finds too seldom. */
export type Schedule = (rules: Partial<Rules & CachingRules>) => string | null;

export const BOOK = 1;
export const A = 0;
export const B = 1;
export const C = 2;
export const LEASE_MS = 500;
/** How much further the clock of a machine is before it starts anew. */
const CLOCK_AHEAD_MS = 900_000;

export const create: Operation = {
  kind: 'create',
  operationId: 'create',
  book: { title: 'Xen', topic: 'Systems', priceCents: 1, quantity: 10, isbn: null, author: null },
};
export const priced = (priceCents: number): Operation => ({
  kind: 'edit',
  operationId: `price ${priceCents}`,
  changes: { priceCents },
  expectedSequenceNumber: null,
});

/** Replicas, three of them unless it is said, and a book that A coordinates, at rest. */
export function atRest(rules: Partial<Rules>, replicas = 3): VirtualCluster {
  const cluster = new VirtualCluster(replicas, { rules }).ready();
  cluster.submit(A, CATALOGUE, create);
  cluster.submit(A, BOOK, priced(2));
  return cluster.settled().synced();
}

export const touchesC = (from: number, to: number): boolean => from === C || to === C;
export const isLease = ({ kind }: PeerMessage): boolean => kind === 'lease request' || kind === 'lease grant';

/** A front-end that looked the book up at one replica, and trusts that for as long as its session runs. */
class FrontEnd {
  trustsUntil = -Infinity;
  private lookedUpAt = Infinity;

  constructor(
    private readonly cluster: VirtualCluster,
    private readonly at: number,
  ) {}

  /** A little less than it was granted, as R3 has it. What hung from a session that lapsed is gone (F2). */
  renew(): void {
    if (this.trustsUntil <= this.cluster.now) this.lookedUpAt = Infinity;
    const grant = this.cluster.replica(this.at).session('f', 'http://f');
    if (grant !== null) this.trustsUntil = this.cluster.now + grant.durationMs * 0.9;
  }

  keepRenewing(): void {
    this.renew();
    this.cluster.after(LEASE_MS / 5, () => this.keepRenewing());
  }

  lookUp(): void {
    const read = this.cluster.read(this.at, BOOK, LEASE_MS / 2, 'f');
    if (read.kind !== 'found' || !read.cacheable) throw new Error('the answer may not be cached');
    this.lookedUpAt = this.cluster.now;
  }

  /** Whether it may serve the price before, now that the new one is acknowledged. */
  complaint(): string | null {
    const { told, forgets, now } = this.cluster;
    const toldSince = told.some(({ by, atMs }) => by === this.at && atMs > this.lookedUpAt);
    const forgot = toldSince && forgets(this.at, 'f');
    if (forgot || this.trustsUntil <= now || this.lookedUpAt > now) return null;
    return `a front-end trusts a price that was changed for ${(this.trustsUntil - now).toFixed(0)} ms more`;
  }
}

/** What C answers, cut off, after all the others have agreed on another price. */
export function staleAtC(cluster: VirtualCluster, priceCents: number): string | null {
  const read = cluster.read(C, BOOK, 50);
  if (read.kind !== 'found' || read.book.priceCents === priceCents) return null;
  return `C answers ${read.book.priceCents} where ${priceCents} was acknowledged`;
}

/** W3 [46]: B's front-end owes an answer when the update comes a second time. */
export const repeatedUpdateWaits: Schedule = (rules) => {
  const cluster = atRest(rules);
  cluster.crash(C);
  cluster.run(1.2 * LEASE_MS);
  const frontEnd = new FrontEnd(cluster, B);
  frontEnd.renew();
  frontEnd.lookUp();
  cluster.forgets = () => false;
  cluster.submit(A, BOOK, priced(3));
  return frontEnd.complaint();
};

/** F3: B's front-end cannot be told anything, and renews its session after the write began. */
export const renewedSessionsAreWaitedFor: Schedule = (rules) => {
  const cluster = atRest(rules);
  cluster.crash(C);
  cluster.run(1.2 * LEASE_MS);
  const frontEnd = new FrontEnd(cluster, B);
  frontEnd.keepRenewing();
  frontEnd.lookUp();
  cluster.forgets = () => false;
  // The next renewal is near when the write begins.
  cluster.run(LEASE_MS / 10);
  cluster.submit(A, BOOK, priced(3));
  return frontEnd.complaint();
};

/** A cannot reach C, which goes on renewing its lease with B; a front-end trusts C. */
function outOfReachOfA(rules: Partial<Rules>, forgets: boolean): string | null {
  const cluster = atRest(rules);
  const frontEnd = new FrontEnd(cluster, C);
  frontEnd.keepRenewing();
  frontEnd.lookUp();
  cluster.run(LEASE_MS / 2);
  cluster.forgets = () => forgets;
  cluster.loses = (from, to) => touchesC(from, to) && (from === A || to === A);
  cluster.submit(A, BOOK, priced(3));
  return frontEnd.complaint();
}

/** W4, discharge: C says that its front-ends have forgotten the book. */
export const dischargeAfterFrontEndsForgot: Schedule = (rules) => outOfReachOfA(rules, false);

/** F3: C's front-end does not forget, and C's own lease is renewed meanwhile; A waits for the lease that it saw on a list (W4). */
export const noLongerWhileOwing: Schedule = (rules) => outOfReachOfA(rules, false);

/** R4 [21]. */
export const barredTellFrontEnds: Schedule = (rules) => outOfReachOfA(rules, true);

/**
 * F5: C is told that the book is pending before the update comes, so its front-end is told twice. The second acknowledgement is so late that
 * the write was complete without it (W4, discharge), and the front-end has looked the book up again meanwhile.
 */
export const spareNewerAnswers: Schedule = (rules) => {
  const cluster = atRest(rules);
  const frontEnd = new FrontEnd(cluster, C);
  frontEnd.keepRenewing();
  frontEnd.lookUp();
  cluster.delayMs = (_, to, { kind }) => (to === C && kind === 'update' ? LEASE_MS / 4 + 20 : 1);
  const told = cluster.told.length;
  cluster.acknowledgedAfterMs = (invalidation) =>
    invalidation === cluster.told[told]?.invalidation ? 0.3 * LEASE_MS : 0.4 * LEASE_MS;
  cluster.submit(A, BOOK, priced(3));
  cluster.run(5);
  frontEnd.lookUp();
  cluster.acknowledgedAfterMs = () => 1;
  cluster.delayMs = () => 1;
  cluster.run(LEASE_MS / 2);
  cluster.submit(A, BOOK, priced(4));
  return frontEnd.complaint();
};

/**
 * W5: the commit of price 3 reaches C long after: the others have agreed on price 4 meanwhile, and C, cut off until a moment ago, has just
 * been granted leases again and not caught up yet.
 */
function lateCommit(rules: Partial<Rules>, meanwhile: (cluster: VirtualCluster) => void): string | null {
  const cluster = atRest(rules);
  const lateMs = 4 * LEASE_MS;
  cluster.delayMs = (_, to, { kind }) => (to === C && kind === 'commit' ? lateMs : 1);
  const isCommitToC = ({ to, body }: { to: number; body: PeerMessage }): boolean =>
    to === C && body.kind === 'commit';
  cluster.sent.length = 0;
  cluster.submit(A, BOOK, priced(3));
  const sentAt = cluster.sent.find(isCommitToC)?.atMs ?? Infinity;
  cluster.loses = touchesC;
  meanwhile(cluster);
  cluster.run(1.2 * LEASE_MS);
  cluster.submit(A, BOOK, priced(4));
  cluster.run(sentAt + lateMs - LEASE_MS / 2 - cluster.now);
  cluster.loses = (from, to, body) => touchesC(from, to) && !isLease(body);
  cluster.run(sentAt + lateMs + 1 - cluster.now);
  return staleAtC(cluster, 4);
}

/** [s] */
export const tokenTime: Schedule = (rules) => lateCommit(rules, () => undefined);

/** [s] The machine of C starts anew, with a clock that is behind the one its token was read from. */
export const tokenStartNumber: Schedule = (rules) =>
  lateCommit(rules, (cluster) => {
    cluster.crash(C);
    cluster.clockAheadMs[C] = -CLOCK_AHEAD_MS;
    cluster.start(C);
  });

/**
 * C1 [25,066]: B commits in memory, grants C a lease (it holds nothing pending), crashes before that is on disk, and is back before C's
 * catch-up comes: its life of now tells of no such commit.
 */
export const catchUpNamesPending: Schedule = (rules) => {
  const cluster = atRest(rules);
  cluster.loses = touchesC;
  cluster.run(1.2 * LEASE_MS);
  const heldUpMs = 10;
  cluster.delayMs = (_, __, { kind }) => (kind === 'catch-up' ? heldUpMs : 1);
  const before = cluster.replica(B).recordStatus(BOOK).committed;
  cluster.submit(A, BOOK, priced(3));
  cluster.runUntil(() => cluster.replica(B).recordStatus(BOOK).committed > before);
  cluster.loses = (from, to) => touchesC(from, to) && (from === A || to === A);
  cluster.crash(C);
  cluster.start(C);
  cluster.sent.length = 0;
  cluster.runUntil(() => cluster.sent.some(({ from, body }) => from === C && body.kind === 'catch-up'));
  cluster.crash(B);
  cluster.start(B);
  cluster.run(heldUpMs + 5);
  return staleAtC(cluster, 3);
};

/**
 * C1 for a new identity (C3): C and B agree on price 3 while A is away, and C loses its disk. B names nothing pending to the new C, having
 * committed in memory, and crashes before that is on disk. Its next grants
 * get lost. Once A is back too, C asks the life of B that holds the entry pending again.
 */
export const joiningLearnsPending: Schedule = (rules) => {
  const cluster = atRest(rules);
  cluster.loses = (from, to) => from === A || to === A;
  const before = cluster.replica(B).recordStatus(BOOK).committed;
  cluster.submit(C, BOOK, priced(3));
  cluster.runUntil(() => cluster.replica(B).recordStatus(BOOK).committed > before);
  cluster.crash(C);
  cluster.store(C).wipe();
  cluster.start(C);
  const granted = (by: number): boolean =>
    cluster.sent.some(
      ({ from, to, body, lost }) => from === by && to === C && body.kind === 'lease grant' && !lost,
    );
  cluster.sent.length = 0;
  cluster.runUntil(() => granted(B));
  cluster.crash(B);
  cluster.start(B);
  cluster.loses = (from, _, { kind }) => from === B && kind === 'lease grant';
  cluster.run(LEASE_MS / 2);
  cluster.loses = () => false;
  cluster.runUntil(() => cluster.replica(C).status().joined);
  cluster.loses = (from, to) => from === B || to === B;
  cluster.submit(A, BOOK, priced(4));
  const ledger = cluster.store(A).entries(BOOK, before + 1, 2);
  const kept = ledger.some(({ decided }) =>
    decided.some(({ operation }) => operation.operationId === 'price 3'),
  );
  return kept ? null : 'price 3 was acknowledged and is gone';
};

/** C leans on its lease from B alone: A has not reached it for longer than a lease. */
function leaningOnB(rules: Partial<Rules>): VirtualCluster {
  const cluster = atRest(rules);
  cluster.loses = (from, to) => touchesC(from, to) && (from === A || to === A);
  cluster.run(1.2 * LEASE_MS);
  return cluster;
}

/** W10 [8489]: B starts anew and has forgotten that C leans on it. */
export const waitAfterStart: Schedule = (rules) => {
  const cluster = leaningOnB(rules);
  cluster.crash(B);
  cluster.loses = touchesC;
  cluster.start(B);
  cluster.submit(A, BOOK, priced(3));
  return staleAtC(cluster, 3);
};

/** W10: C starts anew and has forgotten the front-end that trusts it; A cannot reach it, and B says that the book is pending. */
export const noDischargeAfterStart: Schedule = (rules) => {
  const cluster = atRest(rules);
  const frontEnd = new FrontEnd(cluster, C);
  frontEnd.renew();
  frontEnd.lookUp();
  cluster.crash(C);
  cluster.start(C);
  cluster.run(5);
  cluster.loses = (from, to) => touchesC(from, to) && (from === A || to === A);
  cluster.submit(A, BOOK, priced(3));
  return frontEnd.complaint();
};

/** R3 [3131]: the last grant is long under way. */
export const grantsEchoSendingTime: Schedule = (rules) => {
  const cluster = leaningOnB(rules);
  cluster.delayMs = (_, to, { kind }) => (to === C && kind === 'lease grant' ? 0.5 * LEASE_MS : 1);
  cluster.run(LEASE_MS / 4 + 5);
  cluster.loses = touchesC;
  cluster.submit(A, BOOK, priced(3));
  return staleAtC(cluster, 3);
};

/** R3: C's clock is slower than that of B, by as much as the promise allows. */
export const shortenLeases: Schedule = (rules) => {
  const cluster = leaningOnB(rules);
  const stepMs = 5;
  const slow = (): void => {
    cluster.clockAheadMs[C] = (cluster.clockAheadMs[C] ?? 0) - 0.049 * stepMs;
    cluster.after(stepMs, slow);
  };
  slow();
  cluster.sent.length = 0;
  cluster.runUntil(() => cluster.sent.some(({ to, body }) => to === C && body.kind === 'lease grant'));
  cluster.run(2);
  cluster.loses = touchesC;
  cluster.submit(A, BOOK, priced(3));
  return staleAtC(cluster, 3);
};

/**
 * R3: grants asked for by an earlier life, on a clock that was ahead, come late, just before the leases of C, which is cut off, end. By its
 * own clock they were asked for a moment ago.
 */
export const grantToThisLife: Schedule = (rules) => {
  const cluster = atRest(rules);
  cluster.crash(C);
  cluster.clockAheadMs[C] = 2.9 * LEASE_MS;
  cluster.start(C);
  cluster.ready();
  const began = cluster.now;
  const runTo = (leases: number): unknown => cluster.run(began + leases * LEASE_MS - cluster.now);
  cluster.delayMs = (_, to, { kind }) => (to === C && kind === 'lease grant' ? 3 * LEASE_MS : 1);
  runTo(0.5);
  cluster.crash(C);
  cluster.clockAheadMs[C] = 0;
  cluster.delayMs = () => 1;
  cluster.start(C);
  cluster.ready();
  runTo(2.6);
  cluster.loses = touchesC;
  runTo(3.7);
  cluster.submit(A, BOOK, priced(3));
  return staleAtC(cluster, 3);
};

/** R3: the farewell of the life before comes when C already leans on leases again. */
export const farewellOfThisLife: Schedule = (rules) => {
  const cluster = atRest(rules);
  const lateMs = 3 * LEASE_MS;
  cluster.delayMs = (_, __, { kind }) => (kind === 'farewell' ? lateMs : 1);
  cluster.sent.length = 0;
  let left = false;
  cluster.replica(C).leave(() => (left = true));
  cluster.runUntil(() => left);
  const saidAt = cluster.sent.find(({ body }) => body.kind === 'farewell')?.atMs ?? Infinity;
  cluster.start(C);
  cluster.ready();
  cluster.run(saidAt + lateMs + 1 - cluster.now);
  cluster.loses = touchesC;
  cluster.submit(A, BOOK, priced(3));
  return staleAtC(cluster, 3);
};
