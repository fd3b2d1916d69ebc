import { type Context } from './context.js';
import { EXPIRY_GRACE_MS, MOST_ENDED, settlementId } from './holds.js';
import { Decision, type Stamp } from './ledger.js';
import { type OrderClock } from './order-clock.js';
import { type SubmitResult } from './results.js';
import { type Rules } from './rules.js';
import { type Random } from './ports.js';
import { type RecordState, type Records } from './records.js';
import {
  type BookId,
  CATALOGUE,
  type Decided,
  type Entry,
  type HoldId,
  type Operation,
  type Outcome,
  type StoredHold,
  type WallClockMs,
} from './types.js';
import { sameWish } from './wishes.js';

/** Most operations in one entry. */
export const MAX_OPERATIONS_PER_ENTRY = 256;

/** An operation handed to this replica that has not been answered. */
export interface Waiting {
  readonly operation: Operation;
  /** The outcome that its caller was told before the entry was taken back (`reachable`). */
  readonly told: Outcome | null;
  /** Whether it was ever part of an update: from then on only the ledger knows what became of it. */
  proposed: boolean;
  /** Another asked for the same before, and had it decided. */
  repeats: boolean;
  /** Its caller's deadline has passed. */
  readonly answered: boolean;
  /** The entry that holds the operation is committed. */
  answer(entry: Entry): void;
  reject(result: SubmitResult): void;
}

export interface Batch {
  readonly decided: readonly Decided[];
  /** Whose operations the batch holds; two may have asked for the same operation. */
  readonly callers: readonly Waiting[];
  readonly rest: Waiting[];
}

/** Builds the next entry from operations that wait: those that the ledger holds already are answered from it instead (W8). */
export function buildEntry(
  context: Context,
  records: Records,
  record: RecordState,
  waiting: readonly Waiting[],
): Batch {
  const { store, random, clock } = context.ports;
  const now = clock.wallClockMs();
  const ending = endingHolds(context, record.bookId, now, waiting);
  const decision = new Decision(
    {
      ...record,
      ...nextIds(context),
      due: ending.due,
      holderOf: (key) => holderOf(context, records, key),
      hold: (holdId) => store.hold(holdId),
      sold: (orderId) => store.sold(record.bookId, orderId),
    },
    stamp(now, records.orderClock, random),
    context.rules,
  );
  if (ending.due.length > 0) decision.add({ kind: 'expire', operationId: `expire.${random.token()}` });
  for (const operation of ending.settlements) decision.add(operation);
  const callers: Waiting[] = [];
  const inBatch = new Map<string, Operation>();
  let taken = 0;
  for (const caller of waiting) {
    if (decision.decided.length >= MAX_OPERATIONS_PER_ENTRY) break;
    taken++;
    // Nobody waits for it any more; if it was proposed before, its outcome was said to be unknown.
    if (caller.answered) continue;
    const { operation } = caller;
    if (context.rules['W8 ledger ids'] && answerFromLedger(context, record, caller)) continue;
    const twin = inBatch.get(operation.operationId);
    if (twin !== undefined && context.rules['W8 ids within entry']) {
      caller.repeats ||= !caller.proposed;
      if (sameWish(twin, operation)) callers.push(caller);
      else caller.reject({ kind: 'operation id reused' });
      continue;
    }
    const decided = decision.add(operation, caller.told);
    if (!context.rules['W7 entry for refusals'] && isRefusal(decided)) {
      decision.decided.pop();
      caller.answer({
        sequenceNumber: record.committed,
        origin: { round: 0, replicaId: '', startNumber: 0 },
        decided: [decided],
      });
      continue;
    }
    inBatch.set(operation.operationId, operation);
    callers.push(caller);
  }
  return { decided: decision.decided, callers, rest: waiting.slice(taken) };
}

/** What an entry ends of holds before the operations that wait are decided. */
export interface Endings {
  readonly due: readonly StoredHold[];
  readonly settlements: readonly Operation[];
}

