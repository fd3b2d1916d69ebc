import { Inject, Injectable } from '@nestjs/common';
import { type FrontendConfig } from '../../config/index.js';
import { type BookAnswer } from '../../contract/catalog.js';
import { type FindBooksRequest, type Source } from '../../contract/rpc.js';
import { type Unserved } from '../../core/balancing/fail-over.js';
import { type AnswerSource } from '../../core/caching/fenced-cache.js';
import { FrontEndSessions } from '../../core/caching/sessions.js';
import {
  type FoundBooks,
  lookupTags,
  searchKey,
  type SearchKey,
  searchTags,
  ShopCache,
} from '../../core/caching/shop-cache.js';
import { type Fetched, SingleFlight } from '../../core/caching/single-flight.js';
import { type BookId, type MonotonicMs } from '../../core/replication/types.js';
import { foldSearch } from '../../core/text/fold.js';
import { SystemClock } from '../../runtime/clock.js';
import { CONFIG } from '../../runtime/config.token.js';
import { jsonIn, type PreparedAnswer, prepare, sizeOf } from '../shop/prepared-answer.js';
import { CatalogClient, queryOf } from '../upstream/catalog.client.js';
import { CacheMetrics, type HitCounter } from './cache.metrics.js';

/** What is kept, once for each book: the answer's JSON is a `BookAnswer`. */
export type Lookup =
  { readonly kind: 'found'; readonly answer: PreparedAnswer } | { readonly kind: 'no such book' };

/** The answer's JSON is a list of `FoundBook`. */
export interface Search {
  readonly text: string;
  readonly answer: PreparedAnswer;
}

export type Read<T> = T | Unserved;

/** A page of a search that goes on from nowhere. */
export interface CursorUnknown {
  readonly kind: 'cursor unknown';
}

/** Nobody hears of it: the reader was told the error itself. */
const NOBODY: Unserved = { kind: 'unreachable', mayHaveHappened: false, overloaded: false, said: null };

const MAX_LOOKUP_BYTES = 64 * 1024 * 1024;
const MAX_SEARCH_BYTES = 64 * 1024 * 1024;

/** Look-ups and searches through the caches: the one place that asks the catalogs on behalf of readers. */
@Injectable()
export class ShopReader {
  readonly sessions = new FrontEndSessions();
  readonly cache: ShopCache<Lookup, Search>;
  private readonly lookups: SingleFlight<BookId, Lookup, Unserved>;
  private readonly searches: SingleFlight<SearchKey, Search, Unserved | CursorUnknown>;
  private readonly found: SingleFlight<string, FoundBooks, Unserved | CursorUnknown>;

  constructor(
    @Inject(CONFIG) config: FrontendConfig,
    private readonly catalogs: CatalogClient,
    private readonly clock: SystemClock,
    private readonly metrics: CacheMetrics,
  ) {
    this.cache = new ShopCache(this.sessions, {
      lookups: { maxEntries: config.lookupCacheSize, maxBytes: MAX_LOOKUP_BYTES },
      searches: { maxEntries: config.searchCacheSize, maxBytes: MAX_SEARCH_BYTES },
      sizeOfLookup: (lookup) => (lookup.kind === 'found' ? sizeOf(lookup.answer) : 0),
      sizeOfSearch: ({ text, answer }) => text.length + sizeOf(answer),
    });
    const now = (): MonotonicMs => this.now();
    this.lookups = new SingleFlight(this.cache.lookups, now);
    this.searches = new SingleFlight(this.cache.searches, now);
    this.found = new SingleFlight(this.cache.found, now);
    metrics.watch(this.cache);
  }

  /** The clock by which sessions run. Looked at so often, it tells a suspended machine before a stale answer leaves (R3). */
  now(): MonotonicMs {
    let now = this.clock.monotonicMs();
    let wallClock = this.clock.wallClockMs();
    if (!this.sessions.clocksAgree(now, wallClock)) {
      // Perhaps this process only had to wait for a processor between the two looks.
      now = this.clock.monotonicMs();
      wallClock = this.clock.wallClockMs();
    }
    this.sessions.watchClocks(now, wallClock);
    return now;
  }

  /** What `lookup` would give at once out of the cache, and counted as such; undefined if it would have to ask. */
  cachedLookup(bookId: BookId): Lookup | undefined {
    const cached = this.cache.lookups.get(bookId, this.now());
    if (cached === undefined) return undefined;
    this.metrics.lookups.hit();
    return cached.value;
  }

