import { type MonotonicMs } from '../../../src/core/replication/types.js';
import { FrontEndSessions } from '../../../src/core/caching/sessions.js';
import { lookupTags, searchKey, ShopCache } from '../../../src/core/caching/shop-cache.js';
import { type Fetched, SingleFlight } from '../../../src/core/caching/single-flight.js';
import { type SessionGrant } from '../../../src/core/replication/api.js';
import { type Invalidation } from '../../../src/core/replication/invalidation.js';
import { type Clock } from '../../../src/core/replication/ports.js';
import { type SimulatedProcess } from '../engine/process.js';
import { type Row } from './database.js';
import { ENGINE, type Member, type Read, type Wish, type Written } from './member.js';
import { type World } from './world.js';

type LookUp = { readonly kind: 'found'; readonly row: Row } | { readonly kind: 'no such book' };
type Nothing = 'unavailable';

interface Caches {
  readonly frontEndId: string;
  readonly clock: Clock;
  readonly sessions: FrontEndSessions;
  readonly shop: ShopCache<LookUp, number>;
  readonly lookUps: SingleFlight<number, LookUp, Nothing>;
  readonly searches: SingleFlight<string, number, Nothing>;
}

const MOST_TRIES = 3;
const SEARCH = searchKey('topic', 10, null);

/** The core's own caches and sessions, asking members that share an engine. */
export class FrontEnd {
  readonly process: SimulatedProcess;
  private caches: Caches | null = null;
  hits = 0;

  constructor(
    private readonly world: World,
    index: number,
    private readonly members: readonly Member[],
  ) {
    this.process = world.newProcess(`F${index + 1}`, 100 + index);
  }

  start(): void {
    if (this.process.running) return;
    this.process.begin();
    const rules = this.world.rules.caching;
    const clock = this.process.clock();
    const now = (): MonotonicMs => clock.monotonicMs();
    const sessions = new FrontEndSessions(rules);
    const bounds = { maxEntries: 100, maxBytes: 1_000_000 };
    const sizes = { sizeOfLookup: () => 1, sizeOfSearch: () => 1 };
    const shop = new ShopCache<LookUp, number>(sessions, {
      lookups: bounds,
      searches: bounds,
      ...sizes,
      rules,
    });
    this.caches = {
      frontEndId: `${this.process.name}-${this.process.life}`,
      clock,
      sessions,
      shop,
      lookUps: new SingleFlight(shop.lookups, now, rules),
      searches: new SingleFlight(shop.searches, now, rules),
    };
    this.process.deliver(this.process.life, () => this.askForSessions());
  }

  crash(): void {
    this.process.kill();
    this.caches = null;
  }

  forget(invalidation: Invalidation): void {
    this.caches?.shop.apply(invalidation);
  }

  lookUp(bookId: number, done: (row: Row | 'no such book' | null) => void): void {
    const { caches } = this;
    if (caches === null) return done(null);
    this.watchClocks(caches);
    const fetch = (fetched: (answer: Fetched<LookUp, Nothing>) => void): void =>
      this.fetch<Row | null>(
        caches,
        (member, reply) => member.read(bookId, reply),
        (read) => {
          if (read === null) return fetched({ kind: 'failed', failure: 'unavailable' });
          const value: LookUp =
            read.value === null ? { kind: 'no such book' } : { kind: 'found', row: read.value };
          fetched({ kind: 'answered', value, source: sourceOf(read), tags: lookupTags(value) });
        },
      );
    caches.lookUps.read(bookId, fetch, (outcome) => {
      if (outcome.kind === 'failed') return done(null);
      if (outcome.hit) this.hit(`book ${bookId}`);
      done(outcome.value.kind === 'found' ? outcome.value.row : 'no such book');
    });
  }

  search(done: (titles: number | null) => void): void {
    const { caches } = this;
    if (caches === null) return done(null);
    this.watchClocks(caches);
    const fetch = (fetched: (answer: Fetched<number, Nothing>) => void): void =>
      this.fetch<number>(
        caches,
        (member, reply) => member.search(reply),
        (read) => {
          if (read === null) return fetched({ kind: 'failed', failure: 'unavailable' });
          // Of every book that it shows.
          const tags = Array.from({ length: 20 }, (_, id) => id);
          fetched({ kind: 'answered', value: read.value, source: sourceOf(read), tags });
        },
      );
    caches.searches.read(SEARCH, fetch, (outcome) => {
      if (outcome.kind === 'failed') return done(null);
      if (outcome.hit) this.hit('search');
      done(outcome.value);
    });
  }

  /** The operation's id makes it safe to ask another member. */
  write(wish: Wish, done: (written: Written) => void, attempt = 1, open = false): void {
    const { caches, world } = this;
    if (caches === null) return done({ kind: 'not started' });
    const member = world.random.pick(this.members);
    const timeoutMs = 4 * world.settings.leaseMs;
    world.call<Written>(
      this.process,
      caches.clock,
      member.process,
      timeoutMs,
      (reply) => member.write(wish, reply),
      (written) => {
        const result = written ?? { kind: 'unknown' };
        if (result.kind === 'decided') return done(result);
        const mayHave = open || result.kind === 'unknown';
        if (attempt < MOST_TRIES) return this.write(wish, done, attempt + 1, mayHave);
        done({ kind: mayHave ? 'unknown' : 'not started' });
      },
    );
  }

  private hit(what: string): void {
    this.hits += 1;
    this.world.note(this.process.name, () => `hit: ${what}`);
  }

  private fetch<T>(
    caches: Caches,
    ask: (member: Member, reply: (read: Read<T> | null) => void) => void,
    done: (read: Read<T> | null) => void,
  ): void {
    const order = this.world.random.shuffle([...this.members]).slice(0, MOST_TRIES);
    const next = (): void => {
      const member = order.shift();
      if (member === undefined) return done(null);
      const timeoutMs = this.world.settings.leaseMs;
      this.world.call<Read<T> | null>(
        this.process,
        caches.clock,
        member.process,
        timeoutMs,
        (reply) => ask(member, reply),
        (read) => {
          if (read === null) next();
          else done(read);
        },
      );
    };
    next();
  }

  private askForSessions(): void {
    const { caches, world } = this;
    if (caches === null) return;
    const { clock, frontEndId, sessions } = caches;
    const { leaseMs } = world.settings;
    this.watchClocks(caches);
    for (const member of this.members) {
      const sentAt = clock.monotonicMs();
      const serve = (reply: (grant: SessionGrant | null) => void): void =>
        reply(member.session(frontEndId, this.process.name));
      world.call<SessionGrant | null>(this.process, clock, member.process, leaseMs, serve, (grant) => {
        this.watchClocks(caches);
        if (grant !== null) sessions.granted(grant, sentAt, clock.monotonicMs());
      });
    }
    clock.after(leaseMs / 4, () => this.askForSessions());
  }

  private watchClocks({ sessions, clock }: Caches): void {
    sessions.watchClocks(clock.monotonicMs(), clock.wallClockMs());
  }
}

function sourceOf({ keep }: Read<unknown>): { session: string; cacheable: boolean } {
  return { session: ENGINE, cacheable: keep };
}
