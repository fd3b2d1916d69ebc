import { MemoryStore } from '../../../test/support/memory-store.js';
import { type Envelope } from './messages.js';
import { Replica } from './replica.js';
import { type ReadResult, type SubmitResult } from './results.js';
import { CATALOGUE, type Operation } from './types.js';

/** A cluster in virtual time with a perfect network: every message takes 1 ms, every sync 1 ms. Faults are the simulator's matter. */
class Cluster {
  now = 1_000_000;
  readonly replicas: Replica[] = [];
  sent: Envelope[] = [];
  syncs = 0;
  #queue: { at: number; order: number; action: () => void }[] = [];
  #order = 0;

  constructor(count: number) {
    for (let position = 0; position < count; position++) {
      const store = new MemoryStore((complete) => {
        this.syncs++;
        this.at(1, complete);
      });
      let tokens = 0;
      this.replicas.push(
        new Replica(
          { replicas: count, position, leaseMs: 500, writePolicy: 'majority' },
          {
            clock: {
              monotonicMs: () => this.now,
              wallClockMs: () => this.now,
              after: (delayMs, action) => this.at(delayMs, action),
            },
            random: { fraction: () => 0.5, token: () => `r${position}t${tokens++}` },
            store,
            network: {
              send: (to, envelope) => {
                this.sent.push(envelope);
                this.at(1, () => this.replicas[to]?.receive(envelope));
              },
              invalidate: () => undefined,
            },
          },
        ),
      );
    }
    for (const replica of this.replicas) replica.start();
  }

  at(delayMs: number, action: () => void): () => void {
    const event = { at: this.now + Math.max(0, delayMs), order: this.#order++, action };
    this.#queue.push(event);
    return () => {
      event.action = () => undefined;
    };
  }

  runUntil(condition: () => boolean, limitMs = 20_000): void {
    const end = this.now + limitMs;
    while (!condition()) {
      this.#queue.sort((a, b) => a.at - b.at || a.order - b.order);
      const event = this.#queue.shift();
      if (event === undefined || event.at > end) throw new Error('the condition never held');
      this.now = event.at;
      event.action();
    }
  }

  ready(): this {
    this.runUntil(() => this.replicas.every((replica) => replica.status().ready));
    return this;
  }

  submit(position: number, bookId: number, operation: Operation): SubmitResult {
    let result: SubmitResult | undefined;
    this.replicas[position]?.submit(bookId, operation, 5_000, (answer) => (result = answer));
    this.runUntil(() => result !== undefined);
    return result as SubmitResult;
  }

  read(position: number, bookId: number): ReadResult {
    let result: ReadResult | undefined;
    this.replicas[position]?.read(bookId, 5_000, (answer) => (result = answer));
    this.runUntil(() => result !== undefined);
    return result as ReadResult;
  }
}

const book = {
  title: 'RPCs for Dummies',
  topic: 'Distributed Systems',
  priceCents: 5_000,
  quantity: 2,
  isbn: null,
  author: null,
};
const create: Operation = { kind: 'create', operationId: 'create', book };
const sale = (operationId: string, copies = 1): Operation => ({
  kind: 'sale',
  operationId,
  copies,
  expectedPriceCents: null,
});

describe.each([1, 2, 3, 5])('%i replicas', (count) => {
  it('sell what there is, through any replica, and show it at all of them', () => {
    const cluster = new Cluster(count).ready();
    expect(cluster.submit(0, CATALOGUE, create)).toMatchObject({ outcome: { kind: 'created', bookId: 1 } });
    for (let position = 0; position < count; position++) {
      expect(cluster.read(position, 1)).toMatchObject({
        kind: 'found',
        sequenceNumber: 0,
        book: { quantity: 2 },
      });
    }
    const last = count - 1;
    expect(cluster.submit(last, 1, sale('a'))).toMatchObject({
      kind: 'decided',
      outcome: { kind: 'sold', priceCents: 5_000 },
    });
    expect(cluster.submit(0, 1, sale('b'))).toMatchObject({ outcome: { kind: 'sold' } });
    expect(cluster.submit(last, 1, sale('c'))).toMatchObject({ outcome: { kind: 'out of stock' } });
    for (let position = 0; position < count; position++) {
      expect(cluster.read(position, 1)).toMatchObject({
        kind: 'found',
        sequenceNumber: 3,
        book: { quantity: 0 },
      });
      expect(cluster.read(position, 2)).toMatchObject({ kind: 'not found' });
    }
  });

  it('give an operation id its stored outcome again, and refuse it for another wish', () => {
    const cluster = new Cluster(count).ready();
    cluster.submit(0, CATALOGUE, create);
    const first = cluster.submit(0, 1, sale('a'));
    const again = cluster.submit(count - 1, 1, sale('a'));
    expect(first).toMatchObject({ kind: 'decided' });
    expect(again).toMatchObject({ kind: 'decided', outcome: (first as { outcome: unknown }).outcome });
    expect(cluster.submit(0, 1, sale('a', 2))).toEqual({ kind: 'operation id reused' });
    expect(cluster.read(0, 1)).toMatchObject({ book: { quantity: 1 } });
  });
});

describe('cost of a write on the fast path', () => {
  it.each([
    [3, 6, 3],
    [5, 12, 5],
  ])('%i replicas: %i messages, %i syncs', (count, messages, syncs) => {
    const cluster = new Cluster(count).ready();
    cluster.submit(0, CATALOGUE, create);
    cluster.submit(0, 1, sale('a'));
    const settled = (): boolean => cluster.replicas.every((replica) => replica.status().pending.length === 0);
    cluster.runUntil(settled);
    const writing = ['check', 'check ok', 'update', 'update ok', 'commit', 'conflict'];
    const syncsBefore = cluster.syncs;
    cluster.sent = [];
    expect(cluster.submit(0, 1, sale('b'))).toMatchObject({ outcome: { kind: 'sold' } });
    cluster.runUntil(settled);
    expect(cluster.sent.filter(({ body }) => writing.includes(body.kind))).toHaveLength(messages);
    expect(cluster.syncs - syncsBefore).toBe(syncs);
  });
});
