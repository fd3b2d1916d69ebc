import { neededFor, signedAt } from '../../contract/catalog-operations.js';
import {
  type Admission,
  type ReplicaFigures,
  type ReplicaStatus,
  type RecordStatus,
  type SessionGrant,
} from '../../core/replication/api.js';
import { type Envelope } from '../../core/replication/messages.js';
import { type Clock, type ReplicaPorts, type ReplicaStore } from '../../core/replication/ports.js';
import { type ReadResult, type SubmitResult } from '../../core/replication/results.js';
import { CATALOGUE, type BookId, type Entry, type Operation } from '../../core/replication/types.js';
import { GivenUp, OtherNumber, SharedIdentity } from '../../core/replication/identities.js';
import { StartError } from '../../runtime/start-error.js';
import { type View } from '../engine.js';
import { asError, Incarnation, type CreateReplica } from './incarnation.js';
import { LAST_SEED_OPERATION_ID, SEED_OPERATIONS } from './seed-books.js';

/** A store that can be brought back after a failure; `recover` throws while the disk still fails. */
export interface RecoverableStore extends ReplicaStore {
  recover(): void;
}

/** What people call a catalog and its disk. */
export interface Whereabouts {
  /** By position. */
  readonly addresses: readonly string[];
  readonly database: string;
}

export interface ReplicaHostOptions {
  readonly leaseMs: number;
  readonly position: number;
  readonly requestTimeoutMs: number;
  /** Whether all who would have to store what has this name (`OPERATION_KINDS`) understand it; left out: they do. */
  readonly mayPropose?: (name: string) => boolean;
  /** Takes over what has befallen the store, if that is nothing from which it can be brought back: true. */
  readonly takesOver?: (error: Error) => boolean;
  readonly whereabouts: Whereabouts;
  /** Ends the process: no new start from this disk would help. */
  readonly giveUp: (error: StartError) => void;
}

export interface HostLog {
  log(message: string): void;
  warn(message: string): void;
}

const FIRST_RECOVERY_DELAY_MS = 100;
const LONGEST_RECOVERY_DELAY_MS = 5_000;
const SEED_POLL_MS = 50;
const SEED_TIMEOUT_MS = 5_000;
const NOT_READY: SubmitResult = { kind: 'not started', reason: 'not ready' };

/** Owns the replica: starts it, plants the first books, starts it anew from disk when the store fails, and lets it leave in good order. */
export class ReplicaHost {
  private life: Incarnation | null = null;
  private leaving = false;
  private planted = false;
  private recoveryDelayMs = FIRST_RECOVERY_DELAY_MS;
  private failureText: string | null = null;
  private oversold = 0;
  private readonly outcomes = new Map<string, number>();
  private warnedOfCopy = false;
  private cancelTimer: () => void = () => undefined;

  constructor(
    private readonly create: CreateReplica,
    private readonly ports: ReplicaPorts & { readonly store: RecoverableStore; readonly clock: Clock },
    private readonly options: ReplicaHostOptions,
    private readonly log: HostLog,
  ) {}

  start(): void {
    try {
      const life = new Incarnation(this.create, this.ports, {
        died: (error) => this.recoverFrom(life, error),
        committed: (bookId, entry) => this.count(bookId, entry),
      });
      this.life = life;
      this.failureText = null;
      life.run((replica) => replica.start());
      const turnAt = this.ports.clock.monotonicMs() + this.options.position * this.options.leaseMs;
      if (!this.planted) this.plantAfter(0, life, turnAt);
    } catch (error) {
      this.recoverFrom(this.life, asError(error));
    }
  }

  /** Whether this replica can serve: caught up, leased, its store well, the first books planted, and not about to stop. */
  ready(): boolean {
    return !this.leaving && this.planted && (this.status()?.ready ?? false);
  }

  /** Why the store failed, while it is not back. */
  failure(): string | null {
    return this.failureText;
  }

  submit(bookId: BookId, operation: Operation, timeoutMs: number): Promise<SubmitResult> {
    if (this.life === null || this.leaving) return Promise.resolve(NOT_READY);
    const { mayPropose = () => true } = this.options;
    if (!neededFor(operation).every(mayPropose)) return Promise.resolve(NOT_READY);
    // The first books have fixed ids, 1 to 7: nobody else may take these.
    if (bookId === CATALOGUE && !this.planted) return Promise.resolve(NOT_READY);
    const signed = signedAt(operation, this.ports.clock.wallClockMs(), mayPropose('by'));
    return this.life.submit(bookId, signed, timeoutMs);
  }

