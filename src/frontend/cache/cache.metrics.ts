import { Injectable } from '@nestjs/common';
import { Metrics } from '../../platform/metrics.js';

export interface HitCounter {
  hit(): void;
  miss(): void;
}

interface Held {
  readonly size: number;
  readonly bytes: number;
}

@Injectable()
export class CacheMetrics {
  readonly lookups: HitCounter;
  readonly searches: HitCounter;
  private readonly invalidationCount: { inc(value?: number): void };

  constructor(private readonly metrics: Metrics) {
    const reads = metrics.counter('bazar_cache_reads_total', 'Look-ups and searches, from the cache or not', [
      'cache',
      'outcome',
    ]);
    const counterOf = (cache: string): HitCounter => {
      const hits = reads.labels({ cache, outcome: 'hit' });
      const misses = reads.labels({ cache, outcome: 'miss' });
      return { hit: () => hits.inc(), miss: () => misses.inc() };
    };
    this.lookups = counterOf('lookup');
    this.searches = counterOf('search');
    this.invalidationCount = metrics.counter('bazar_cache_invalidations_total', 'Taken from catalogs');
  }

  invalidated(count: number): void {
    this.invalidationCount.inc(count);
  }

  watch({ lookups, searches }: { readonly lookups: Held; readonly searches: Held }): void {
    this.metrics.gauge('bazar_lookup_cache_entries', 'Look-ups held', () => lookups.size);
    this.metrics.gauge('bazar_search_cache_entries', 'Searches held', () => searches.size);
    this.metrics.gauge('bazar_lookup_cache_bytes', 'Estimated', () => lookups.bytes);
    this.metrics.gauge('bazar_search_cache_bytes', 'Estimated', () => searches.bytes);
  }
}
