import { monotonic } from '../../src/core/clocks.js';
import { type Envelope, type PeerMessage } from '../../src/core/replication/messages.js';
import { Replica } from '../../src/core/replication/replica.js';
import { type ReadResult, type SubmitResult } from '../../src/core/replication/results.js';
import { ALL_RULES, type Rules } from '../../src/core/replication/rules.js';
import { type Invalidation } from '../../src/core/replication/invalidation.js';
import { type WritePolicy } from '../../src/core/replication/api.js';
import { type Operation } from '../../src/core/replication/types.js';
import { MemoryStore } from './memory-store.js';

export interface Sent {
  readonly atMs: number;
  readonly from: number;
  readonly to: number;
  readonly body: PeerMessage;
  readonly lost: boolean;
}

export interface Told {
  readonly atMs: number;
  readonly by: number;
  readonly frontEndId: string;
  readonly invalidation: Invalidation;
}

interface Options {
  readonly writePolicy?: WritePolicy;
  readonly rules?: Partial<Rules>;
  /** Of what nobody can guess; left out: as few as tell it from others. */
  readonly tokenLength?: number;
}

/**
 * Replicas in virtual time on a network that does what the test says: every message and every sync takes 1 ms unless it is lost.
 * For flows that a test spells out; what chance finds is the simulator's matter (test/simulation).
 */
export class VirtualCluster {
  now = 1_000_000;
  syncs = 0;
  readonly sent: Sent[] = [];
  /** Whether a message gets lost; a test sets it to cut links. */
  loses: (from: number, to: number, body: PeerMessage) => boolean = () => false;
  /** How long a message is under way. */
  delayMs: (from: number, to: number, body: PeerMessage) => number = () => 1;
  /** What front-ends were told to forget, and whether they answer. */
  readonly told: Told[] = [];
  forgets: (by: number, frontEndId: string) => boolean = () => true;
  /** How long their answer is under way. */
  acknowledgedAfterMs: (invalidation: Invalidation) => number = () => 1;
  /** What a replica's monotonic clock shows more than this one; a machine that starts anew begins at another time. */
  readonly clockAheadMs: number[] = [];
  /** How much a replica's wall clock was set back. */
  readonly wallClockBehindMs: number[] = [];
  readonly #stores: MemoryStore[] = [];
  readonly #replicas: (Replica | null)[] = [];
  #queue: { at: number; order: number; action: () => void }[] = [];
  #order = 0;
  #tokens = 0;

  constructor(
    private readonly count: number,
    private readonly options: Options = {},
  ) {
    for (let position = 0; position < count; position++) {
      const store = new MemoryStore((complete) => {
        this.syncs++;
        this.#at(1, complete);
      });
      this.#stores.push(store);
      this.#replicas.push(null);
      this.start(position);
    }
  }

  replica(position: number): Replica {
    const replica = this.#replicas[position];
    if (replica === null || replica === undefined) throw new Error(`replica ${position} is down`);
    return replica;
  }

  /** Who answers at that position, also while it is down; undefined beyond the last. */
  idAt(position: number): string | undefined {
    return this.#stores[position]?.identity()?.replicaId;
  }

  store(position: number): MemoryStore {
    return this.#stores[position] as MemoryStore;
  }

  start(position: number): void {
    const life: { replica: Replica | null } = { replica: null };
    const alive = (): boolean => life.replica !== null && this.#replicas[position] === life.replica;
    const replica = new Replica(
      {
        replicas: this.count,
        position,
        leaseMs: 500,
        writePolicy: this.options.writePolicy ?? 'majority',
        rules: { ...ALL_RULES, ...this.options.rules },
      },
      {
        clock: {
          monotonicMs: () => monotonic(this.now + (this.clockAheadMs[position] ?? 0)),
          wallClockMs: () => this.now - (this.wallClockBehindMs[position] ?? 0),
          after: (delayMs, action) => this.#at(delayMs, () => alive() && action()),
        },
        random: {
          fraction: () => 0.5,
          token: () => `t${position}${this.#tokens++}`.padStart(this.options.tokenLength ?? 0, '0'),
        },
        store: this.store(position),
        network: {
          send: (to, envelope) => this.#send(position, to, envelope),
          invalidate: (frontEndId, _address, invalidation) => {
            this.told.push({ atMs: this.now, by: position, frontEndId, invalidation });
            if (!this.forgets(position, frontEndId)) return;
            this.#at(
              this.acknowledgedAfterMs(invalidation),
              () => alive() && replica.invalidated(frontEndId, invalidation.id),
            );
          },
        },
      },
    );
    life.replica = replica;
    this.#replicas[position] = replica;
    replica.start();
  }

  /** A power cut: what is not synced is gone, and all memory. */
  crash(position: number): void {
    this.replica(position).halt();
    this.#replicas[position] = null;
    this.store(position).crash();
  }

  after(delayMs: number, action: () => void): void {
    this.#at(delayMs, action);
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

  run(durationMs: number): void {
    const end = this.now + durationMs;
    let over = false;
    this.#at(durationMs, () => (over = true));
    this.runUntil(() => over, durationMs + 1);
    this.now = end;
  }

  ready(): this {
    this.runUntil(() => this.#replicas.every((replica) => replica?.status().ready));
    return this;
  }

  /** Nothing is pending or barred any more. */
  settled(): this {
    this.runUntil(() =>
      this.#replicas.every((replica) => {
        const status = replica?.status();
        return status === undefined || status.pending.length + status.barred.length === 0;
      }),
    );
    return this;
  }

  /** What is committed is durable everywhere: without that, commits ride on the next sync. */
  synced(): this {
    let syncs = 0;
    for (const store of this.#stores) store.sync(() => syncs++);
    this.runUntil(() => syncs === this.#stores.length);
    return this;
  }

  submit(position: number, bookId: number, operation: Operation, timeoutMs = 5_000): SubmitResult {
    let result: SubmitResult | undefined;
    this.replica(position).submit(bookId, operation, timeoutMs, (answer) => (result = answer));
    this.runUntil(() => result !== undefined);
    return result as SubmitResult;
  }

  read(position: number, bookId: number, timeoutMs = 5_000, frontEndId: string | null = null): ReadResult {
    let result: ReadResult | undefined;
    this.replica(position).read(bookId, timeoutMs, (answer) => (result = answer), frontEndId);
    this.runUntil(() => result !== undefined);
    return result as ReadResult;
  }

  #send(from: number, to: number, envelope: Envelope): void {
    const lost = this.#replicas[to] === null || this.loses(from, to, envelope.body);
    this.sent.push({ atMs: this.now, from, to, body: envelope.body, lost });
    if (!lost) this.#at(this.delayMs(from, to, envelope.body), () => this.#replicas[to]?.receive(envelope));
  }

  #at(delayMs: number, action: () => void): () => void {
    const event = { at: this.now + Math.max(0, delayMs), order: this.#order++, action };
    this.#queue.push(event);
    return () => {
      event.action = () => undefined;
    };
  }
}
