import { type Invalidation } from '../../core/replication/invalidation.js';
import { type Clock } from '../../core/replication/ports.js';
import { InvalidationCourier, type PostInvalidations } from './invalidation-courier.js';

/** A courier for each front-end that has something to forget. */
export class Couriers {
  private readonly couriers = new Map<string, InvalidationCourier>();

  constructor(
    private readonly leaseMs: number,
    private readonly postTo: (frontEndId: string, address: string) => PostInvalidations,
    private readonly acknowledged: (frontEndId: string, invalidationId: string) => void,
    private readonly clock: Clock,
    private readonly endOfTurn: (action: () => void) => void = (action) => void setImmediate(action),
  ) {}

  invalidate(frontEndId: string, address: string, invalidation: Invalidation): void {
    let courier = this.couriers.get(frontEndId);
    if (courier === undefined) {
      courier = this.courierTo(frontEndId, address);
      this.couriers.set(frontEndId, courier);
    }
    courier.bring(invalidation);
  }

  close(): void {
    for (const courier of this.couriers.values()) courier.close();
    this.couriers.clear();
  }

  private courierTo(frontEndId: string, address: string): InvalidationCourier {
    const { leaseMs } = this;
    return new InvalidationCourier(
      this.postTo(frontEndId, address),
      (invalidationId) => this.acknowledged(frontEndId, invalidationId),
      this.clock,
      this.endOfTurn,
      // Twice the lease, for the front-end's clock and ours may drift; then the session is over without doubt.
      { giveUpMs: 2 * leaseMs, retryMs: Math.max(leaseMs / 20, 5), maxWaiting: 20_000, maxBatch: 500 },
      () => this.couriers.delete(frontEndId),
    );
  }
}
