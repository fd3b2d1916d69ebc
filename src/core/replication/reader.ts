import { type Context } from './context.js';
import { type Coordinator } from './coordinator.js';
import { type Marks } from './marks.js';
import { type PeerMessage } from './messages.js';
import { type Peer, type Peers } from './peers.js';
import { type RecordState, type Records } from './records.js';
import { type ReadResult } from './results.js';
import { CATALOGUE, type BookId, type ReplicaId } from './types.js';

type Message<K extends PeerMessage['kind']> = Extract<PeerMessage, { kind: K }>;

/** Most reads that wait at one replica; more are refused at once. */
const MAX_READS = 20_000;

interface Read {
  readonly bookId: BookId;
  ended: boolean;
  end(result: ReadResult): void;
}

/** Reads of one record that this replica could not answer locally: those a get is under way for, and those that came later. */
interface Hop {
  readonly riders: Read[];
  later: Read[];
}

/** Reading: locally, else by a hop to a replica with a valid copy, else settled as coordinator (R1, R2). */
export class Reader {
  readonly #hops = new Map<BookId, Hop>();
  readonly #gets = new Map<
    number,
    { readonly to: Peer; readonly end: (answer: Message<'got'> | null) => void }
  >();
  readonly #waitingForRound = new Map<BookId, Set<() => void>>();
  #reads = 0;

  constructor(
    private readonly context: Context,
    private readonly records: Records,
    private readonly marks: Marks,
    private readonly coordinator: Coordinator,
    private readonly peers: Peers,
  ) {}

