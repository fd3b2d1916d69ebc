import { CACHING_RULES, type CachingRules } from '../../../src/core/caching/rules.js';
import { FrontEndSessions } from '../../../src/core/caching/sessions.js';
import {
  type FoundBooks,
  lookupTags,
  searchKey,
  searchTags,
  ShopCache,
} from '../../../src/core/caching/shop-cache.js';
import { SingleFlight, type Fetched } from '../../../src/core/caching/single-flight.js';
import { type Invalidation } from '../../../src/core/replication/invalidation.js';
import { type Clock } from '../../../src/core/replication/ports.js';
import { type SubmitResult } from '../../../src/core/replication/results.js';
import { type Book, type BookId, type MonotonicMs } from '../../../src/core/replication/types.js';
import { Prng } from '../engine/prng.js';
import { type SimulatedProcess } from '../engine/process.js';
import { type FoundBook } from '../history.js';
import { type Answered, type Ask, type CallResult } from '../messages.js';
import { type Party, type World } from '../world.js';
import { type CatalogHost } from './catalog-host.js';

type LookUp =
  | { readonly kind: 'found'; readonly bookId: BookId; readonly book: Book; readonly sequenceNumber: number }
  | { readonly kind: 'no such book' };
interface Search {
  readonly books: readonly FoundBook[];
}
type Nothing = 'unavailable';
type SearchAsk = Extract<Ask, { kind: 'search' }>;

interface Caches {
  readonly frontEndId: string;
  readonly clock: Clock;
  readonly sessions: FrontEndSessions;
  readonly shop: ShopCache<LookUp, Search>;
  readonly lookUps: SingleFlight<BookId, LookUp, Nothing>;
  readonly searches: SingleFlight<string, Search, Nothing>;
  readonly found: SingleFlight<string, FoundBooks, Nothing>;
}

/** How many replicas a request is tried on. */
const MOST_TRIES = 3;
const PAGE = 100;

/** A front-end: the production caches over requests that get lost. All it knows dies with its process. */
export class FrontEnd implements Party {
  readonly process: SimulatedProcess;
  private caches: Caches | null = null;
  private readonly random: Prng;

  constructor(
    private readonly world: World,
    index: number,
    private readonly hosts: readonly CatalogHost[],
  ) {
    this.random = new Prng(world.settings.seed, 200 + index);
    this.process = world.newProcess(`f${index + 1}`, 10 + index, (thrown) => {
      const text = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
      world.violate({ rule: 'thrown', text: `${this.process.name}: ${text}` });
    });
  }

  start(): void {
    if (this.process.running) return;
    this.process.begin();
    const rules: CachingRules = { ...CACHING_RULES, ...this.world.mutation.cachingRules };
    const clock = this.process.clock();
    const now = (): MonotonicMs => clock.monotonicMs();
    const sessions = new FrontEndSessions(rules);
    const bounds = { maxEntries: this.world.settings.cacheEntries, maxBytes: 1_000_000 };
    const shop = new ShopCache<LookUp, Search>(sessions, {
      lookups: bounds,
      searches: bounds,
      sizeOfLookup: () => 1,
      sizeOfSearch: () => 1,
      rules,
    });
    this.caches = {
      frontEndId: `${this.process.name}-${this.process.life}`,
      clock,
      sessions,
      shop,
      lookUps: new SingleFlight(shop.lookups, now, rules),
      searches: new SingleFlight(shop.searches, now, rules),
      found: new SingleFlight(shop.found, now, rules),
    };
    this.world.note(this.process.name, () => 'starts');
    this.process.deliver(this.process.life, () => this.askForSessions());
  }

  crash(): void {
    if (!this.process.running) return;
    this.world.note(this.process.name, () => 'crashes');
    this.process.kill();
    this.caches = null;
  }

  forget(invalidation: Invalidation): void {
    this.caches?.shop.apply(invalidation);
  }

  private askForSessions(): void {
    const { caches } = this;
    if (caches === null) return;
    const { leaseMs } = this.world.settings;
    const { clock, frontEndId, sessions } = caches;
    this.watchClocks(caches);
    for (const host of this.hosts) {
      const sentAt = clock.monotonicMs();
      const ask: Ask = { kind: 'session', frontEndId, address: this.process.name };
      this.world.call(this.process, clock, host, ask, leaseMs, (result) => {
        this.watchClocks(caches);
        if (result.kind === 'granted' && result.grant !== null)
          sessions.granted(result.grant, sentAt, clock.monotonicMs());
      });
    }
    clock.after(leaseMs / 4, () => this.askForSessions());
  }

  private watchClocks({ sessions, clock }: Caches): void {
    sessions.watchClocks(clock.monotonicMs(), clock.wallClockMs());
  }

  serve(ask: Ask, timeLeftMs: number, reply: (answered: Answered) => void): void {
    const { caches } = this;
    if (caches === null) return reply({ kind: 'unavailable' });
    const tryMs = timeLeftMs * 0.5;
    this.watchClocks(caches);
    switch (ask.kind) {
      case 'look up':
        return this.lookUp(caches, ask.bookId, tryMs, reply);
      case 'search':
        return ask.by === 'words'
          ? this.find(caches, ask, tryMs, reply)
          : this.search(caches, ask, tryMs, reply);
      case 'submit':
        return this.submit(caches, ask, tryMs, 1, false, (result) => reply({ kind: 'written', result }));
      case 'session':
        return reply({ kind: 'unavailable' });
      default:
        return ask satisfies never;
    }
  }