function endingHolds(
  { ports: { store }, options, rules }: Context,
  bookId: BookId,
  now: WallClockMs,
  waiting: readonly Waiting[],
): Endings {
  const graceMs = rules['H3 not before until'] ? (options.expiryGraceMs ?? EXPIRY_GRACE_MS) : -Infinity;
  if (bookId === CATALOGUE || !rules['H3 end what ran out']) return { due: [], settlements: [] };
  const holds = store.dueHolds(bookId, now - graceMs, MOST_ENDED);
  const operations = waiting.map(({ operation }) => operation);
  return endingsOf(holds, operations, (holdId) => store.hold(holdId)?.end ?? null, rules);
}

/**
 * H3: what has run out is put before the operations that wait, but not before those that confirm it (or settle it, after a split): until
 * its end is in the ledger, they win. H5: a hold that follows another ends as that one did; as long as it is not known how, it stays.
 */
export function endingsOf(
  holds: readonly StoredHold[],
  waiting: readonly Operation[],
  endOf: (holdId: HoldId) => StoredHold['end'],
  rules: Pick<Rules, 'H5 ask the deciding book'>,
): Endings {
  if (holds.length === 0) return { due: [], settlements: [] };
  const ended = new Set(
    waiting.flatMap((each) => (each.kind === 'confirm' || each.kind === 'settle' ? [each.holdId] : [])),
  );
  const due: StoredHold[] = [];
  const settlements: Operation[] = [];
  for (const hold of holds) {
    const { holdId, decidedBy } = hold;
    if (ended.has(holdId)) continue;
    if (decidedBy === null || !rules['H5 ask the deciding book']) {
      due.push(hold);
      continue;
    }
    const end = endOf(decidedBy);
    if (end === null) continue;
    const orderId = end.kind === 'sold' ? end.orderId : null;
    settlements.push({ kind: 'settle', operationId: settlementId(holdId), holdId, orderId });
  }
  return { due, settlements };
}

/** Order ids begin with the time, so that an index of them grows at its end, and end with what nobody can guess. */
function stamp(at: WallClockMs, clock: OrderClock, random: Random): Stamp {
  return { at, orderId: () => clock.next(at) + random.token() };
}

/**
 * K3: a key stays with the book that it was given out for, until that book's own ledger, as it is on this disk, has a later one: from
 * then on it cannot take this one (K2). What is committed stays so; as long as this replica does not know, the key is not free.
 */
function holderOf({ ports, rules }: Context, records: Records, key: string): BookId | undefined {
  const held = ports.store.heldKey(key);
  if (held === undefined) return undefined;
  const claim = records.get(held.bookId).book?.claim ?? 0;
  const hasAnother = rules['K3 keep keys until replaced'] ? claim > held.claim : claim !== held.claim;
  return hasAnother ? undefined : held.bookId;
}

/** While this replica is the quorum by itself it gives out ids that its peer, should it be cut off and alone too, does not. */
function nextIds({ identity, options, ports }: Context): { nextBookId: BookId; idStep: number } {
  const next = ports.store.nextBookId();
  if (!identity.alone) return { nextBookId: next, idStep: 1 };
  const { replicas, position } = options;
  return { nextBookId: next + ((position - (next % replicas) + replicas) % replicas), idStep: replicas };
}

/** W8: an operation id that the ledger holds gets its stored outcome again. */
export function answerFromLedger(context: Context, record: RecordState, caller: Waiting): boolean {
  const { store } = context.ports;
  const place = store.operation(caller.operation.operationId);
  if (place === undefined) return false;
  const [entry] = place.bookId === record.bookId ? store.entries(place.bookId, place.sequenceNumber, 1) : [];
  const decided = entry?.decided.find(
    ({ operation }) => operation.operationId === caller.operation.operationId,
  );
  if (entry === undefined || decided === undefined || !sameWish(decided.operation, caller.operation)) {
    caller.reject({ kind: 'operation id reused' });
  } else {
    caller.repeats ||= !caller.proposed;
    caller.answer(entry);
  }
  return true;
}

function isRefusal({ outcome }: Decided): boolean {
  return (
    outcome.kind === 'out of stock' ||
    outcome.kind === 'price changed' ||
    outcome.kind === 'precondition failed'
  );
}
