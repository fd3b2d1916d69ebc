import { LRUCache } from 'lru-cache';
import { type MonotonicMs } from '../replication/types.js';
import { CACHING_RULES, type CachingRules } from './rules.js';
import { lasts, type FrontEndSessions, type SessionKey, type SessionRef } from './sessions.js';

/** What an entry shows beside its key, by which it can be invalidated. */
export type Tag = string | number;

export interface CacheBounds {
  /** 0 turns the cache off. */
  readonly maxEntries: number;
  readonly maxBytes: number;
}

/** What the answer's headers say of it. */
export interface AnswerSource {
  readonly session: SessionKey;
  /** Whether the replica says that it may be kept: it could give it locally, at that moment (F2). */
  readonly cacheable: boolean;
}

export interface Cached<V> {
  readonly value: V;
  readonly session: SessionRef;
  readonly tags: readonly Tag[];
}

/**
 * A fetch under way, opened before it is sent. An invalidation that may concern its answer breaks it; each is closed
 * exactly once, by `fill` or `abandon`.
 */
export interface Fence<K> {
  readonly key: K;
  readonly broken: boolean;
}

interface OpenFence<K> extends Fence<K> {
  broken: boolean;
  closed: boolean;
  /** Sessions that began later do not cover this fetch. */
  readonly generation: number;
}

/** Bytes that an entry takes beside its value and texts: maps, links, tags. Measured on Node 20 and 24. */
const ENTRY_BYTES = 160;
const TAG_BYTES = 60;

/** Fetches under way that may be kept; one beyond that goes by the cache. */
const MAX_FENCES = 10_000;

/**
 * A cache whose entries hang from sessions (F1), filled only through fences (F2): it never serves a value that was
 * fetched before an invalidation of it, nor one whose session has had a gap since its fetch was sent.
 */
export class FencedCache<K extends string | number, V> {
  readonly #entries: LRUCache<K, Cached<V>> | null;
  /** Most tags are on one entry: a set for each would take more than the answers themselves. */
  readonly #keysByTag = new Map<Tag, K | Set<K>>();
  readonly #fencesByKey = new Map<K, Set<OpenFence<K>>>();
  readonly #sessions: FrontEndSessions;
  readonly #rules: CachingRules;
  #fences = 0;

  /** `sizeOf` gives a value's size in bytes, roughly. */
  constructor(
    bounds: CacheBounds,
    sessions: FrontEndSessions,
    sizeOf: (value: V) => number,
    rules: CachingRules = CACHING_RULES,
  ) {
    this.#sessions = sessions;
    this.#rules = rules;
    this.#entries =
      bounds.maxEntries === 0
        ? null
        : new LRUCache<K, Cached<V>>({
            max: bounds.maxEntries,
            maxSize: bounds.maxBytes,
            sizeCalculation: ({ value, tags }, key) =>
              tags.reduce<number>(
                (bytes, tag) => bytes + TAG_BYTES + lengthOf(tag),
                ENTRY_BYTES + lengthOf(key) + Math.ceil(sizeOf(value)),
              ),
            dispose: ({ tags }, key) => this.#untag(key, tags),
          });
  }

  get size(): number {
    return this.#entries?.size ?? 0;
  }

  /** Estimated bytes held. */
  get bytes(): number {
    return this.#entries?.calculatedSize ?? 0;
  }

  /** The entry, if its session still lasts. A value of null or 0 is a value. */
  get(key: K, now: MonotonicMs): Cached<V> | undefined {
    const cached = this.#entries?.get(key);
    if (cached === undefined || lasts(cached.session, now)) return cached;
    this.#entries?.delete(key);
    return undefined;
  }

