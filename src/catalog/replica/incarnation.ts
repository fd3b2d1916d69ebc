import { type Admission, type BarrierResult, type CatalogReplica } from '../../core/replication/api.js';
import { type Identity, type ReplicaPorts, type ReplicaStore } from '../../core/replication/ports.js';
import { type ReadResult, type SubmitResult } from '../../core/replication/results.js';
import { type BookId, type Entry, type Operation } from '../../core/replication/types.js';
import { type View } from '../engine.js';

export type CreateReplica = (ports: ReplicaPorts) => CatalogReplica;

export interface IncarnationObserver {
  /** The life ended by a failure; told once, never from within a call of the core. */
  died(error: Error): void;
  /** An entry went into the ledger. */
  committed(bookId: BookId, entry: Entry): void;
}

/** Calls under way at once; beyond that, callers are told that this replica is busy. */
const MAX_OPEN_CALLS = 20_000;
const INDEFINITE: SubmitResult = { kind: 'unknown' };
const UNAVAILABLE = { kind: 'unavailable' } as const;

/**
 * One life of the core, from its start to its stop or to the first failure of its store. A failure ends it at once: it hears,
 * says and does nothing more, and every open call is answered, a write as *unknown*, for its messages may have gone out.
 */
export class Incarnation {
  private readonly replica: CatalogReplica;
  private readonly openCalls = new Set<() => void>();
  private readonly drained: (() => void)[] = [];
  private alive = true;
  private savedIdentity: Identity | undefined;

  /** Throws when the store cannot even be read. */
  constructor(
    create: CreateReplica,
    ports: ReplicaPorts,
    private readonly observer: IncarnationObserver,
  ) {
    this.replica = create({
      random: ports.random,
      clock: {
        monotonicMs: () => ports.clock.monotonicMs(),
        wallClockMs: () => ports.clock.wallClockMs(),
        after: (delayMs, action) => ports.clock.after(delayMs, () => this.run(action)),
      },
      store: this.watched(ports.store),
      network: {
        send: (to, envelope) => {
          if (this.alive) ports.network.send(to, envelope);
        },
        invalidate: (frontEndId, address, invalidation) => {
          if (this.alive) ports.network.invalidate(frontEndId, address, invalidation);
        },
      },
    });
  }

  /** Runs something on the core; a failure in it ends this life. */
  run(action: (replica: CatalogReplica) => void): void {
    if (!this.alive) return;
    try {
      action(this.replica);
    } catch (error) {
      this.fail(error);
    }
  }

  /** Asks the core for something that it knows at once; `fallback` if it fails. */
  ask<T>(fallback: T, question: (replica: CatalogReplica) => T): T {
    let answer = fallback;
    this.run((replica) => {
      answer = question(replica);
    });
    return answer;
  }

  submit(bookId: BookId, operation: Operation, timeoutMs: number): Promise<SubmitResult> {
    if (this.isFull()) return Promise.resolve({ kind: 'not started', reason: 'busy' });
    return this.call(INDEFINITE, (replica, done) => replica.submit(bookId, operation, timeoutMs, done));
  }

  read(bookId: BookId, timeoutMs: number, frontEndId: string | null): Promise<ReadResult> {
    if (this.isFull()) return Promise.resolve(UNAVAILABLE);
    return this.call<ReadResult>(UNAVAILABLE, (replica, done) =>
      replica.read(bookId, timeoutMs, done, frontEndId),
    );
  }

  admit(without: readonly number[]): Promise<Admission | null> {
    return this.call<Admission | null>(null, (replica, done) => replica.admit(without, done));
  }

  /** `view` runs in the very moment in which the barrier passes: what it sees a moment later may have changed (F4). */
  viewBehindBarrier<T>(
    wanted: 'titles' | 'everything',
    timeoutMs: number,
    view: () => T,
  ): Promise<View<T> | null> {
    if (this.isFull()) return Promise.resolve(null);
    return new Promise((resolve, reject) => {
      const settle = (result: BarrierResult): void => {
        if (result.kind === 'unavailable') return resolve(null);
        try {
          resolve({ seen: view(), cacheable: result.cacheable });
        } catch (error) {
          reject(asError(error));
        }
      };
      const passed = this.call<BarrierResult>(UNAVAILABLE, (replica, done) =>
        replica.barrier(wanted, timeoutMs, (result) => {
          settle(result);
          done(result);
        }),
      );
      // When the core called back it is settled already; else the core is gone.
      void passed.then((result) => {
        if (result.kind === 'unavailable') resolve(null);
      });
    });
  }