  /** How many copies there are by what is cached; undefined if that has to be asked for. Not counted as a read. */
  cachedCopies(bookId: BookId): number | undefined {
    const lookup = this.cache.lookups.get(bookId, this.now())?.value;
    return lookup?.kind === 'found' ? bookIn(lookup).quantity : undefined;
  }

  /** What `search` would give at once out of the cache, counted likewise. */
  cachedSearch(text: string, limit: number, cursor: string | null): Search | undefined {
    const cached = this.cache.searches.get(searchKey(text, limit, cursor), this.now());
    if (cached === undefined) return undefined;
    this.metrics.searches.hit();
    return cached.value;
  }

  lookup(bookId: BookId): Promise<Read<Lookup>> {
    const fetch = async (): Promise<Fetched<Lookup, Unserved>> => {
      const reached = await this.catalogs.lookup(bookId);
      if (reached.kind !== 'done') return { kind: 'failed', failure: reached };
      const answer = reached.value;
      const value: Lookup =
        answer.kind === 'found'
          ? { kind: 'found', answer: prepare(Buffer.from(JSON.stringify(answer.book))) }
          : { kind: 'no such book' };
      return { kind: 'answered', value, source: sourceOf(answer.source), tags: lookupTags(value) };
    };
    return read(this.lookups, bookId, this.metrics.lookups, fetch);
  }

  search(text: string, limit: number, cursor: string | null): Promise<Read<Search> | CursorUnknown> {
    const folded = foldSearch(text);
    const fetch = async (): Promise<Fetched<Search, Unserved | CursorUnknown>> => {
      const reached = await this.catalogs.search(folded, limit, cursor);
      if (reached.kind !== 'done') return { kind: 'failed', failure: reached };
      if (reached.value === null) return { kind: 'failed', failure: { kind: 'cursor unknown' } };
      const { books, next, source } = reached.value;
      const link = next === null ? null : linkTo(folded, limit, next);
      const value: Search = { text: folded, answer: prepare(Buffer.from(JSON.stringify(books)), link) };
      return { kind: 'answered', value, source: sourceOf(source), tags: searchTags({ books }) };
    };
    return read(this.searches, searchKey(folded, limit, cursor), this.metrics.searches, fetch);
  }

  /** Which books, and in what order; what is shown of each is its own `lookup` (F7). */
  find(search: FindBooksRequest): Promise<FoundBooks | Unserved | CursorUnknown> {
    const folded = { ...search, text: foldSearch(search.text) };
    const fetch = async (): Promise<Fetched<FoundBooks, Unserved | CursorUnknown>> => {
      const reached = await this.catalogs.findBooks(search);
      if (reached.kind !== 'done') return { kind: 'failed', failure: reached };
      if (reached.value === null) return { kind: 'failed', failure: { kind: 'cursor unknown' } };
      const { ids, next, near, source } = reached.value;
      return { kind: 'answered', value: { ids, next, near }, source: sourceOf(source), tags: [] };
    };
    const { text, topic, sort, limit, cursor } = folded;
    const key = JSON.stringify([text, topic, sort, limit, cursor]);
    return read(this.found, key, this.metrics.searches, fetch);
  }
}

export function bookIn(lookup: Extract<Lookup, { kind: 'found' }>): BookAnswer {
  return JSON.parse(jsonIn(lookup.answer)) as BookAnswer;
}

function linkTo(text: string, limit: number, cursor: string): string {
  return `</search/${encodeURIComponent(text)}${queryOf({ limit, cursor })}>; rel="next"`;
}

function read<K extends string | number, V, F>(
  flights: SingleFlight<K, V, F | Unserved>,
  key: K,
  count: HitCounter,
  fetch: () => Promise<Fetched<V, F | Unserved>>,
): Promise<V | F | Unserved> {
  return new Promise((resolve, reject) => {
    // The flight has to end in any case, or its readers and its fence would wait for ever.
    const fly = (done: (fetched: Fetched<V, F | Unserved>) => void): void => {
      void fetch()
        .catch((error: unknown) => {
          reject(error instanceof Error ? error : new Error(String(error)));
          return { kind: 'failed' as const, failure: NOBODY };
        })
        .then(done);
    };
    flights.read(key, fly, (outcome) => {
      if (outcome.kind === 'failed') return resolve(outcome.failure);
      if (outcome.hit) count.hit();
      else count.miss();
      resolve(outcome.value);
    });
  });
}

/** In the core's words. */
function sourceOf({ session, alone }: Source): AnswerSource {
  return { session, cacheable: alone };
}