  read(bookId: BookId, timeoutMs: number, done: (result: ReadResult) => void): void {
    if (this.#reads >= MAX_READS) return done({ kind: 'unavailable' });
    this.#reads++;
    const read: Read = {
      bookId,
      ended: false,
      end: (result) => {
        if (read.ended) return;
        read.ended = true;
        this.#reads--;
        cancel?.();
        done(result);
      },
    };
    let cancel: (() => void) | undefined;
    this.#attempt(read);
    if (!read.ended) cancel = this.context.after(timeoutMs, () => read.end({ kind: 'unavailable' }));
  }

  /** R2: another replica asks. Answered along the chain; each replica on it takes the entries over. */
  get(from: ReplicaId, { requestId, bookId, committed, asked }: Message<'get'>): void {
    this.#obtain(bookId, asked, (valid) => {
      const record = this.records.get(bookId);
      const entries = this.records.newerThan(record, committed);
      this.peers.reply(from, { kind: 'got', requestId, bookId, committed: record.committed, entries, valid });
    });
  }

  got(message: Message<'got'>): void {
    this.#gets.get(message.requestId)?.end(message);
  }

  /** Who is not well will not answer: the next is asked. */
  forsakeUnhealthy(): void {
    for (const { to, end } of [...this.#gets.values()]) if (!this.peers.healthy(to)) end(null);
  }

  /** A round on that record ended, or its copy here changed. */
  changed(bookId: BookId): void {
    if (this.coordinator.busy(bookId)) return;
    for (const retry of [...(this.#waitingForRound.get(bookId) ?? [])]) retry();
  }

  /** An id without a book is read from record 0: does it exist by now? */
  #target(bookId: BookId): BookId {
    return this.records.exists(bookId) ? bookId : CATALOGUE;
  }

  #attempt(read: Read): void {
    const target = this.#target(read.bookId);
    if (this.#canAnswer(this.records.get(target))) return this.#answer(read, target);
    const hop = this.#hops.get(target);
    // A get that was sent before this read came proves nothing for it: it waits for the next.
    if (hop !== undefined) hop.later.push(read);
    else this.#hop(target, [read]);
  }

  #hop(target: BookId, riders: Read[]): void {
    const hop: Hop = { riders, later: [] };
    this.#hops.set(target, hop);
    this.#obtain(target, [], (valid) => {
      this.#hops.delete(target);
      if (valid) for (const read of hop.riders) this.#answer(read, target);
      else this.#settle(target, hop.riders);
      const later = hop.later.filter(({ ended }) => !ended);
      const next = this.#hops.get(target);
      if (next !== undefined) next.later.push(...later);
      else if (later.length > 0) this.#hop(target, later);
    });
  }

  /** R2: no valid copy anywhere: a majority's ok to a check sent from now on, and nothing pending, settles it. */
  #settle(target: BookId, riders: readonly Read[]): void {
    const open = riders.filter(({ ended }) => !ended);
    // One without a vote cannot settle anything: whoever asks had better ask another.
    if (!this.context.identity.joined) for (const read of open) read.end({ kind: 'unavailable' });
    else if (open.length > 0) this.#settleOpen(target, open);
  }

  #settleOpen(target: BookId, open: readonly Read[]): void {
    this.coordinator.settle(target, () => {
      for (const read of open) this.#answer(read, target);
    });
  }

  /** What this replica knows of `target` is at least as new as any write that was complete when the read came. */
  #answer(read: Read, target: BookId): void {
    if (read.ended) return;
    const record = this.records.get(read.bookId);
    if (record.book === null)
      return read.end({ kind: 'not found', cacheable: this.#aloneNow(this.records.get(CATALOGUE)) });
    // It came into being meanwhile: what was read is record 0, not the book.
    if (target !== read.bookId) return this.#attempt(read);
    const { book, version: sequenceNumber } = record;
    read.end({ kind: 'found', bookId: read.bookId, book, sequenceNumber, cacheable: this.#aloneNow(record) });
  }

  /** R1, or its own write is known to be incomplete. */
  #canAnswer(record: RecordState): boolean {
    return this.marks.answersLocally(record) || this.coordinator.answersBefore(record);
  }

  #aloneNow(record: RecordState): boolean {
    return this.marks.answersLocally(record) || !this.context.rules['F2 cache local answers only'];
  }

  /** `done(true)`: this replica's copy is valid as of this call. `asked`: replicas already on the chain. */
  #obtain(bookId: BookId, asked: readonly ReplicaId[], done: (valid: boolean) => void): void {
    if (this.#canAnswer(this.records.get(bookId))) return done(true);
    // As coordinator it will be able to answer when its round is over.
    if (this.coordinator.busy(bookId))
      return this.#whenRoundEnds(bookId, () => this.#obtain(bookId, asked, done));
    const record = this.records.get(bookId);
    const peer = this.#next(record, asked);
    if (peer === null) return done(false);
    const sentAt = this.context.now();
    this.#send(peer, record, asked, (answer) => {
      if (answer === null || peer.replicaId === null) {
        return this.#obtain(bookId, [...asked, peer.replicaId ?? ''], done);
      }
      this.records.learn(bookId, answer.entries);
      const now = this.records.get(bookId);
      const more = now.committed < answer.committed && answer.entries.length > 0;
      // Only a message full came: ask for the rest.
      if (more) return this.#obtain(bookId, asked, done);
      if (!answer.valid || now.committed < answer.committed) return done(false);
      this.marks.mark(now, sentAt);
      done(true);
    });
  }

  /** A healthy replica that the chain has not asked; the record's coordinator first, for its copy is the newest. */
  #next(record: RecordState, asked: readonly ReplicaId[]): Peer | null {
    const candidates = this.peers.all.filter(
      (peer) => this.peers.healthy(peer) && !asked.includes(peer.replicaId ?? ''),
    );
    return (
      candidates.find(({ replicaId }) => replicaId === record.promised?.replicaId) ?? candidates[0] ?? null
    );
  }

  #send(
    peer: Peer,
    record: RecordState,
    asked: readonly ReplicaId[],
    done: (answer: Message<'got'> | null) => void,
  ): void {
    const { bookId, committed } = record;
    const requestId = this.context.nextRequestId();
    const end = (answer: Message<'got'> | null): void => {
      if (!this.#gets.delete(requestId)) return;
      cancel();
      done(answer);
    };
    const cancel = this.context.after(this.context.leaseMs / 4, () => end(null));
    this.#gets.set(requestId, { to: peer, end });
    this.peers.send(peer, {
      kind: 'get',
      requestId,
      bookId,
      committed,
      asked: [...asked, this.context.self],
    });
  }

  #whenRoundEnds(bookId: BookId, retry: () => void): void {
    const waiting = this.#waitingForRound.get(bookId) ?? new Set();
    this.#waitingForRound.set(bookId, waiting);
    const once = (): void => {
      // A retry may bring about the next change: it then has been called from there.
      if (!waiting.delete(once)) return;
      if (waiting.size === 0 && this.#waitingForRound.get(bookId) === waiting) {
        this.#waitingForRound.delete(bookId);
      }
      retry();
    };
    waiting.add(once);
  }
}
