import { LONG_AGO } from '../clocks.js';
import { type CatchUp } from './catch-up.js';
import { MAX_OPERATIONS_PER_ENTRY } from './batch.js';
import { type Context } from './context.js';
import { type Coordinator } from './coordinator.js';
import { succeeded, twinOf } from './ledger.js';
import { type Marks } from './marks.js';
import { type Standing } from './messages.js';
import { type Records } from './records.js';
import { type Sessions } from './sessions.js';
import {
  type BookId,
  compareBallots,
  type Decided,
  type Entry,
  type MonotonicMs,
  type ReplicaId,
} from './types.js';

/** Quarters of a lease without a word after which the other is suspected to be down. */
const SILENT_TICKS = 8;
/** What a refused connection counts for: a process that is gone says no more. */
const REFUSED_TICKS = 3;
/** Operations applied again at a time. */
const REAPPLIED_AT_A_TIME = 64;

/**
 * `WRITE_POLICY=reachable`, for two replicas: the quorum is those not suspected to be down. A replica is either one of both, or *alone*:
 * the quorum by itself, which it stores before it acts on it.
 *
 * Only a replica that is *intact* may become alone:  in this life it has caught up since it heard that the other was not alone, and has run
 * without a pause since. So one that was left out does not sell from its old ledger when it comes back while the other is away. That is correct
 * while replicas crash and come back one at a time. When the network splits, both become alone and both sell; see `#merge`.
 */
export class Partnership {
  #intact = false;
  /** What the other last said of itself in answer to this life; until then it may be the quorum by itself. */
  #otherAlone = true;
  /** When this replica became alone in this life. */
  #aloneSince = LONG_AGO;
  /** That this replica is not alone any more is not safe on disk: after a crash it would be again. */
  #pairing = false;
  #silentTicks = 0;
  #lastTickAt: MonotonicMs | null = null;
  /** Both were alone: nothing is added to the ledgers until each has taken over the other's. */
  #merging = false;
  #merged = false;
  /** What front-ends kept of this side's answers is gone. */
  #forgotten = false;
  /** Books on which this side keeps its entries. */
  readonly #kept = new Set<BookId>();
  readonly #reapplying = new Set<string>();

  constructor(
    private readonly context: Context,
    private readonly records: Records,
    private readonly marks: Marks,
    private readonly sessions: Sessions,
    private readonly coordinator: Coordinator,
    private readonly catchUp: CatchUp,
  ) {}

  get merging(): boolean {
    return this.#merging;
  }

  /** False: if the other one went now, nobody would sell until it is back. Whoever restarts replicas in turn has to wait for this. */
  couldGoOnAlone(): boolean {
    return !this.#applies() || this.context.identity.alone || this.#intact;
  }