  private lookUp(caches: Caches, bookId: BookId, tryMs: number, reply: (answered: Answered) => void): void {
    caches.lookUps.read(
      bookId,
      (done) =>
        this.fetch(caches, { kind: 'look up', bookId, frontEndId: caches.frontEndId }, tryMs, (result) =>
          done(fetchedLookUp(result)),
        ),
      (outcome) => {
        if (outcome.kind === 'failed') return reply({ kind: 'unavailable' });
        const { value, hit } = outcome;
        if (hit) this.world.note(this.process.name, () => `hit: book ${bookId}`);
        const result =
          value.kind === 'found'
            ? { ...value, cacheable: false }
            : { kind: 'not found' as const, cacheable: false };
        reply({ kind: 'looked up', result, session: '' });
      },
    );
  }

  private search(caches: Caches, ask: SearchAsk, tryMs: number, reply: (answered: Answered) => void): void {
    const { text } = ask;
    caches.searches.read(
      searchKey(text, PAGE, null),
      (done) => this.fetch(caches, ask, tryMs, (result) => done(fetchedSearch(result))),
      (outcome) => {
        if (outcome.kind === 'failed') return reply({ kind: 'unavailable' });
        if (outcome.hit) this.world.note(this.process.name, () => `hit: search "${text}"`);
        reply({ kind: 'searched', books: outcome.value.books, cacheable: false, session: '' });
      },
    );
  }

  /** Which books, and then each one's own look-up (F7). */
  private find(caches: Caches, ask: SearchAsk, tryMs: number, reply: (answered: Answered) => void): void {
    const half = tryMs / 2;
    caches.found.read(
      ask.text,
      (done) => this.fetch(caches, ask, half, (result) => done(fetchedFound(result))),
      (outcome) => {
        if (outcome.kind === 'failed') return reply({ kind: 'unavailable' });
        if (outcome.hit) this.world.note(this.process.name, () => `hit: books with "${ask.text}"`);
        this.lookUpAll(caches, outcome.value.ids, half, reply);
      },
    );
  }

  private lookUpAll(
    caches: Caches,
    ids: readonly BookId[],
    tryMs: number,
    reply: (answered: Answered) => void,
  ): void {
    const books: FoundBook[] = [];
    let open = ids.length;
    const done = (): void => {
      if (open > 0) return;
      const whole = books.length === ids.length;
      reply(whole ? { kind: 'searched', books, cacheable: false, session: '' } : { kind: 'unavailable' });
    };
    for (const id of ids) {
      this.lookUp(caches, id, tryMs, (answered) => {
        open -= 1;
        if (answered.kind === 'looked up' && answered.result.kind === 'found') {
          const { title, topic, priceCents, quantity } = answered.result.book;
          books.push({ id, title, topic, looked: { priceCents, quantity } });
        }
        done();
      });
    }
    done();
  }

  /** Asks one replica after the other. */
  private fetch(caches: Caches, ask: Ask, tryMs: number, done: (result: CallResult) => void): void {
    const order = this.random.shuffle([...this.hosts]).slice(0, MOST_TRIES);
    const next = (): void => {
      const host = order.shift();
      if (host === undefined) return done({ kind: 'unavailable' });
      this.world.call(this.process, caches.clock, host, ask, tryMs, (result) => {
        const answered = result.kind === 'looked up' || result.kind === 'searched';
        if (answered && !(result.kind === 'looked up' && result.result.kind === 'unavailable')) done(result);
        else next();
      });
    };
    next();
  }

  /** Tries again elsewhere: the operation's id makes that safe. What one attempt left open stays open. */
  private submit(
    caches: Caches,
    ask: Extract<Ask, { kind: 'submit' }>,
    tryMs: number,
    attempt: number,
    open: boolean,
    done: (result: SubmitResult) => void,
  ): void {
    this.world.call(this.process, caches.clock, this.random.pick(this.hosts), ask, tryMs, (result) => {
      const written = writtenBy(result);
      const settled = written.kind === 'decided' || written.kind === 'operation id reused';
      if (settled || (written.kind === 'no such book' && !open)) return done(written);
      const stillOpen = open || written.kind === 'unknown';
      if (attempt < MOST_TRIES) return this.submit(caches, ask, tryMs, attempt + 1, stillOpen, done);
      done(stillOpen ? { kind: 'unknown' } : { kind: 'not started', reason: 'deadline' });
    });
  }
}

function writtenBy(result: CallResult): SubmitResult {
  if (result.kind === 'written') return result.result;
  const definite = result.kind === 'refused' || result.kind === 'unavailable';
  return definite ? { kind: 'not started', reason: 'not ready' } : { kind: 'unknown' };
}

function fetchedLookUp(result: CallResult): Fetched<LookUp, Nothing> {
  if (result.kind !== 'looked up' || result.result.kind === 'unavailable') {
    return { kind: 'failed', failure: 'unavailable' };
  }
  const { session } = result;
  const read = result.result;
  const source = { session, cacheable: read.cacheable };
  if (read.kind === 'not found') {
    const value: LookUp = { kind: 'no such book' };
    return { kind: 'answered', value, source, tags: lookupTags(value) };
  }
  const { bookId, book, sequenceNumber } = read;
  const value: LookUp = { kind: 'found', bookId, book, sequenceNumber };
  return { kind: 'answered', value, source, tags: lookupTags(value) };
}

function fetchedFound(result: CallResult): Fetched<FoundBooks, Nothing> {
  if (result.kind !== 'searched') return { kind: 'failed', failure: 'unavailable' };
  const { books, cacheable, session } = result;
  const value = { ids: books.map(({ id }) => id), next: null, near: false };
  return { kind: 'answered', value, source: { session, cacheable }, tags: [] };
}

function fetchedSearch(result: CallResult): Fetched<Search, Nothing> {
  if (result.kind !== 'searched') return { kind: 'failed', failure: 'unavailable' };
  const { books, cacheable, session } = result;
  return { kind: 'answered', value: { books }, source: { session, cacheable }, tags: searchTags({ books }) };
}
