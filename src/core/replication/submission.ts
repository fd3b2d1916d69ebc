import { answerFromLedger, type Waiting } from './batch.js';
import { type Context } from './context.js';
import { type Coordinator } from './coordinator.js';
import { type PeerMessage } from './messages.js';
import { PATIENCE_LEASES } from './patience.js';
import { type Peer, type Peers } from './peers.js';
import { type Reader } from './reader.js';
import { type Records } from './records.js';
import { type SubmitResult } from './results.js';
import { type BookId, type Entry, type Operation } from './types.js';

type Message<K extends PeerMessage['kind']> = Extract<PeerMessage, { kind: K }>;

/** Most operations that this replica has forwarded and not heard of. */
const MAX_FORWARDED = 20_000;

/** The way of an operation from its caller to the book's coordinator and back (W8, W9). */
export class Submission {
  readonly #forwarded = new Map<
    number,
    { readonly to: Peer; readonly end: (result: SubmitResult | null) => void }
  >();

  constructor(
    private readonly context: Context,
    private readonly records: Records,
    private readonly coordinator: Coordinator,
    private readonly reader: Reader,
    private readonly peers: Peers,
    private readonly ready: () => boolean,
  ) {}

  submit(
    bookId: BookId,
    operation: Operation,
    timeoutMs: number,
    done: (result: SubmitResult) => void,
  ): void {
    if (!this.ready()) return done({ kind: 'not started', reason: 'not ready' });
    const waiting = this.#waiting(bookId, operation, timeoutMs, done);
    if (this.records.exists(bookId) && !this.#lacks(bookId, operation))
      return this.#route(bookId, waiting, timeoutMs);
    this.reader.read(bookId, timeoutMs, (read) => {
      if (waiting.answered) return;
      const lacks = this.#lacks(bookId, operation);
      if (read.kind === 'found' && lacks !== null)
        return waiting.answer(this.#unwritten(bookId, operation, lacks));
      if (read.kind === 'found') return this.#route(bookId, waiting, timeoutMs);
      if (read.kind === 'not found') waiting.reject({ kind: 'no such book' });
      else waiting.reject({ kind: 'not started', reason: 'deadline' });
    });
  }

  /** H1: an id that no ledger has given out never will be, so whoever guesses writes nothing. */
  #lacks(bookId: BookId, operation: Operation): 'no such hold' | 'no such order' | null {
    const { store } = this.context.ports;
    switch (operation.kind) {
      case 'confirm':
      case 'release':
        return store.hold(operation.holdId)?.bookId === bookId ? null : 'no such hold';
      case 'cancel':
        return store.sold(bookId, operation.orderId) === undefined ? 'no such order' : null;
      default:
        return null;
    }
  }

  /** An entry that is in no ledger. */
  #unwritten(bookId: BookId, operation: Operation, kind: 'no such hold' | 'no such order'): Entry {
    const { committed: sequenceNumber, promised } = this.records.get(bookId);
    const origin = promised ?? { round: 0, replicaId: '', startNumber: 0 };
    return { sequenceNumber, origin, decided: [{ operation, outcome: { kind } }] };
  }

