import { later } from '../clocks.js';
import { buildEntry, type Waiting } from './batch.js';
import { type Context } from './context.js';
import { invariant } from './invariant.js';
import { type HeldLeases } from './leases.js';
import { type Marks } from './marks.js';
import { type ListedLease, type PeerMessage } from './messages.js';
import { type Peers } from './peers.js';
import { quorumSize, voters } from './quorum.js';
import { type RecordState, type Records } from './records.js';
import { completesAt, longestPauseMs, type Checking, type Updating } from './rounds.js';
import {
  compareBallots,
  sameBallot,
  type Ballot,
  type BookId,
  type Entry,
  type MonotonicMs,
  type Pending,
  type ReplicaId,
} from './types.js';

type Message<K extends PeerMessage['kind']> = Extract<PeerMessage, { kind: K }>;

/** Most operations that wait for one book; more are refused as `busy`. */
const MAX_WAITING = 10_000;
/** Most books kept in memory as led, beyond those at work. */
const MAX_IDLE = 20_000;

/** What this replica does, or leads, as the coordinator of one record. */
interface Work {
  readonly bookId: BookId;
  waiting: Waiting[];
  /** Reads that wait for a check or update sent after they arrived (R2). */
  settling: { readonly since: MonotonicMs; readonly done: () => void }[];
  /** Bring entries up to this number to an end (C2). */
  finishUpTo: number;
  /** Holds may have run out, or what they follow have been decided (H3, H5). */
  sweeping: boolean;
  /** W6: the ballot that this replica won its last check with, while nothing higher is known. Memory only: a restart checks first. */
  leading: Ballot | null;
  round: Checking | Updating | null;
  highestRound: number;
  conflicts: number;
  attempts: number;
  pausing: boolean;
  cancelTimer: () => void;
  /** The last entry this replica brought to completion, for oks that come late. */
  won: { readonly ballot: Ballot; readonly sequenceNumber: number } | null;
}

/** The side of a write that its coordinator takes: check, update, commit (W1 to W8), and bringing to an end what others left (C2). */
export class Coordinator {
  readonly #works = new Map<BookId, Work>();
  #still = false;
  rounds = 0;
  takeovers = 0;
  conflicts = 0;

  constructor(
    private readonly context: Context,
    private readonly records: Records,
    private readonly marks: Marks,
    private readonly leases: HeldLeases,
    private readonly peers: Peers,
  ) {}

  /** Returns false when too many wait for that book already. */
  submit(bookId: BookId, waiting: Waiting): boolean {
    const work = this.#work(bookId);
    if (work.waiting.length >= MAX_WAITING) return false;
    work.waiting.push(waiting);
    this.#drive(work);
    return true;
  }

  /** R2: `done` once a check or update sent after this call shows the record to be as it is here. */
  settle(bookId: BookId, done: () => void): void {
    const work = this.#work(bookId);
    work.settling.push({ since: this.context.now(), done });
    this.#drive(work);
  }

  /** C2: an entry with that number has been pending for too long. */
  finish(bookId: BookId, sequenceNumber: number): void {
    const work = this.#work(bookId);
    work.finishUpTo = Math.max(work.finishUpTo, sequenceNumber);
    this.#drive(work);
  }

  /** H3, H5: to be looked at, holds that have ended without a word from anybody. */
  sweep(bookId: BookId): void {
    const work = this.#work(bookId);
    work.sweeping = true;
    this.#drive(work);
  }

