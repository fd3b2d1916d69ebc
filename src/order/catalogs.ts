import { type Clock } from '../core/replication/ports.js';
import { type SalesBatcher } from './sales-batcher.js';

/** For so long a catalog that could not be reached is asked after the others. */
const AVOIDED_MS = 1000;

export interface CatalogEndpoint {
  readonly batcher: Pick<SalesBatcher, 'sell'>;
  avoidedUntil: number;
}

/** The catalog that this order server uses, and those that stand in for it. */
export class Catalogs {
  private readonly endpoints: readonly CatalogEndpoint[];

  constructor(
    batchers: readonly Pick<SalesBatcher, 'sell'>[],
    private readonly clock: Pick<Clock, 'monotonicMs'>,
  ) {
    this.endpoints = batchers.map((batcher) => ({ batcher, avoidedUntil: -Infinity }));
  }

  /** All of them, in the order in which to ask: as configured, but those that failed lately last. */
  inOrder(): CatalogEndpoint[] {
    const now = this.clock.monotonicMs();
    const isAvoided = (endpoint: CatalogEndpoint) => endpoint.avoidedUntil > now;
    return [
      ...this.endpoints.filter((endpoint) => !isAvoided(endpoint)),
      ...this.endpoints.filter((endpoint) => isAvoided(endpoint)),
    ];
  }

  failed(endpoint: CatalogEndpoint): void {
    endpoint.avoidedUntil = this.clock.monotonicMs() + AVOIDED_MS;
  }

  answered(endpoint: CatalogEndpoint): void {
    endpoint.avoidedUntil = -Infinity;
  }
}