  /** `<replicaId>.<startNumber>`; null before the first sync of a start. */
  identity(): string | null {
    const identity = this.savedIdentity;
    return identity === undefined ? null : `${identity.replicaId}.${identity.startNumber}`;
  }

  /** Null before the first sync of a start. */
  replicaId(): string | null {
    return this.savedIdentity?.replicaId ?? null;
  }

  openCallCount(): number {
    return this.openCalls.size;
  }

  /** When no call is open any more. */
  whenDrained(): Promise<void> {
    if (this.openCalls.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.drained.push(resolve));
  }

  /** Ends this life in any state; open calls are answered. */
  end(): void {
    if (!this.alive) return;
    this.alive = false;
    try {
      this.replica.halt();
    } finally {
      for (const abandon of [...this.openCalls]) abandon();
    }
  }

  /** Ends this life because of an error from outside the core, as of a later flush of the store. */
  fail(error: unknown): void {
    if (!this.alive) return;
    try {
      this.end();
    } finally {
      this.observer.died(asError(error));
    }
  }

  private isFull(): boolean {
    return this.openCalls.size >= MAX_OPEN_CALLS;
  }

  private call<T>(
    abandoned: T,
    start: (replica: CatalogReplica, done: (result: T) => void) => void,
  ): Promise<T> {
    if (!this.alive) return Promise.resolve(abandoned);
    return new Promise((resolve) => {
      const settle = (result: T): void => {
        resolve(result);
        this.openCalls.delete(abandon);
        if (this.openCalls.size === 0) this.drained.splice(0).forEach((tell) => tell());
      };
      const abandon = (): void => settle(abandoned);
      this.openCalls.add(abandon);
      this.run((replica) => start(replica, settle));
    });
  }

  /** The store as the core sees it: a failed sync ends this life, and what it says of itself is remembered for the answers' header. */
  private watched(store: ReplicaStore): ReplicaStore {
    return {
      identity: () => store.identity(),
      saveIdentity: (identity) => {
        store.saveIdentity(identity);
        this.savedIdentity = identity;
      },
      record: (bookId) => store.record(bookId),
      pendingIds: () => store.pendingIds(),
      entries: (bookId, from, limit) => store.entries(bookId, from, limit),
      operation: (operationId) => store.operation(operationId),
      lastOrderId: () => store.lastOrderId(),
      heldKey: (key) => store.heldKey(key),
      nextBookId: () => store.nextBookId(),
      hold: (holdId) => store.hold(holdId),
      dueHolds: (bookId, time, limit) => store.dueHolds(bookId, time, limit),
      sold: (bookId, orderId) => store.sold(bookId, orderId),
      savePromised: (bookId, promised) => store.savePromised(bookId, promised),
      savePending: (bookId, promised, pending) => store.savePending(bookId, promised, pending),
      commit: (bookId, entry, book) => {
        store.commit(bookId, entry, book);
        this.observer.committed(bookId, entry);
      },
      create: (bookId, genesis, book) => store.create(bookId, genesis, book),
      saveNextBookId: (nextBookId) => store.saveNextBookId(nextBookId),
      saveKey: (key, held) => store.saveKey(key, held),
      rollback: (bookId, from, book, version) => store.rollback(bookId, from, book, version),
      saveReapplication: (bookId, decided) => store.saveReapplication(bookId, decided),
      reapplications: (limit) => store.reapplications(limit),
      removeReapplication: (operationId) => store.removeReapplication(operationId),
      lastChange: () => store.lastChange(),
      changes: (since, limit) => store.changes(since, limit),
      namedChanges: (since, limit) => store.namedChanges(since, limit),
      cursor: (peer) => store.cursor(peer),
      saveCursor: (peer, change) => store.saveCursor(peer, change),
      sync: (done) =>
        store.sync((error) => {
          if (error === undefined) this.run(() => done());
          else this.fail(error);
        }),
    };
  }
}

export function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