  /** `frontEndId`: who may cache the answer (F5). */
  read(bookId: BookId, timeoutMs: number, frontEndId: string | null): Promise<ReadResult> {
    if (this.life === null || this.leaving) return Promise.resolve({ kind: 'unavailable' });
    return this.life.read(bookId, timeoutMs, frontEndId);
  }

  /** What `view` saw at the moment in which the barrier passed; null if it did not pass in time. */
  viewBehindBarrier<T>(
    wanted: 'titles' | 'everything',
    timeoutMs: number,
    view: () => T,
  ): Promise<View<T> | null> {
    if (this.life === null || this.leaving) return Promise.resolve(null);
    return this.life.viewBehindBarrier(wanted, timeoutMs, view);
  }

  session(frontEndId: string, address: string): SessionGrant | null {
    if (this.leaving) return null;
    return (
      this.life?.ask<SessionGrant | null>(null, (replica) => replica.session(frontEndId, address)) ?? null
    );
  }

  endSession(frontEndId: string): void {
    this.life?.run((replica) => replica.endSession(frontEndId));
  }

  receive(envelopes: readonly Envelope[]): void {
    for (const envelope of envelopes) {
      this.life?.run((replica) => replica.receive(envelope));
      if (envelope.from === this.life?.replicaId()) this.warnOfCopy(envelope.fromPosition);
    }
  }

  unreachable(position: number): void {
    this.life?.run((replica) => replica.unreachable(position));
  }

  invalidated(frontEndId: string, invalidationId: string): void {
    this.life?.run((replica) => replica.invalidated(frontEndId, invalidationId));
  }

  /** An administrator's word (C3). Null: the core does not run. */
  admit(without: readonly number[]): Promise<Admission | null> {
    if (this.life === null || this.leaving) return Promise.resolve(null);
    return this.life.admit(without);
  }

  /** A write of the store failed outside a call of the core. */
  storeFailed(error: Error): void {
    this.life?.fail(error);
  }

  /** Null while the core does not run. */
  status(): ReplicaStatus | null {
    return this.life?.ask<ReplicaStatus | null>(null, (replica) => replica.status()) ?? null;
  }

  /** Null while the core does not run. */
  figures(): ReplicaFigures | null {
    return this.life?.ask<ReplicaFigures | null>(null, (replica) => replica.figures()) ?? null;
  }

  recordStatus(bookId: BookId): RecordStatus | null {
    return this.life?.ask<RecordStatus | null>(null, (replica) => replica.recordStatus(bookId)) ?? null;
  }

  /** Position of the catalog that coordinates writes of this book, as far as is known here. */
  leader(bookId: BookId): number | null {
    return this.life?.ask<number | null>(null, (replica) => replica.leader(bookId)) ?? null;
  }

  /** `<replicaId>.<startNumber>`, or null before this start has one. */
  identity(): string | null {
    return this.life?.identity() ?? null;
  }

  /** Copies sold since the start that were not there: only under `WRITE_POLICY=reachable`, when two sides of a split are merged. */
  oversoldCopies(): number {
    return this.oversold;
  }

  /** What was decided in the entries that were committed here since the start, by outcome. */
  decisions(): ReadonlyMap<string, number> {
    return this.outcomes;
  }

  openCallCount(): number {
    return this.life?.openCallCount() ?? 0;
  }

  /** Takes no more calls, answers the open ones, gives leases back and ends the core: all within a bound. */
  async leave(): Promise<void> {
    this.leaving = true;
    this.cancelTimer();
    const life = this.life;
    if (life === null) return;
    await this.within(this.options.requestTimeoutMs, life.whenDrained());
    const left = new Promise<void>((resolve) => life.run((replica) => replica.leave(resolve)));
    await this.within(2 * this.options.leaseMs + SEED_POLL_MS, left);
    life.end();
    this.life = null;
  }

  private count(bookId: BookId, { sequenceNumber, decided }: Entry): void {
    for (const { outcome } of decided) {
      this.outcomes.set(outcome.kind, (this.outcomes.get(outcome.kind) ?? 0) + 1);
      if (outcome.kind !== 'sold' || outcome.oversold === undefined) continue;
      this.oversold += outcome.oversold;
      // Not the order's id: whoever knows that may look at the order.
      const what = `an order of book ${bookId} (entry ${sequenceNumber})`;
      this.log.warn(`Oversold: ${outcome.oversold} copies of ${what} are not there`);
    }
  }

