import { type MonotonicMs } from '../replication/types.js';
import { type AnswerSource, type Fence, type FencedCache, type Tag } from './fenced-cache.js';
import { CACHING_RULES, type CachingRules } from './rules.js';

export type Fetched<V, F> =
  | {
      readonly kind: 'answered';
      readonly value: V;
      readonly source: AnswerSource;
      readonly tags: readonly Tag[];
    }
  | { readonly kind: 'failed'; readonly failure: F };

export type ReadOutcome<V, F> =
  | { readonly kind: 'value'; readonly value: V; readonly hit: boolean }
  | { readonly kind: 'failed'; readonly failure: F };

/** Sends the fetch at once and calls back exactly once. */
export type Fetch<V, F> = (done: (fetched: Fetched<V, F>) => void) => void;

interface Reader<V, F> {
  readonly fetch: Fetch<V, F>;
  readonly done: (outcome: ReadOutcome<V, F>) => void;
}

interface Flight<K, V, F> {
  readonly fence: Fence<K>;
  /** Came before the fetch was sent: its answer is theirs, kept or not. */
  readonly early: Reader<V, F>[];
  /** Came while it was under way: theirs only if it may be kept (F2 [646]). */
  readonly late: Reader<V, F>[];
}

/** Readers that wait for one fetch; one beyond that fetches for itself. */
const MAX_READERS = 10_000;

/** Reads through a cache with one fetch per key at a time. Callbacks, so that a simulator can drive it; never calls back twice. */
export class SingleFlight<K extends string | number, V, F> {
  /** The newest fetch of each key. One that takes another's place was sent after every reader of that other came. */
  readonly #flights = new Map<K, Flight<K, V, F>>();
  readonly #cache: FencedCache<K, V>;
  readonly #now: () => MonotonicMs;
  readonly #rules: CachingRules;

  constructor(cache: FencedCache<K, V>, now: () => MonotonicMs, rules: CachingRules = CACHING_RULES) {
    this.#cache = cache;
    this.#now = now;
    this.#rules = rules;
  }

  read(key: K, fetch: Fetch<V, F>, done: (outcome: ReadOutcome<V, F>) => void): void {
    const cached = this.#cache.get(key, this.#now());
    if (cached !== undefined) {
      done({ kind: 'value', value: cached.value, hit: true });
      return;
    }
    const flight = this.#flights.get(key);
    // A broken one's answer would not be theirs: no sense in waiting for it.
    if (flight !== undefined && !flight.fence.broken && flight.late.length < MAX_READERS) {
      flight.late.push({ fetch, done });
      return;
    }
    this.#begin(key, [{ fetch, done }]);
  }

  #begin(key: K, early: Reader<V, F>[]): void {
    const first = early[0];
    if (first === undefined) return;
    const fence = this.#cache.open(key);
    if (fence === null) {
      first.fetch((fetched) => deliver(early, outcomeOf(fetched)));
      return;
    }
    const flight: Flight<K, V, F> = { fence, early, late: [] };
    this.#flights.set(key, flight);
    first.fetch((fetched) => this.#landed(key, flight, fetched));
  }

  #landed(key: K, flight: Flight<K, V, F>, fetched: Fetched<V, F>): void {
    const mayBeShared = this.#settle(flight.fence, fetched) || !this.#rules.sharesOnlyWhatMayBeKept;
    const newest = this.#flights.get(key);
    if (newest === flight) this.#flights.delete(key);
    const outcome = outcomeOf(fetched);
    if (mayBeShared || fetched.kind === 'failed') {
      deliver(flight.early, outcome);
      deliver(flight.late, outcome);
      return;
    }
    // The late ones' own fetch goes out after they came, so its answer is theirs in any case: at most two fetches for each reader.
    if (newest !== undefined && newest !== flight) newest.early.push(...flight.late);
    else this.#begin(key, flight.late);
    deliver(flight.early, outcome);
  }

  /** Whether the answer may be kept. */
  #settle(fence: Fence<K>, fetched: Fetched<V, F>): boolean {
    switch (fetched.kind) {
      case 'answered':
        return this.#cache.fill(fence, fetched.value, fetched.source, fetched.tags, this.#now());
      case 'failed':
        this.#cache.abandon(fence);
        return false;
      default:
        return fetched satisfies never;
    }
  }
}

function outcomeOf<V, F>(fetched: Fetched<V, F>): ReadOutcome<V, F> {
  return fetched.kind === 'answered' ? { kind: 'value', value: fetched.value, hit: false } : fetched;
}

function deliver<V, F>(readers: readonly Reader<V, F>[], outcome: ReadOutcome<V, F>): void {
  for (const { done } of readers) done(outcome);
}