  /** Flagged by its kind: what was forwarded is never forwarded again. */
  forward(peer: Peer, { requestId, bookId, operation, remainingMs }: Message<'forward'>): void {
    const { replicaId } = peer;
    const waiting = this.#waiting(bookId, operation, remainingMs, (result) => {
      if (replicaId !== null) this.peers.reply(replicaId, { kind: 'forwarded', requestId, result });
    });
    if (!this.ready() || !this.records.exists(bookId))
      waiting.reject({ kind: 'not started', reason: 'not ready' });
    else this.#coordinate(bookId, waiting);
  }

  forwarded({ requestId, result }: Message<'forwarded'>): void {
    this.#forwarded.get(requestId)?.end(result);
  }

  /** A coordinator that is not well any more will not answer: this replica checks itself. */
  forsakeUnhealthy(): void {
    for (const { to, end } of [...this.#forwarded.values()]) if (!this.peers.healthy(to)) end(null);
  }

  #waiting(
    bookId: BookId,
    operation: Operation,
    timeoutMs: number,
    done: (result: SubmitResult) => void,
  ): SubmitWaiting {
    const waiting: SubmitWaiting = {
      operation,
      told: null,
      proposed: false,
      repeats: false,
      answered: false,
      forwarding: false,
      answer: (entry) => waiting.reject(this.#decided(bookId, waiting, entry)),
      reject: (result) => {
        if (waiting.answered) return;
        waiting.answered = true;
        cancel();
        done(result);
      },
    };
    const cancel = this.context.after(timeoutMs, () =>
      waiting.reject(
        waiting.proposed || waiting.forwarding
          ? { kind: 'unknown' }
          : { kind: 'not started', reason: 'deadline' },
      ),
    );
    return waiting;
  }

  #decided(bookId: BookId, { operation: asked, repeats }: Waiting, entry: Entry): SubmitResult {
    const decided = entry.decided.find(({ operation }) => operation.operationId === asked.operationId);
    if (decided === undefined) return { kind: 'unknown' };
    const { operation, outcome } = decided;
    // V1: nobody is told that there is such a book.
    if (outcome.kind === 'hidden') return { kind: 'no such book' };
    const created = outcome.kind === 'created' || outcome.kind === 'exists';
    const about = created ? outcome.bookId : bookId;
    const { book, version: sequenceNumber } = this.records.get(about);
    const { store } = this.context.ports;
    return {
      kind: 'decided',
      operation,
      outcome,
      entryNumber: entry.sequenceNumber,
      bookId: about,
      sequenceNumber,
      book,
      ...(repeats && { repeated: true }),
      ...(operation.kind === 'confirm' && { reference: store.hold(operation.holdId)?.reference ?? null }),
    };
  }

  /** W9: to the book's coordinator, if it is another replica that seems well; safety never depends on it. */
  #route(bookId: BookId, waiting: SubmitWaiting, timeoutMs: number): void {
    const record = this.records.get(bookId);
    if (answerFromLedger(this.context, record, waiting)) return;
    const coordinator = record.promised === null ? undefined : this.peers.byId(record.promised.replicaId);
    const steer =
      coordinator !== undefined && this.peers.healthy(coordinator) && this.#forwarded.size < MAX_FORWARDED;
    // The ledger has just been looked at.
    if (!steer) return this.#queue(bookId, waiting);
    const requestId = this.context.nextRequestId();
    const end = (result: SubmitResult | null): void => {
      if (!this.#forwarded.delete(requestId)) return;
      cancel();
      if (waiting.answered) return;
      waiting.forwarding = false;
      const definite = result !== null && result.kind !== 'not started' && result.kind !== 'unknown';
      if (definite) return waiting.reject(result);
      // Also when it was not started there: the message may come, or have come, a second time.
      waiting.proposed = true;
      this.#coordinate(bookId, waiting);
    };
    const patienceMs = Math.min(timeoutMs, PATIENCE_LEASES * this.context.leaseMs);
    const cancel = this.context.after(patienceMs, () => end(null));
    this.#forwarded.set(requestId, { to: coordinator, end });
    waiting.forwarding = true;
    this.peers.send(coordinator, {
      kind: 'forward',
      requestId,
      bookId,
      operation: waiting.operation,
      remainingMs: timeoutMs,
    });
  }

  #coordinate(bookId: BookId, waiting: SubmitWaiting): void {
    if (answerFromLedger(this.context, this.records.get(bookId), waiting)) return;
    this.#queue(bookId, waiting);
  }

  #queue(bookId: BookId, waiting: SubmitWaiting): void {
    if (!this.coordinator.submit(bookId, waiting)) waiting.reject({ kind: 'not started', reason: 'busy' });
  }
}

interface SubmitWaiting extends Waiting {
  answered: boolean;
  /** Another replica has it: it may be applied there, whatever becomes of the answer. */
  forwarding: boolean;
}