  private copied(position: number): StartError {
    const { addresses, database } = this.options.whereabouts;
    const [own, other] = [addresses[this.options.position], addresses[position]];
    return new StartError(
      `${own} and ${other} have the same disk: ${database} is a copy of the other's file, or the other's of this. Keep the file at one of them; ` +
        'stop the other catalog, remove its file and those that begin with its name, and start it again: it then learns all from the others, when enough of them run',
    );
  }

  private givenUp(): StartError {
    const { addresses, database } = this.options.whereabouts;
    return new StartError(
      `An administrator had the other catalogs go on without ${addresses[this.options.position]}, and what ${database} holds may differ from what they have sold since. ` +
        'Keep the file, and those that begin with its name, elsewhere to look at (docs/operation/backup.md), and start this catalog again: it then learns all from the others',
    );
  }

  private ofAnotherNumber({ among }: OtherNumber): StartError {
    const { addresses, database } = this.options.whereabouts;
    return new StartError(
      `CATALOG_ADDRESSES: names ${addresses.length}, and ${database} is of one of ${among} catalogs. What one number of catalogs agreed on another need not know: ` +
        'to change the number, stop all, back one up, and restore that into all (docs/operation/backup.md)',
    );
  }

  /** This one goes on: it was there first, and the others listen to it alone. */
  private warnOfCopy(position: number): void {
    if (this.warnedOfCopy) return;
    this.warnedOfCopy = true;
    this.log.warn(`${this.copied(position).message}. This catalog goes on, and takes nothing from the other`);
  }

  private within(timeoutMs: number, promise: Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.ports.clock.after(timeoutMs, resolve);
      void promise.then(() => {
        cancel();
        resolve();
      });
    });
  }

  private recoverFrom(life: Incarnation | null, error: Error): void {
    if (life !== this.life) return;
    this.life = null;
    this.failureText = error.message;
    if (this.leaving || this.options.takesOver?.(error) === true) return;
    if (error instanceof SharedIdentity) return this.options.giveUp(this.copied(error.position));
    if (error instanceof GivenUp) return this.options.giveUp(this.givenUp());
    if (error instanceof OtherNumber) return this.options.giveUp(this.ofAnotherNumber(error));
    if (error instanceof StartError) return this.options.giveUp(error);
    this.log.warn(`The replica stopped: ${error.message}; it starts anew in ${this.recoveryDelayMs} ms`);
    this.later(this.recoveryDelayMs, () => this.recover());
    this.recoveryDelayMs = Math.min(2 * this.recoveryDelayMs, LONGEST_RECOVERY_DELAY_MS);
  }

  private recover(): void {
    try {
      this.ports.store.recover();
    } catch (error) {
      this.recoverFrom(null, asError(error));
      return;
    }
    this.log.log('The store is back; the replica starts anew from it');
    this.start();
    this.later(LONGEST_RECOVERY_DELAY_MS, () => {
      this.recoveryDelayMs = FIRST_RECOVERY_DELAY_MS;
    });
  }

  private later(delayMs: number, action: () => void): void {
    this.cancelTimer();
    this.cancelTimer = this.ports.clock.after(delayMs, action);
  }

  /** In turn by position, for replicas that plant at once only hinder each other; most find before their turn that it has been done. */
  private plantAfter(delayMs: number, life: Incarnation, turnAt: number): void {
    this.ports.clock.after(delayMs, () => {
      if (life !== this.life || this.leaving) return;
      void this.plant(life, turnAt).then((done) => {
        this.planted ||= done;
        if (!done && life === this.life) this.plantAfter(SEED_POLL_MS, life, turnAt);
      });
    });
  }

  private async plant(life: Incarnation, turnAt: number): Promise<boolean> {
    const isPlanted = (): boolean =>
      life.ask(false, () => this.ports.store.operation(LAST_SEED_OPERATION_ID) !== undefined);
    if (isPlanted()) return true;
    if (this.ports.clock.monotonicMs() < turnAt) return false;
    if (!life.ask(false, (replica) => replica.status().ready)) return false;
    for (const operation of SEED_OPERATIONS) {
      const result = await life.submit(CATALOGUE, operation, SEED_TIMEOUT_MS);
      if (result.kind !== 'decided') return isPlanted();
    }
    return true;
  }
}