  standing(): Standing {
    return { alone: this.context.identity.alone || this.#pairing, merged: this.#merged };
  }

  heard(): void {
    this.#silentTicks = 0;
  }

  unreachable(): void {
    this.#silentTicks += REFUSED_TICKS;
  }

  /** The other stops in good order, its leases given back. */
  farewell(): void {
    this.#silentTicks = SILENT_TICKS;
    this.#suspect();
  }

  /** Each quarter of a lease. */
  tick(): void {
    const now = this.context.now();
    const paused = this.#lastTickAt !== null && now - this.#lastTickAt > this.context.leaseMs / 2;
    this.#lastTickAt = now;
    // A replica that did not run may have been left out.
    if (paused) this.#intact = false;
    else if (this.catchUp.done() && !this.#otherAlone) this.#intact = true;
    this.#silentTicks++;
    this.#suspect();
    if (this.marks.ready() && !this.#merging) this.#reapply();
  }

  /** What the other said of itself when it asked for a lease: it may have been long under way. */
  otherAsked(peer: ReplicaId, standing: Standing): void {
    if (standing.alone) this.#otherAlone = true;
    this.#otherStands(peer, standing, false);
  }

  /** What the other said of itself in answer to what was asked at `sentAt`; `granted`: it votes, and granted a lease. */
  otherAnswered(peer: ReplicaId, standing: Standing, granted: boolean, sentAt: MonotonicMs): void {
    // What it committed as long as it was alone came without a word to this one.
    if (this.#otherAlone && !standing.alone) this.catchUp.again();
    this.#otherAlone = standing.alone;
    // Only one that was told of it knows that it has something to catch up with.
    this.#otherStands(peer, standing, granted && sentAt >= this.#aloneSince);
  }

  #otherStands(peer: ReplicaId, { alone, merged }: Standing, granted: boolean): void {
    const { identity } = this.context;
    if (!this.#applies()) return;
    if (!identity.alone) {
      if (alone) this.#intact = false;
      return;
    }
    if (!alone) {
      if (granted) this.#pair();
      return;
    }
    this.#merge(peer);
    if (this.#merged && merged) this.#pair();
  }

  #applies(): boolean {
    return this.context.options.writePolicy === 'reachable' && this.context.options.replicas === 2;
  }

  #suspect(): void {
    const { identity } = this.context;
    if (!this.#applies() || identity.alone || !identity.joined || !this.#intact) return;
    if (this.#silentTicks < SILENT_TICKS) return;
    this.#stand(true);
    this.#aloneSince = this.context.now();
    // An entry that both had under way may have given out the next ids, and only one of them may have it.
    const { store } = this.context.ports;
    store.saveNextBookId(store.nextBookId() + MAX_OPERATIONS_PER_ENTRY);
    // A lease that the other may still hold is waited out by W4: it stands on the list of this replica's own ok.
    this.coordinator.restartAll();
  }

  /** The other is back, and voted for nothing without this one: what is here is the whole. */
  #pair(): void {
    const whole = !this.#merging;
    this.#stand(false);
    this.#pairing = true;
    this.context.afterSync(() => {
      this.#pairing = false;
    });
    this.#merging = false;
    this.#merged = false;
    this.#kept.clear();
    this.sessions.open();
    if (whole) this.marks.rebase(this.context.now());
    this.coordinator.standStill(false);
  }

  #stand(alone: boolean): void {
    this.context.identity = { ...this.context.identity, alone };
    this.context.ports.store.saveIdentity(this.context.identity);
  }

  /**
   * Both sides sold. Book by book, where the ledgers part, the entry with the higher ballot keeps its place; the other side takes its own
   * back, takes over, and applies its operations again on top, with the outcomes that their callers were told: no sale is forgotten, and
   * stock that fell below zero is reported.
   */
  #merge(peer: ReplicaId): void {
    if (!this.#merging) {
      this.#merging = true;
      this.#merged = false;
      this.#forgotten = false;
      this.#kept.clear();
      this.coordinator.standStill(true);
      this.sessions.close(() => {
        this.#forgotten = true;
      });
    }
    if (this.#merged || !this.#forgotten) return;
    this.catchUp.merge(
      peer,
      (bookId, entry) => this.#reconcile(bookId, entry),
      () => {
        this.#merged = true;
      },
    );
  }

  #reconcile(bookId: BookId, entry: Entry): boolean {
    if (this.#kept.has(bookId)) return false;
    const { store } = this.context.ports;
    if (entry.sequenceNumber > this.records.get(bookId).committed) return true;
    const [own] = store.entries(bookId, entry.sequenceNumber, 1);
    const order = own === undefined ? 0 : compareBallots(own.origin, entry.origin);
    if (order > 0) this.#kept.add(bookId);
    if (order >= 0) return false;
    for (const { decided } of this.records.rollback(bookId, entry.sequenceNumber)) {
      for (const each of decided) store.saveReapplication(bookId, each);
    }
    this.marks.drop(bookId);
    return true;
  }

  #reapply(): void {
    const { store } = this.context.ports;
    for (const { bookId, decided } of store.reapplications(REAPPLIED_AT_A_TIME)) {
      const { operation, outcome } = decided;
      const { operationId } = operation;
      if (this.#reapplying.has(operationId)) continue;
      const done = (): void => {
        this.#reapplying.delete(operationId);
        store.removeReapplication(operationId);
      };
      const caller = {
        operation: this.#wasLostToTwin(bookId, decided) ? twinOf(operation) : operation,
        told: outcome,
        proposed: false,
        repeats: false,
        answered: false,
        answer: done,
        reject: done,
      };
      if (this.coordinator.submit(bookId, caller)) this.#reapplying.add(operationId);
    }
  }

  /**
   * Whether both sides carried out this operation, repeated through both under its one id, and what the side that lost made of it is
   * nowhere in the ledger that was kept: another book, or a success where the other side refused. The id keeps the outcome of the ledger.
   */
  #wasLostToTwin(bookId: BookId, { operation, outcome }: Decided): boolean {
    const { store } = this.context.ports;
    const place = store.operation(operation.operationId);
    if (place === undefined || place.bookId !== bookId) return false;
    const [entry] = store.entries(bookId, place.sequenceNumber, 1);
    const twin = entry?.decided.find((each) => each.operation.operationId === operation.operationId);
    if (twin === undefined) return false;
    if (outcome.kind === 'created' && twin.outcome.kind === 'created')
      return outcome.bookId !== twin.outcome.bookId;
    return succeeded(outcome) && !succeeded(twin.outcome);
  }
}
