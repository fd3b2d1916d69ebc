import { Injectable } from '@nestjs/common';
import { Metrics } from '../../observability/metrics.js';

/** Reads of one cache. */
export class HitCounter {
  hits = 0;
  misses = 0;

  hit(): void {
    this.hits += 1;
  }

  miss(): void {
    this.misses += 1;
  }
}

interface Held {
  readonly size: number;
  readonly bytes: number;
}

@Injectable()
export class CacheMetrics {
  readonly lookups = new HitCounter();
  readonly searches = new HitCounter();
  private readonly invalidationCount: { inc(value?: number): void };

  constructor(private readonly metrics: Metrics) {
    metrics.countedElsewhere(
      'bazar_cache_reads_total',
      'Look-ups and searches, from the cache or not',
      ['cache', 'outcome'],
      () =>
        Object.entries({ lookup: this.lookups, search: this.searches }).flatMap(
          ([cache, { hits, misses }]) =>
            [
              [{ cache, outcome: 'hit' }, hits],
              [{ cache, outcome: 'miss' }, misses],
            ] as const,
        ),
    );
    this.invalidationCount = metrics.counter('bazar_cache_invalidations_total', 'Taken from catalogs');
  }

  invalidated(count: number): void {
    this.invalidationCount.inc(count);
  }

  /** `sessions`: with how many catalogs one runs. */
  watchSessions(sessions: () => number): void {
    this.metrics.gauge(
      'bazar_cache_sessions',
      'Catalogs whose answers this front-end may keep, for it has a session with them',
      sessions,
    );
  }

  watch({ lookups, searches }: { readonly lookups: Held; readonly searches: Held }): void {
    this.metrics.gauge('bazar_lookup_cache_entries', 'Look-ups held', () => lookups.size);
    this.metrics.gauge('bazar_search_cache_entries', 'Searches held', () => searches.size);
    this.metrics.gauge('bazar_lookup_cache_bytes', 'Estimated', () => lookups.bytes);
    this.metrics.gauge('bazar_search_cache_bytes', 'Estimated', () => searches.bytes);
  }
}
