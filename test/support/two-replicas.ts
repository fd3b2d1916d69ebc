import { type SubmitResult } from '../../src/core/replication/results.js';
import { type Rules } from '../../src/core/replication/rules.js';
import { CATALOGUE, type BookId, type Operation } from '../../src/core/replication/types.js';
import { VirtualCluster } from './virtual-cluster.js';

const LEASE_MS = 500;

export const creation = (title: string, quantity: number, operationId = `create ${title}`): Operation => ({
  kind: 'create',
  operationId,
  book: { title, topic: 'Systems', priceCents: 1, quantity, isbn: null, author: null },
});

export const sale = (operationId: string, copies = 1): Operation => ({
  kind: 'sale',
  operationId,
  copies,
  expectedPriceCents: null,
});

/** Two replicas that sell on when one is left (`reachable`), with books 1 and up of so many copies, at rest. */
export function twoReplicas(quantities: readonly number[], rules: Partial<Rules> = {}): VirtualCluster {
  const cluster = new VirtualCluster(2, { writePolicy: 'reachable', rules }).ready();
  for (const [index, quantity] of quantities.entries())
    untilDecided(cluster, 0, CATALOGUE, creation(`Book ${index + 1}`, quantity));
  return cluster.settled().synced();
}

/** As a client does: asks until it is answered for certain. */
export function untilDecided(
  cluster: VirtualCluster,
  at: number,
  bookId: BookId,
  operation: Operation,
): Extract<SubmitResult, { kind: 'decided' }> {
  for (let tries = 0; tries < 50; tries += 1) {
    const result = cluster.submit(at, bookId, operation, LEASE_MS);
    if (result.kind === 'decided') return result;
    cluster.run(LEASE_MS / 4);
  }
  throw new Error('never decided');
}

/** Neither hears the other: both are alone. */
export function parted(cluster: VirtualCluster): void {
  cluster.loses = () => true;
  cluster.run(4 * LEASE_MS);
}

/** They reach each other again, and what each sold alone has been put together. */
export function healed(cluster: VirtualCluster): void {
  cluster.loses = () => false;
  cluster
    .ready()
    .settled()
    .run(4 * LEASE_MS);
}
