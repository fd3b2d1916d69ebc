import { type CachingRules, CACHING_RULES } from '../../src/core/caching/rules.js';
import { type Fence, FencedCache } from '../../src/core/caching/fenced-cache.js';
import { FrontEndSessions, sessionKey } from '../../src/core/caching/sessions.js';
import { monotonic } from '../../src/core/clocks.js';
import { type MonotonicMs } from '../../src/core/replication/types.js';
import { type VirtualCluster } from '../support/virtual-cluster.js';
import { A, atRest, B, BOOK, LEASE_MS, priced, type Schedule } from './schedules.js';

/** Less than the drift that clocks may have (R3). */
const SLOWER_BY = 0.049;

/** The cache of a front-end, and its session with B; what B has it forget it forgets, unless that gets lost. */
class CachingFrontEnd {
  private readonly sessions: FrontEndSessions;
  private readonly cache: FencedCache<number, number>;

  constructor(
    private readonly cluster: VirtualCluster,
    rules: Partial<CachingRules>,
    private readonly slowerBy = 0,
  ) {
    const all = { ...CACHING_RULES, ...rules };
    this.sessions = new FrontEndSessions(all);
    this.cache = new FencedCache<number, number>(
      { maxEntries: 10, maxBytes: 10_000 },
      this.sessions,
      () => 8,
      all,
    );
    cluster.forgets = () => {
      this.cache.forget(BOOK);
      return true;
    };
  }

  renew(): void {
    const now = this.now();
    const grant = this.cluster.replica(B).session('f', 'http://f');
    if (grant !== null) this.sessions.granted(grant, now, now);
  }

  /** Asks B; what is answered comes to the cache when that is called. */
  fetch(): () => void {
    const fence = this.cache.open(BOOK) as Fence<number>;
    const { replicaId = '', startNumber = 0 } = this.cluster.store(B).identity() ?? {};
    const read = this.cluster.read(B, BOOK, LEASE_MS / 2, 'f');
    if (read.kind !== 'found') throw new Error('B does not answer');
    const source = { session: sessionKey(replicaId, startNumber), cacheable: read.cacheable };
    return () => void this.cache.fill(fence, read.book.priceCents, source, [], this.now());
  }

  /** Whether it serves another price than the one that was acknowledged. */
  complaint(acknowledged: number): string | null {
    const served = this.cache.get(BOOK, this.now())?.value;
    if (served === undefined || served === acknowledged) return null;
    return `a front-end serves ${served} where ${acknowledged} was acknowledged`;
  }

  private now(): MonotonicMs {
    return monotonic(this.cluster.now * (1 - this.slowerBy));
  }
}

/** R3: the front-end's clock is slower than B's, and it cannot be told anything: B waits for the end of its session. */
export const shortenGrants: Schedule = (rules) => {
  const cluster = atRest(rules);
  const frontEnd = new CachingFrontEnd(cluster, rules, SLOWER_BY);
  frontEnd.renew();
  frontEnd.fetch()();
  cluster.forgets = () => false;
  cluster.submit(A, BOOK, priced(3));
  return frontEnd.complaint(3);
};

/** F1: B starts anew and has forgotten whom it told of the book; its new life grants sessions before the old one's is over. */
export const startNumbersApart: Schedule = (rules) => {
  const cluster = atRest(rules);
  const frontEnd = new CachingFrontEnd(cluster, rules);
  frontEnd.renew();
  frontEnd.fetch()();
  cluster.crash(B);
  cluster.start(B);
  for (let passed = 0; passed < 2 * LEASE_MS; passed += LEASE_MS / 20) {
    frontEnd.renew();
    cluster.run(LEASE_MS / 20);
  }
  cluster.submit(A, BOOK, priced(3));
  return frontEnd.complaint(3);
};

/** F2: what B answered comes after the session under which it was asked, when another has begun. */
export const sessionRanSinceBeforeFetch: Schedule = (rules) => {
  const cluster = atRest(rules);
  const frontEnd = new CachingFrontEnd(cluster, rules);
  frontEnd.renew();
  const arrive = frontEnd.fetch();
  cluster.run(1.2 * LEASE_MS);
  cluster.submit(A, BOOK, priced(3));
  frontEnd.renew();
  arrive();
  return frontEnd.complaint(3);
};
