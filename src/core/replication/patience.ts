/**
 * How long, in leases, others are given to bring a write to its end: longer than it may have to wait for the lease of a replica that is gone.
 * After that a replica ends what it holds pending itself (C2), and no longer waits for the coordinator it forwarded to (W9).
 */
export const PATIENCE_LEASES = 1.5;