  /** To be called before the fetch is sent. Null: its answer cannot be kept (the cache is off, or too many are under way). */
  open(key: K): Fence<K> | null {
    if (this.#entries === null || this.#fences >= MAX_FENCES) return null;
    const fence: OpenFence<K> = {
      key,
      broken: false,
      closed: false,
      generation: this.#sessions.latestGeneration,
    };
    const others = this.#fencesByKey.get(key);
    if (others === undefined) this.#fencesByKey.set(key, new Set([fence]));
    else others.add(fence);
    this.#fences++;
    return fence;
  }

  /** The fetch ended without an answer. */
  abandon(fence: Fence<K>): void {
    this.#close(fence as OpenFence<K>);
  }

  /**
   * Keeps the answer of a fetch, if it may be kept (F2). Answers whether it may: only then may a reader that came while
   * the fetch was under way share it. (A value too large to keep may be shared as well.)
   */
  fill(fence: Fence<K>, value: V, source: AnswerSource, tags: readonly Tag[], now: MonotonicMs): boolean {
    const open = fence as OpenFence<K>;
    if (!this.#close(open)) return false;
    if (open.broken && this.#rules.invalidationsBreakFetches) return false;
    if (!source.cacheable && this.#rules.keepsOnlyCacheable) return false;
    const session = this.#sessions.running(source.session, now);
    if (session === undefined) return false;
    if (session.generation > open.generation && this.#rules.sessionRanSinceBeforeFetch) return false;
    this.#store(open.key, { value, session, tags });
    return true;
  }

  /** Drops the entry and breaks the fetches of this key that are under way. */
  forget(key: K): void {
    this.#entries?.delete(key);
    for (const fence of this.#fencesByKey.get(key) ?? []) fence.broken = true;
  }

  /** Drops every entry with this tag. What a fetch under way will show is not known: all of them are broken. */
  forgetTagged(tag: Tag): void {
    const keys = this.#keysByTag.get(tag);
    // Listed first: what is deleted leaves the set.
    if (keys instanceof Set) for (const key of [...keys]) this.#entries?.delete(key);
    else if (keys !== undefined) this.#entries?.delete(keys);
    this.#breakFences(() => true);
  }

  /** Drops every entry, and breaks every fetch, whose key matches. */
  forgetWhere(matches: (key: K) => boolean): void {
    // Listed first: an entry must not be deleted under the iterator.
    for (const key of [...(this.#entries?.keys() ?? [])]) if (matches(key)) this.#entries?.delete(key);
    this.#breakFences(matches);
  }

  forgetAll(): void {
    this.#entries?.clear();
    this.#breakFences(() => true);
  }

  /** What can be served now, least recently used first. Does not count as use. */
  dump(now: MonotonicMs): [K, V][] {
    const served: [K, V][] = [];
    this.#entries?.rforEach((cached, key) => {
      if (lasts(cached.session, now)) served.push([key, cached.value]);
    });
    return served;
  }

  #store(key: K, cached: Cached<V>): void {
    const entries = this.#entries;
    if (entries === null) return;
    entries.set(key, cached);
    // One that is larger than the whole cache is not kept.
    if (entries.peek(key) !== cached) return;
    for (const tag of cached.tags) {
      const keys = this.#keysByTag.get(tag);
      if (keys === undefined) this.#keysByTag.set(tag, key);
      else if (keys instanceof Set) keys.add(key);
      else if (keys !== key) this.#keysByTag.set(tag, new Set([keys, key]));
    }
  }

  #untag(key: K, tags: readonly Tag[]): void {
    for (const tag of tags) {
      const keys = this.#keysByTag.get(tag);
      if (keys instanceof Set) keys.delete(key);
      if (keys === key || (keys instanceof Set && keys.size === 0)) this.#keysByTag.delete(tag);
    }
  }

  #breakFences(matches: (key: K) => boolean): void {
    for (const [key, fences] of this.#fencesByKey) {
      if (matches(key)) for (const fence of fences) fence.broken = true;
    }
  }

  /** False if it was closed before. */
  #close(fence: OpenFence<K>): boolean {
    if (fence.closed) return false;
    fence.closed = true;
    this.#fences--;
    const fences = this.#fencesByKey.get(fence.key);
    fences?.delete(fence);
    if (fences?.size === 0) this.#fencesByKey.delete(fence.key);
    return true;
  }
}

function lengthOf(text: string | number): number {
  return typeof text === 'string' ? text.length : 0;
}
