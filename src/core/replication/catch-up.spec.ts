import { VirtualCluster } from '../../../test/support/virtual-cluster.js';
import { CATALOGUE, type Operation } from './types.js';

const PAGE_OF_NAMES = 1_024;

const create = (title: string): Operation => ({
  kind: 'create',
  operationId: title,
  book: { title, topic: 'Stock', priceCents: 1_000, quantity: 100_000, isbn: null, author: null },
});

function shop(): VirtualCluster {
  const cluster = new VirtualCluster(3).ready();
  for (const title of ['One', 'Two']) cluster.submit(0, CATALOGUE, create(title));
  return cluster;
}

function sell(cluster: VirtualCluster, times: number): void {
  for (let sale = 0; sale < times; sale++) {
    const operationId = `sale ${cluster.sent.length}`;
    cluster.submit(0, 1, { kind: 'sale', operationId, copies: 1, expectedPriceCents: null });
  }
}

function cursorAt(cluster: VirtualCluster, position: number, peer: number): number {
  return cluster.store(position).cursor(cluster.idAt(peer) ?? '');
}

/** Entries that were sent to catch up, all pages together. */
function entriesSent(cluster: VirtualCluster): number {
  return cluster.sent.reduce(
    (sum, { body }) => sum + (body.kind === 'caught up' ? body.changes.length : 0),
    0,
  );
}

describe('catching up', () => {
  it('with what came by commits takes names, not entries', () => {
    const cluster = shop();
    const before = entriesSent(cluster);
    sell(cluster, 300);
    cluster.synced().runUntil(() => cursorAt(cluster, 1, 0) > 250);
    expect(entriesSent(cluster)).toBe(before);
  });

  it('goes on while an entry stays pending', () => {
    const cluster = shop();
    cluster.loses = (_from, _to, body) => body.kind === 'update ok' && body.bookId === 2;
    cluster
      .replica(0)
      .submit(2, { kind: 'restock', operationId: 'held', copies: 1 }, 100_000, () => undefined);
    sell(cluster, PAGE_OF_NAMES + 300);
    expect(cluster.replica(1).status().pending).toContain(2);
    cluster.runUntil(() => cursorAt(cluster, 1, 0) > PAGE_OF_NAMES);
    expect(cluster.replica(1).status().pending).toContain(2);
  });

  it('asks for entries from the first that it has not', () => {
    const cluster = shop();
    sell(cluster, 30);
    cluster.loses = (from, to) => from === 2 || to === 2;
    sell(cluster, 600);
    cluster.loses = () => false;
    const entries = entriesSent(cluster);
    cluster.ready().synced();
    expect(cluster.replica(2).recordStatus(1).committed).toBe(630);
    expect(cursorAt(cluster, 2, 0)).toBeGreaterThan(600);
    // From both of the others, and of each what was not there before.
    expect(entriesSent(cluster) - entries).toBeLessThan(2 * 640);
  });

  it('after its leases lapsed goes by name through what it has', () => {
    const cluster = shop();
    cluster.loses = (_from, _to, body) => body.kind === 'changes named';
    sell(cluster, PAGE_OF_NAMES);
    cluster.loses = (_from, to, body) => to === 2 && body.kind === 'lease grant';
    cluster.runUntil(() => !cluster.replica(2).status().ready);
    cluster.loses = () => false;
    const entries = entriesSent(cluster);
    cluster.ready();
    expect(entriesSent(cluster) - entries).toBeLessThanOrEqual(2 * 256);
    expect(cursorAt(cluster, 2, 0)).toBeGreaterThanOrEqual(PAGE_OF_NAMES);
  });
});