  busy(bookId: BookId): boolean {
    return (this.#works.get(bookId)?.round ?? null) !== null;
  }

  waitingCount(): number {
    let count = 0;
    for (const work of this.#works.values()) count += work.waiting.length;
    return count;
  }

  /** Drops what is led but idle when there is too much of it. It costs a check when such a book is written again. */
  trim(): void {
    if (this.#works.size <= MAX_IDLE) return;
    for (const [bookId, work] of this.#works) {
      const idle =
        work.round === null &&
        work.waiting.length + work.settling.length === 0 &&
        !work.pausing &&
        !work.sweeping;
      if (idle) this.#works.delete(bookId);
    }
  }

  /** `reachable`: while two sides of a split are being merged, neither adds to its ledgers. */
  standStill(still: boolean): void {
    this.#still = still;
    this.restartAll();
  }

  /** C3: what a replaced identity promised or accepted counts no more, so every round starts over. */
  restartAll(): void {
    for (const work of this.#works.values()) {
      work.leading = null;
      if (work.round !== null) this.#abandon(work);
      this.#drive(work);
    }
  }

  /** The record moved on through someone else. */
  changed(record: RecordState): void {
    const work = this.#works.get(record.bookId);
    if (work === undefined) return;
    const { round } = work;
    if (round?.kind === 'updating' && record.committed >= round.entry.sequenceNumber) {
      // Another coordinator brought that number to its end, perhaps with another entry: acceptors that hold this round's must not take
      // the next update under the same ballot to mean that it was committed.
      if (this.context.rules['W6 a lost round ends fast path']) work.leading = null;
      this.#abandon(work);
    }
    this.#drive(work);
  }

  checkOk(from: ReplicaId, message: Message<'check ok'>): void {
    const work = this.#works.get(message.bookId);
    const round = work?.round;
    if (work === undefined || round?.kind !== 'checking' || !sameBallot(round.ballot, message.ballot)) return;
    round.oks.set(from, message);
    if (this.context.isQuorum(round.oks)) this.#checked(work, round);
  }

  conflict(message: Message<'conflict'>): void {
    const work = this.#works.get(message.bookId);
    if (work !== undefined) work.highestRound = Math.max(work.highestRound, message.promised.round);
    // Repeated messages make an acceptor refuse a ballot that it has promised to: that is none.
    const real = compareBallots(message.promised, message.ballot) > 0;
    if (work !== undefined && real && this.#current(work, message.ballot)) {
      this.conflicts++;
      if (this.context.rules['W6 conflict ends fast path']) work.leading = null;
      const tookMs = this.context.now() - (work.round?.sentAt ?? this.context.now());
      this.#abandon(work);
      this.#pause(work, tookMs);
    }
    this.records.learn(message.bookId, message.newer);
    if (work !== undefined) this.#drive(work);
  }

  updateOk(from: ReplicaId, message: Message<'update ok'>): void {
    const work = this.#works.get(message.bookId);
    if (work === undefined) return;
    const { round } = work;
    if (round?.kind !== 'updating' || !sameBallot(round.ballot, message.ballot))
      return this.#lateOk(work, from, message);
    if (round.entry.sequenceNumber !== message.sequenceNumber) return this.#lateOk(work, from, message);
    const now = this.context.now();
    const holders = new Map(
      message.leases.map(({ holder, remainingMs }: ListedLease) => [holder, later(now, remainingMs)]),
    );
    round.oks.set(from, { token: message.token, holders });
    this.#tryComplete(work, round);
  }

  /** W3: the acceptor has that number already; what stands there may be another entry. */
  updateCommitted(message: Message<'update committed'>): void {
    const work = this.#works.get(message.bookId);
    if (work !== undefined && this.#current(work, message.ballot)) {
      work.leading = null;
      this.#abandon(work);
    }
    this.records.learn(message.bookId, message.entries);
    if (work !== undefined) this.#drive(work);
  }

  discharge({ bookId, ballot, sequenceNumber, holder }: Message<'discharge'>): void {
    const work = this.#works.get(bookId);
    const round = work?.round;
    if (work === undefined || round?.kind !== 'updating' || !sameBallot(round.ballot, ballot)) return;
    if (round.entry.sequenceNumber !== sequenceNumber) return;
    round.discharged.add(holder);
    this.#tryComplete(work, round);
  }

  /**
   * R2: this replica's own write of that record cannot be complete yet, so it may answer with the entry before it. Another coordinator could
   * complete the entry only with this replica's ok (which its promise would show), or once the leases had run out that this replica's mark
   * leaned on, or were renewed by a grant that names the entry under the other's ballot.
   */
  answersBefore(record: RecordState): boolean {
    const { rules } = this.context;
    const round = this.#works.get(record.bookId)?.round;
    if (round?.kind !== 'updating' || !rules['R2 answer before an incomplete write']) return false;
    // Another coordinator has brought that number to its end: the entry before it is not the last any more.
    if (record.committed >= round.entry.sequenceNumber) return false;
    if (round.validBefore === null || !this.leases.majoritySince(round.validBefore)) return false;
    const superseded =
      !sameBallot(record.promised, round.ballot) || this.marks.barredAbove(record.bookId, round.ballot);
    return !superseded || !rules['R2 not when superseded'];
  }

  behind(from: ReplicaId, { bookId, ballot, committed }: Message<'behind'>): void {
    const work = this.#works.get(bookId);
    const round = work?.round;
    if (round?.kind !== 'updating' || !sameBallot(round.ballot, ballot)) return;
    const before = this.records.newerThan(this.records.get(bookId), committed);
    this.peers.reply(from, { kind: 'update', bookId, ballot, entry: round.entry, before });
  }

  /** A late ok is answered with a commit only if that ballot won. */
  #lateOk(work: Work, from: ReplicaId, { sequenceNumber, ballot, token }: Message<'update ok'>): void {
    const won = work.won?.sequenceNumber === sequenceNumber && sameBallot(work.won.ballot, ballot);
    const wrongly =
      !this.context.rules['W5 late ok by ballot'] && work.won?.sequenceNumber === sequenceNumber;
    if (won || wrongly) this.#sendCommit(from, { bookId: work.bookId, sequenceNumber, ballot, token });
  }

  #current(work: Work, ballot: Ballot): boolean {
    return work.round !== null && sameBallot(work.round.ballot, ballot);
  }

  #work(bookId: BookId): Work {
    let work = this.#works.get(bookId);
    if (work === undefined) {
      work = {
        bookId,
        waiting: [],
        settling: [],
        finishUpTo: -1,
        sweeping: false,
        leading: null,
        round: null,
        highestRound: 0,
        conflicts: 0,
        attempts: 0,
        pausing: false,
        cancelTimer: () => undefined,
        won: null,
      };
      this.#works.set(bookId, work);
    }
    return work;
  }

