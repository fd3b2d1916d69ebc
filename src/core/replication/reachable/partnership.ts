import { LONG_AGO } from '../../clocks.js';
import { MAX_OPERATIONS_PER_ENTRY } from '../batch.js';
import { type CatchUp } from '../catch-up.js';
import { type Context } from '../context.js';
import { type Coordinator } from '../coordinator.js';
import { type Marks } from '../marks.js';
import { type Standing } from '../messages.js';
import { type Records } from '../records.js';
import { type Sessions } from '../sessions.js';
import { type BookId, type MonotonicMs, type ReplicaId } from '../types.js';
import { Reconciliation } from './reconciliation.js';

/** Quarters of a lease without a word after which the other is suspected to be down. */
const SILENT_TICKS = 8;
/** What a refused connection counts for: a process that is gone says no more. */
const REFUSED_TICKS = 3;
/** Releases up to 3.0 do not name the time for which they stand still. */
const BEFORE_NAMES = '';

/** Both were alone: from then on nothing is added to the ledgers until each has taken over the other's. */
interface Merging {
  /** Known to the other: what it took over then is all there is. */
  readonly name: string;
  /** What front-ends kept of this side's answers is gone. */
  forgotten: boolean;
  /** The other's, whose entries are all here; null: none. */
  took: string | null;
}

/**
 * `WRITE_POLICY=reachable`, for two replicas: the quorum is those not suspected to be down. A replica is either one of both, or *alone*:
 * the quorum by itself, which it stores before it acts on it.
 *
 * Only a replica that is *intact* may become alone: in this life it has caught up since it heard that the other was not alone, has seen to an
 * end what that one held pending (S6), and has run without a pause since. So one that was left out does not sell from its old ledger when it comes back while the other is away. That is correct
 * while replicas crash and come back one at a time. When the network splits, both become alone and both sell; see `#merge`.
 */
export class Partnership {
  #intact = false;
  /** S6: what the other held pending as this replica had caught up with it, and what has not been seen to end here; null: to be looked up. */
  #unseen: [BookId, number][] | null = null;
  /** What the other last said of itself in answer to this life; until then it may be the quorum by itself. */
  #otherAlone = true;
  /** When this replica became alone in this life. */
  #aloneSince = LONG_AGO;
  /** That this replica is not alone any more is not safe on disk: after a crash it would be again. */
  #pairing = false;
  #silentTicks = 0;
  #lastTickAt: MonotonicMs | null = null;
  /** Both were alone: nothing is added to the ledgers until each has taken over the other's. */
  #merging: Merging | null = null;
  #merges = 0;
  readonly #reconciliation: Reconciliation;

  constructor(
    private readonly context: Context,
    private readonly records: Records,
    private readonly marks: Marks,
    private readonly sessions: Sessions,
    private readonly coordinator: Coordinator,
    private readonly catchUp: CatchUp,
  ) {
    this.#reconciliation = new Reconciliation(context, records, marks, coordinator);
  }

  get merging(): boolean {
    return this.#merging !== null;
  }

  /** False: if the other one went now, nobody would sell until it is back. Whoever restarts replicas in turn has to wait for this. */
  couldGoOnAlone(): boolean {
    return !this.#applies() || this.context.identity.alone || this.#intact;
  }

  standing(): Standing {
    const alone = this.context.identity.alone || this.#pairing;
    if (this.#merging === null) return { alone, merged: false, still: null };
    const { name: still, took } = this.#merging;
    const nextBookId = this.context.ports.store.nextBookId();
    return { alone, merged: took !== null, still, nextBookId, ...(took !== null && { took }) };
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
    if (paused) this.#leftOut();
    else if (this.catchUp.done() && !this.#otherAlone && this.#sawWhatWasPending()) this.#intact = true;
    this.#silentTicks++;
    this.#suspect();
    if (this.marks.ready() && !this.merging) this.#reconciliation.reapply();
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
    this.#otherStands(peer, standing, granted && this.#wasTold(sentAt));
  }

  /** S5: only one that knows of it catches up with it. What was sent in the very step that made this replica alone did not say so. */
  #wasTold(sentAt: MonotonicMs): boolean {
    return sentAt > this.#aloneSince || !this.context.rules['S5 pair who was told'];
  }

  #otherStands(peer: ReplicaId, other: Standing, granted: boolean): void {
    const { identity } = this.context;
    if (!this.#applies()) return;
    if (!identity.alone) {
      if (other.alone) this.#leftOut();
      return;
    }
    if (!other.alone) {
      if (granted) this.#pair();
      return;
    }
    const merging = this.#merge(peer, other);
    // Each has all that the other had when it stood still, and it stands still.
    const { still = BEFORE_NAMES, took = other.merged ? merging.name : null } = other;
    if (still !== null && merging.took === still && took === merging.name) this.#pair();
  }

  #leftOut(): void {
    this.#intact = false;
    this.#unseen = null;
  }

  /** S6: the other may have committed and answered it while it was alone, and have forgotten that by a crash. */
  #sawWhatWasPending(): boolean {
    if (!this.context.rules['S6 see what was pending']) return true;
    const unseen =
      this.#unseen ??
      [...this.marks.barred()].map(([bookId, { number }]) => [bookId, number] as [BookId, number]);
    this.#unseen = unseen.filter(
      ([bookId, number]) => this.marks.isBarred(bookId) && this.records.get(bookId).committed < number,
    );
    return this.#unseen.length === 0;
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

  /** The other is back, and voted for nothing without this one, or has taken over what is here: this is the whole. */
  #pair(): void {
    const whole = this.#merging === null;
    this.#stand(false);
    this.#pairing = true;
    this.context.afterSync(() => {
      this.#pairing = false;
    });
    this.#merging = null;
    this.sessions.open();
    if (whole) this.marks.rebase(this.context.now());
    else this.#lowerBars();
    this.coordinator.standStill(false);
  }

  /** The two ledgers are one again, so what was said to be pending further up than the next number is not. */
  #lowerBars(): void {
    for (const [bookId, bar] of this.marks.barred())
      bar.number = Math.min(bar.number, this.records.get(bookId).committed + 1);
  }

  #stand(alone: boolean): void {
    this.context.identity = { ...this.context.identity, alone };
    this.context.ports.store.saveIdentity(this.context.identity);
    this.catchUp.stop();
  }

  /** S3: both sides sold. What is taken over of the other is all there is, for it stands still. */
  #merge(peer: ReplicaId, { still = BEFORE_NAMES, nextBookId = 0 }: Standing): Merging {
    const merging = (this.#merging ??= this.#standStill());
    const { store } = this.context.ports;
    // S4: also where the entry that gave them out was taken back there, and is to be applied again.
    const { rules } = this.context;
    if (nextBookId > store.nextBookId() && rules['S4 ids stay given out']) store.saveNextBookId(nextBookId);
    if (!merging.forgotten || still === null || merging.took === still) return merging;
    this.catchUp.merge(
      peer,
      (bookId, entry) => this.#reconciliation.takes(bookId, entry),
      () => {
        merging.took = still;
      },
    );
    return merging;
  }

  #standStill(): Merging {
    const name = this.context.rules['S3 name the standstill']
      ? `${this.context.life}.${++this.#merges}`
      : BEFORE_NAMES;
    const merging: Merging = { name, forgotten: false, took: null };
    this.coordinator.standStill(true);
    this.#reconciliation.commitPending();
    this.sessions.close(() => {
      merging.forgotten = true;
    });
    return merging;
  }
}
