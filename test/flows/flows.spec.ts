import { CATALOGUE, type Operation } from '../../src/core/replication/types.js';
import { VirtualCluster } from '../support/virtual-cluster.js';
import { Trace } from './describe-message.js';
import { expectGolden } from './expect-golden.js';

// The flows of the original Bazar, message by message, as text files to be read.

const sale = (operationId: string, expectedPriceCents: number | null = null): Operation => ({
  kind: 'sale',
  operationId,
  copies: 1,
  expectedPriceCents,
});

/** Three replicas with one book of ten copies at 25.00, which A coordinates, all at rest. */
function threeReplicas(): VirtualCluster {
  const cluster = new VirtualCluster(3).ready();
  const book = { title: 'Xen', topic: 'Systems', priceCents: 2_500, quantity: 10, isbn: null, author: null };
  cluster.submit(0, CATALOGUE, { kind: 'create', operationId: 'create', book });
  cluster.settled().submit(0, 1, sale('first'));
  return cluster.settled();
}

function restartAll(cluster: VirtualCluster): void {
  const all = [0, 1, 2];
  for (const position of all) cluster.crash(position);
  for (const position of all) cluster.start(position);
  cluster.runUntil(() =>
    all.every((position) =>
      cluster
        .replica(position)
        .status()
        .peers.every(({ healthy }) => healthy),
    ),
  );
}

const WRITING = ['check', 'update', 'commit'];

describe('the flows of the original', () => {
  it('cold-start read: no copy is valid, so a majority settles it', () => {
    const cluster = threeReplicas().synced();
    restartAll(cluster);
    const trace = new Trace(cluster).say(
      'all three were started and have just heard of each other; a client reads book 1 at A',
    );
    const read = cluster.read(0, 1);
    expectGolden('cold-start-read', trace.say(`A answers ${describeRead(read)}`).text());
  });

  it('read with some replicas outdated and some valid: it hops to a valid copy', () => {
    const cluster = threeReplicas();
    cluster.loses = (from, to) => from === 2 || to === 2;
    cluster.submit(0, 1, sale('missed'));
    cluster.settled();
    cluster.loses = () => false;
    cluster.runUntil(() =>
      cluster
        .replica(2)
        .status()
        .peers.some(({ healthy }) => healthy),
    );
    const trace = new Trace(cluster).say(
      'C was cut off during a sale and just hears the others again; a client reads book 1 at C',
    );
    const read = cluster.read(2, 1);
    expectGolden('read-some-outdated', trace.say(`C answers ${describeRead(read)}`).text());
  });

  it('read after total failure: what was pending is brought to commit first', () => {
    const cluster = threeReplicas();
    cluster.loses = (_, __, { kind }) => kind === 'commit';
    cluster.submit(0, 1, sale('last'));
    cluster.loses = () => false;
    restartAll(cluster);
    const trace = new Trace(cluster)
      .say('sale `last` was answered, its commits were lost, then all three lost power and came back')
      .say('a client reads book 1 at B');
    const read = cluster.read(1, 1);
    expectGolden('read-after-total-failure', trace.say(`B answers ${describeRead(read)}`).text());
  });

  it('write with all equal: the first checks, the next goes straight to the update', () => {
    const cluster = threeReplicas();
    const trace = new Trace(cluster).say('B has never written book 1, and A is cut off; a client buys at B');
    cluster.loses = (from, to) => from === 0 || to === 0;
    cluster.runUntil(
      () =>
        !cluster
          .replica(1)
          .status()
          .peers.some(({ position, healthy }) => position === 0 && healthy),
    );
    const first = cluster.submit(1, 1, sale('a'));
    trace.say(`B answers ${describeResult(first)}`).say('a client buys at B once more');
    const second = cluster.submit(1, 1, sale('b'));
    expectGolden('write-all-equal', trace.say(`B answers ${describeResult(second)}`).text());
  });

  it('write on an outdated replica: the conflict carries the newer book, which is taken over', () => {
    // C2 would have C look by itself meanwhile.
    const cluster = outdated(new VirtualCluster(3, { rules: { 'C2 finish pending': false } }));
    const trace = new Trace(cluster).say(
      'C missed the sales that A and B wrote in turn; A and B seem unwell to it; a client buys at C',
    );
    cluster.replica(2).unreachable(0);
    cluster.replica(2).unreachable(1);
    const result = cluster.submit(2, 1, sale('late'));
    expectGolden('write-on-outdated', trace.say(`C answers ${describeResult(result)}`).text());
  });

  it('order on an outdated book: the price that the buyer saw no longer holds', () => {
    const cluster = threeReplicas();
    cluster.submit(0, 1, {
      kind: 'edit',
      operationId: 'dearer',
      changes: { priceCents: 3_000 },
      expectedSequenceNumber: null,
    });
    cluster.settled();
    const trace = new Trace(cluster).say(
      'the price went from 25.00 to 30.00; a client who saw 25.00 buys at C',
    );
    const result = cluster.submit(2, 1, sale('seen', 2_500));
    expectGolden('order-on-outdated-book', trace.say(`C answers ${describeResult(result)}`).text());
  });
});

/** Book 1 at entry 4, written by A, B and A in turn, while C heard of leases only. */
function outdated(cluster: VirtualCluster): VirtualCluster {
  cluster.ready();
  const book = { title: 'Xen', topic: 'Systems', priceCents: 2_500, quantity: 10, isbn: null, author: null };
  cluster.submit(0, CATALOGUE, { kind: 'create', operationId: 'create', book });
  cluster.settled().submit(0, 1, sale('first'));
  cluster.settled();
  cluster.loses = (_, to, { kind }) => to === 2 && WRITING.includes(kind);
  for (const [position, other] of [
    [1, 0],
    [0, 1],
    [1, 0],
  ] as const) {
    cluster.replica(position).unreachable(other);
    cluster.submit(
      position,
      1,
      sale(`by ${'AB'[position]} at ${cluster.store(position).record(1)?.committed}`),
    );
  }
  cluster.loses = () => false;
  return cluster;
}

function describeRead(read: ReturnType<VirtualCluster['read']>): string {
  return read.kind === 'found'
    ? `${read.book.quantity} copies at sequence number ${read.sequenceNumber}`
    : read.kind;
}

function describeResult(result: ReturnType<VirtualCluster['submit']>): string {
  if (result.kind !== 'decided') return result.kind;
  const { outcome, book, sequenceNumber } = result;
  return `${outcome.kind}: ${book?.quantity} copies at ${(book?.priceCents ?? 0) / 100}, sequence number ${sequenceNumber}`;
}
