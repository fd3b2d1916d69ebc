import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { type CacheCounts, type FrontEndStatus } from '../../contract/ops.js';
import { frontEndStatusCall } from '../../contract/watching.js';
import { AnswerCounter, askedBy } from '../../observability/answer-counter.js';
import { Metrics, type MetricValue } from '../../observability/metrics.js';
import { RpcHandlers } from '../../rpc/handlers.js';
import { Upstreams } from '../../rpc/upstream/upstreams.js';
import { FRONT_END_ID } from '../front-end-id.js';

/** What buyers and clients ask. */
const SHOP = askedBy([], '/lookup', '/search', '/buy', '/orders', '/topics', '/books');

/** What this front-end knows of itself. */
@Injectable()
export class OwnStatus implements OnModuleInit {
  constructor(
    @Inject(FRONT_END_ID) private readonly id: string,
    private readonly counter: AnswerCounter,
    private readonly metrics: Metrics,
    private readonly upstreams: Upstreams,
    private readonly handlers: RpcHandlers,
  ) {}

  onModuleInit(): void {
    this.handlers.handle(frontEndStatusCall, () => this.read());
  }

  async read(): Promise<FrontEndStatus> {
    const [answers, reads] = await Promise.all([
      this.counter.read(SHOP),
      this.metrics.values('bazar_cache_reads_total'),
    ]);
    return {
      id: this.id,
      answers,
      caches: ['lookup', 'search'].map((cache) => cacheIn(reads, cache)),
      upstreams: this.upstreams.views(),
    };
  }
}

function cacheIn(reads: readonly MetricValue[], cache: string): CacheCounts {
  const count = (outcome: string): number =>
    reads
      .filter(({ labels }) => labels['cache'] === cache && labels['outcome'] === outcome)
      .reduce((total, { value }) => total + value, 0);
  return { cache, hits: count('hit'), misses: count('miss') };
}
