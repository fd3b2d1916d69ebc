import { Injectable } from '@nestjs/common';

/** Until the first catalog has said what its leases are: the default of LEASE_MS. */
const FIRST_LEASE_MS = 500;
const SHORTEST_LEASE_MS = 20;
/** Longer than a lease takes to come back, with what its holder then catches up with. */
const PATIENCE_LEASES = 3;
const LEAST_PATIENCE_MS = PATIENCE_LEASES * FIRST_LEASE_MS;

/** How long the catalogs' leases last, as they say with each session, and what follows from it. */
@Injectable()
export class CatalogLease {
  private lastMs = FIRST_LEASE_MS;

  get ms(): number {
    return this.lastMs;
  }

  /** For how long servers that are up but not ready are asked again. */
  get patienceMs(): number {
    return Math.max(LEAST_PATIENCE_MS, PATIENCE_LEASES * this.lastMs);
  }

  heard(leaseMs: number): void {
    this.lastMs = Math.max(leaseMs, SHORTEST_LEASE_MS);
  }
}
