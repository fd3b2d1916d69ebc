import { type Context } from '../context.js';
import { type Coordinator } from '../coordinator.js';
import { settlementId } from '../holds.js';
import { succeeded, twinOf } from '../ledger.js';
import { type Marks } from '../marks.js';
import { type Records } from '../records.js';
import { type BookId, compareBallots, type Decided, type Entry, type Outcome, sameBallot } from '../types.js';

/** Operations applied again at a time. */
const REAPPLIED_AT_A_TIME = 64;

/**
 * Makes one ledger of two that have parted (S1, S2). Book by book, where they part, the entry with the higher ballot keeps its place; the
 * other side takes its own back, takes over, and applies its operations again on top, with the outcomes that their callers were told: no
 * sale is forgotten, and stock that fell below zero is reported.
 */
export class Reconciliation {
  readonly #reapplying = new Set<string>();

  constructor(
    private readonly context: Context,
    private readonly records: Records,
    private readonly marks: Marks,
    private readonly coordinator: Coordinator,
  ) {}

  /**
   * Whether the other's entry is to be taken over. Where it follows what is here it is, in place of an own one that was made under a lower
   * ballot. If it does not, the ledgers have parted further down, and the own one has kept its place there.
   */
  takes(bookId: BookId, entry: Entry): boolean {
    const { store } = this.context.ports;
    const { sequenceNumber, origin, after } = entry;
    const record = this.records.get(bookId);
    // A book that began with the other is asked for from its beginning.
    if (sequenceNumber > record.committed + 1) return record.committed < 0;
    const [before, own] =
      sequenceNumber > 1
        ? store.entries(bookId, sequenceNumber - 1, 2)
        : [undefined, ...store.entries(bookId, sequenceNumber, 1)];
    const parted = after !== undefined && !sameBallot(before?.origin ?? null, after);
    if (parted && this.context.rules['S1 follow by origin']) return false;
    const order = own === undefined ? -1 : compareBallots(own.origin, origin);
    if (order >= 0) return false;
    if (own !== undefined) this.#takeBack(bookId, sequenceNumber);
    this.marks.drop(bookId);
    this.#sellWhole(entry);
    return true;
  }

  /** To be applied again, as their callers were told. */
  #takeBack(bookId: BookId, from: number): void {
    for (const entry of this.records.rollback(bookId, from)) {
      for (const each of entry.decided) {
        if (wasTold(each)) this.context.ports.store.saveReapplication(bookId, each);
      }
      this.#sellWhole(entry);
    }
  }

  /**
   * S7: a basket that was confirmed is sold whole, whatever the sides did with its other holds meanwhile: one may have given them back, because
   * there the one that decides had run out.
   */
  #sellWhole({ decided }: Entry): void {
    if (!this.context.rules['S7 sell baskets whole']) return;
    for (const { operation, outcome } of decided) {
      if (operation.kind !== 'confirm' || outcome.kind !== 'sold') continue;
      const { orderId, at } = outcome;
      for (const { bookId, holdId, copies, priceCents } of operation.lines) {
        this.context.ports.store.saveReapplication(bookId, {
          operation: { kind: 'settle', operationId: settlementId(holdId), holdId, orderId },
          outcome: { kind: 'sold', orderId, priceCents, at, copies },
        });
      }
    }
  }

  /**
   * S2: what this replica has accepted as the quorum by itself it may have committed and answered before it crashed, and the other knows
   * nothing of it.
   */
  commitPending(): void {
    if (!this.context.rules['S2 commit what is pending']) return;
    for (const bookId of [...this.records.pendingSince.keys()]) {
      const record = this.records.get(bookId);
      const { pending } = record;
      if (pending?.ballot.replicaId !== this.context.self) continue;
      this.records.commit(record, pending.entry);
      this.context.leave({ kind: 'changed', bookId });
    }
  }

  /** Called while this replica serves, and both are one again or it is alone. */
  reapply(): void {
    const { store } = this.context.ports;
    for (const { bookId, decided } of store.reapplications(REAPPLIED_AT_A_TIME)) {
      const { operation, outcome } = decided;
      const { operationId } = operation;
      if (this.#reapplying.has(operationId)) continue;
      if (operation.kind === 'settle' && store.hold(operation.holdId) === undefined) {
        // Taken back as well, and to be applied again after this.
        store.removeReapplication(operationId);
        store.saveReapplication(bookId, decided);
        continue;
      }
      const isTwin = this.#wasLostToTwin(bookId, decided);
      const done = (): void => {
        this.#reapplying.delete(operationId);
        // The other side's may have come into the ledger while this one waited; then it is tried again, as a twin.
        if (isTwin || !this.#wasLostToTwin(bookId, decided)) store.removeReapplication(operationId);
      };
      const caller = {
        operation: isTwin ? twinOf(operation) : operation,
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
   * nowhere in the ledger that was kept: another book or hold, or a success where the other side refused, or ended a hold in another way.
   * The id keeps the outcome of the ledger.
   */
  #wasLostToTwin(bookId: BookId, { operation, outcome }: Decided): boolean {
    const { store } = this.context.ports;
    const place = store.operation(operation.operationId);
    if (place === undefined || place.bookId !== bookId) return false;
    const [entry] = store.entries(bookId, place.sequenceNumber, 1);
    const twin = entry?.decided.find((each) => each.operation.operationId === operation.operationId);
    if (twin === undefined) return false;
    // Of two confirmations one stays, and with it the order of the whole basket.
    const settles = operation.kind === 'settle' && outcome.kind === 'sold' && twin.outcome.kind === 'sold';
    if (settles) return outcome.orderId !== twin.outcome.orderId;
    return succeeded(outcome) && isAnother(outcome, twin.outcome);
  }
}

/** Of how holds ended by themselves nobody was told: that follows from what the ledger has in the end (H3, H5). */
function wasTold({ operation }: Decided): boolean {
  return operation.kind !== 'expire' && operation.kind !== 'settle';
}

function isAnother(outcome: Outcome, kept: Outcome): boolean {
  if (outcome.kind === 'created' && kept.kind === 'created') return outcome.bookId !== kept.bookId;
  if (outcome.kind === 'held' && kept.kind === 'held') return outcome.holdId !== kept.holdId;
  return outcome.kind !== kept.kind;
}
