import { type Invalidation } from '../replication/invalidation.js';
import { type BookId, type MonotonicMs } from '../replication/types.js';
import { foldSearch } from '../text/fold.js';
import { FencedCache, type CacheBounds, type Tag } from './fenced-cache.js';
import { CACHING_RULES, type CachingRules } from './rules.js';
import { type FrontEndSessions } from './sessions.js';

/** A cached look-up: a book, or that there is none with this id. */
export type CachedLookup = { readonly kind: 'found' } | { readonly kind: 'no such book' };

/** A page of a search of books: which ones, in their order. What it shows of each is that book's own look-up (F7). */
export interface FoundBooks {
  readonly ids: readonly BookId[];
  /** Cursor of the next page; null on the last. */
  readonly next: string | null;
  /** No book holds the words as they were typed: these hold similar ones. */
  readonly near: boolean;
}

/** A page of a search. */
export interface FoundPage {
  readonly books: readonly { readonly id: BookId; readonly topic: string }[];
}

export interface ShopCacheOptions<L, S> {
  readonly lookups: CacheBounds;
  readonly searches: CacheBounds;
  /** Bytes, roughly. */
  readonly sizeOfLookup: (lookup: L) => number;
  readonly sizeOfSearch: (search: S) => number;
  readonly rules?: CachingRules;
}

/** Names a page of a search: see `searchKey`. */
export type SearchKey = string;

const NO_SUCH_BOOK: Tag = 'no such book';
const SEPARATOR = '\n';
const FOUND_BYTES = 100;
const ID_BYTES = 8;

/** `cursor` may not hold a line feed. */
export function searchKey(text: string, limit: number, cursor: string | null): SearchKey {
  return [foldSearch(text), limit, cursor ?? ''].join(SEPARATOR);
}

/** The folded text of a search. */
export function textOf(key: SearchKey): string {
  return key.slice(0, key.lastIndexOf(SEPARATOR, key.lastIndexOf(SEPARATOR) - 1));
}

/** By what a look-up can be invalidated beside its id. */
export function lookupTags(lookup: CachedLookup): readonly Tag[] {
  return lookup.kind === 'no such book' ? [NO_SUCH_BOOK] : [];
}

/** By what a search can be invalidated beside its text: the books (numbers) and topics (strings) that it shows. */
export function searchTags(search: FoundPage): readonly Tag[] {
  const tags = new Set<Tag>();
  for (const { id, topic } of search.books) tags.add(id).add(foldSearch(topic));
  return [...tags];
}

/** The two caches of a front-end, and what each kind of invalidation does to them (F3, F4). */
export class ShopCache<L extends CachedLookup, S> {
  readonly lookups: FencedCache<BookId, L>;
  readonly searches: FencedCache<SearchKey, S>;
  readonly found: FencedCache<string, FoundBooks>;
  readonly #rules: CachingRules;

  constructor(sessions: FrontEndSessions, options: ShopCacheOptions<L, S>) {
    const rules = options.rules ?? CACHING_RULES;
    this.#rules = rules;
    this.lookups = new FencedCache(options.lookups, sessions, options.sizeOfLookup, rules);
    this.searches = new FencedCache(options.searches, sessions, options.sizeOfSearch, rules);
    this.found = new FencedCache<string, FoundBooks>(options.searches, sessions, sizeOfFound, rules);
  }

  /** From a catalog. When this returns, nothing that was fetched before is served any more: it may be acknowledged. */
  apply(invalidation: Invalidation): void {
    for (const bookId of invalidation.bookIds) this.lookups.forget(bookId);
    if (invalidation.unknownIds) this.lookups.forgetTagged(NO_SUCH_BOOK);
    if (this.#rules.forgetsFoundBooks && changesWhatIsFound(invalidation)) this.found.forgetAll();
    if (invalidation.everySearch) {
      this.searches.forgetAll();
      return;
    }
    for (const bookId of invalidation.retitledIds) this.searches.forgetTagged(bookId);
    if (invalidation.topics.length > 0) this.#forgetSearchesMatching(invalidation.topics);
  }

  /** By hand: one book's look-up. */
  forgetBook(bookId: BookId): void {
    this.lookups.forget(bookId);
  }

  /** By hand: every search that shows a book of this topic, and every one whose text the topic contains. */
  forgetTopic(topic: string): void {
    this.found.forgetAll();
    this.searches.forgetTagged(foldSearch(topic));
    this.#forgetSearchesMatching([topic]);
  }

  /** By hand: every search. */
  forgetSearches(): void {
    this.found.forgetAll();
    this.searches.forgetAll();
  }

  /** What can be served now, least recently used first. */
  dump(now: MonotonicMs): { readonly lookups: [BookId, L][]; readonly searches: [SearchKey, S][] } {
    return { lookups: this.lookups.dump(now), searches: this.searches.dump(now) };
  }

  #forgetSearchesMatching(topics: readonly string[]): void {
    const folded = [...new Set(topics.map(foldSearch))];
    this.searches.forgetWhere((key) => {
      const text = textOf(key);
      return folded.some((topic) => topic.includes(text));
    });
  }
}

/** F7: a book is created, or what one is found by changes. Which searches that concerns nobody can tell: it may change the order of all. */
function changesWhatIsFound({ retitledIds, topics, unknownIds, everySearch }: Invalidation): boolean {
  return everySearch || unknownIds || retitledIds.length > 0 || topics.length > 0;
}

function sizeOfFound({ ids, next }: FoundBooks): number {
  return FOUND_BYTES + ids.length * ID_BYTES + (next?.length ?? 0);
}