  /** Starts what is to be done next for a record, if nothing is under way. */
  #drive(work: Work): void {
    if (work.round !== null || this.context.halted) return;
    if (!work.pausing && !this.#still) this.#next(work);
    // Whatever ended the last round: those who wait for its end have to look for themselves now.
    if (work.round === null) this.context.leave({ kind: 'at rest', bookId: work.bookId });
  }

  #next(work: Work): void {
    const record = this.records.get(work.bookId);
    // Nobody waits for these any more: they are no reason for a round.
    work.waiting = work.waiting.filter(({ answered }) => !answered);
    const { settling, leading } = work;
    const hasWork = work.waiting.length > 0 || work.sweeping;
    if (hasWork && leading !== null && record.pending === null && sameBallot(record.promised, leading)) {
      return this.#propose(work, record, leading);
    }
    if (hasWork || settling.length > 0 || work.finishUpTo > record.committed) this.#check(work, record);
  }

  /** W1. */
  #check(work: Work, record: RecordState): void {
    const { replicaId, startNumber, past } = this.context.identity;
    work.highestRound = Math.max(work.highestRound, record.promised?.round ?? 0, past.floor) + 1;
    const ballot = { round: work.highestRound, replicaId, startNumber };
    const round: Checking = { kind: 'checking', ballot, sentAt: this.context.now(), oks: new Map() };
    this.#begin(work, round);
    this.peers.broadcast({ kind: 'check', bookId: work.bookId, ballot, committed: record.committed });
  }

  /** W2: a majority has said ok. */
  #checked(work: Work, round: Checking): void {
    work.round = null;
    work.cancelTimer();
    const oks = voters(this.context.electorate, round.oks).flatMap((voter) => round.oks.get(voter) ?? []);
    if (this.context.rules['W2 take over newer entries']) {
      for (const { newer } of oks) this.records.learn(work.bookId, newer);
    }
    const record = this.records.get(work.bookId);
    if (oks.some(({ committed }) => committed > record.committed)) return this.#drive(work);
    work.attempts = 0;
    const left = this.#pendingToTakeOver(oks, record);
    if (left !== null) this.takeovers++;
    if (left !== null) return this.#update(work, round.ballot, left.entry, []);
    work.leading = round.ballot;
    this.marks.mark(record, round.sentAt);
    this.#settled(work, round.sentAt);
    // Whoever was answered may have started the next round: a ballot is used once for each number.
    if (work.round !== null) return;
    // Entry m is accepted where m - 1 is committed, and this check showed all that is: what was said to be pending further up is not.
    if (record.committed < 0 || work.finishUpTo > record.committed + 1) work.finishUpTo = -1;
    if (work.finishUpTo > record.committed) {
      return this.#update(work, round.ballot, this.records.nextEntry(record, round.ballot, []), []);
    }
    if (work.waiting.length > 0 || work.sweeping) return this.#propose(work, record, round.ballot);
    work.conflicts = 0;
    this.#drive(work);
  }

  /** W2: the pending entry with the highest ballot has to be brought to commit before anything else. */
  #pendingToTakeOver(oks: readonly Message<'check ok'>[], record: RecordState): Pending | null {
    if (!this.context.rules['W2 take over pending']) return null;
    let best: Pending | null = null;
    for (const { pending } of oks) {
      if (pending === null || !this.records.follows(record, pending.entry)) continue;
      const higher = best === null || compareBallots(pending.ballot, best.ballot) > 0;
      if (higher === this.context.rules['W2 highest ballot first'] || best === null) best = pending;
    }
    return best;
  }

  /** The next entry of those operations that wait. */
  #propose(work: Work, record: RecordState, ballot: Ballot): void {
    const { decided, callers, rest } = buildEntry(this.context, this.records, record, work.waiting);
    work.waiting = rest;
    work.sweeping = false;
    if (decided.length === 0) return this.#drive(work);
    this.#update(work, ballot, this.records.nextEntry(record, ballot, decided), callers);
  }

  /** W3. */
  #update(work: Work, ballot: Ballot, entry: Entry, callers: readonly Waiting[]): void {
    const sentAt = this.context.now();
    for (const caller of callers) caller.proposed = true;
    const own = sameBallot(entry.origin, ballot) || !this.context.rules['R2 own write only'];
    const validBefore = own ? this.marks.validatedAt(work.bookId) : null;
    const round: Updating = {
      kind: 'updating',
      ballot,
      sentAt,
      entry,
      oks: new Map(),
      discharged: new Set(),
      validBefore,
      callers,
    };
    this.rounds++;
    this.#begin(work, round);
    this.peers.broadcast({ kind: 'update', bookId: work.bookId, ballot, entry, before: [] });
  }

  #begin(work: Work, round: Checking | Updating): void {
    work.cancelTimer();
    invariant(round.ballot.replicaId === this.context.self, () => 'every round is under an own ballot');
    work.round = round;
    const delayMs =
      (this.context.leaseMs / 4) *
      (1 + this.context.ports.random.fraction()) *
      2 ** Math.min(work.attempts, 3);
    work.cancelTimer = this.context.after(delayMs, () => this.#unanswered(work, round));
  }

  /** A lost check is sent again with a higher round; a lost update as it was. */
  #unanswered(work: Work, round: Checking | Updating): void {
    if (work.round !== round) return;
    work.attempts++;
    if (round.kind === 'checking') {
      work.round = null;
      return this.#drive(work);
    }
    this.#begin(work, round);
    const update = {
      kind: 'update',
      bookId: work.bookId,
      ballot: round.ballot,
      entry: round.entry,
      before: [],
    } as const;
    for (const peer of this.peers.all) {
      if (peer.replicaId !== null && !round.oks.has(peer.replicaId)) this.peers.send(peer, update);
    }
    if (!round.oks.has(this.context.self)) this.peers.reply(this.context.self, update);
  }

  #tryComplete(work: Work, round: Updating): void {
    if (work.round !== round || !this.context.isQuorum(round.oks)) return;
    const now = this.context.now();
    const completeAt = this.context.rules['W4 wait for holders'] ? this.#completesAt(round) : now;
    if (completeAt <= now) return this.#complete(work, round);
    this.context.after(completeAt - now, () => this.#tryComplete(work, round));
  }

  #completesAt(round: Updating): MonotonicMs {
    const { electorate } = this.context;
    return completesAt(round, quorumSize(electorate), voters(electorate, round.oks));
  }

  /** W5. */
  #complete(work: Work, round: Updating): void {
    const { ballot, entry } = round;
    invariant(this.context.isQuorum(round.oks), () => 'a complete update has the oks of a quorum');
    const record = this.records.get(work.bookId);
    work.round = null;
    work.cancelTimer();
    work.attempts = 0;
    // Only now: between a check and its update another coordinator may have come in, again and again.
    work.conflicts = 0;
    this.records.commit(record, entry);
    work.won = { ballot, sequenceNumber: entry.sequenceNumber };
    work.leading = sameBallot(record.promised, ballot) ? ballot : null;
    this.marks.mark(record, round.sentAt);
    this.#settled(work, round.sentAt);
    for (const caller of round.callers) caller.answer(entry);
    for (const { replicaId } of this.peers.all) {
      if (replicaId === null) continue;
      const token = round.oks.get(replicaId)?.token ?? null;
      this.#sendCommit(replicaId, {
        bookId: work.bookId,
        sequenceNumber: entry.sequenceNumber,
        ballot,
        token,
      });
    }
    this.context.leave({ kind: 'changed', bookId: work.bookId });
    this.#drive(work);
  }

  /** W5: the token comes back only if this replica can at this moment answer the book locally at that very number. */
  #sendCommit(to: ReplicaId, commit: Omit<Message<'commit'>, 'kind'>): void {
    const record = this.records.get(commit.bookId);
    const validated = record.committed === commit.sequenceNumber && this.marks.answersLocally(record);
    const token = validated || !this.context.rules['W5 token if it answers locally'] ? commit.token : null;
    this.peers.reply(to, { kind: 'commit', ...commit, token });
  }

  /** R2: a read may join only a check or update sent after it arrived. */
  #settled(work: Work, sentAt: MonotonicMs): void {
    const settled = work.settling.filter(({ since }) => since <= sentAt);
    work.settling = work.settling.filter(({ since }) => since > sentAt);
    for (const { done } of settled) done();
  }

  /** Ends a round without its outcome: its operations wait for the next, where the ledger tells whether they were applied (W8). */
  #abandon(work: Work): void {
    const { round } = work;
    work.round = null;
    work.cancelTimer();
    if (round?.kind === 'updating') work.waiting.unshift(...round.callers);
  }

  /** Two coordinators that keep refusing each other part by waiting a random moment. */
  #pause(work: Work, tookMs: number): void {
    if (work.pausing) return;
    work.pausing = true;
    const mostMs = longestPauseMs(tookMs, work.conflicts++, this.context.leaseMs);
    this.context.after(mostMs * this.context.ports.random.fraction(), () => {
      work.pausing = false;
      this.#drive(work);
    });
  }
}
