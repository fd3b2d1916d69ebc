import { LONG_AGO, earliest, later } from '../clocks.js';
import { type Context } from './context.js';
import { effectOf } from './invalidation.js';
import { changesBook } from './book-fold.js';
import { type Identities } from './identities.js';
import { type GrantedLeases } from './leases.js';
import { type Marks } from './marks.js';
import { type PeerMessage } from './messages.js';
import { type Peers } from './peers.js';
import { type RecordState, type Records } from './records.js';
import { takesByMergesOnly } from './reachable/lineage.js';
import { type Sessions } from './sessions.js';
import { compareBallots, sameBallot, type Ballot, type BookId, type ReplicaId } from './types.js';

type Message<K extends PeerMessage['kind']> = Extract<PeerMessage, { kind: K }>;

/** An accepted entry whose ok may not leave yet: the sync, the front-ends (F3) or the wait after a start (W10) is outstanding. */
interface Hold {
  readonly ballot: Ballot;
  outstanding: number;
  readonly replies: (() => void)[];
}

/** The side of a write that every replica takes, the coordinator included: it promises, accepts and commits (W1, W3, W5). */
export class Acceptor {
  readonly #holds = new Map<BookId, Hold>();
  /** W10: no ok to an update before that, for a replica that starts has forgotten whom it granted leases and sessions. */
  #noOkBefore = LONG_AGO;

  constructor(
    private readonly context: Context,
    private readonly records: Records,
    private readonly marks: Marks,
    private readonly granted: GrantedLeases,
    private readonly sessions: Sessions,
    private readonly peers: Peers,
    private readonly identities: Pick<Identities, 'votes' | 'promised'>,
  ) {}

  waitAfterStart(): void {
    if (this.context.rules['W10 wait after start'])
      this.#noOkBefore = later(this.context.now(), this.context.leaseMs);
  }

  /** W10 is over: this replica can say ok at once. */
  mayOk(): boolean {
    return this.#noOkBefore <= this.context.now();
  }

  /** W1. */
  check(from: ReplicaId, { bookId, ballot, committed }: Message<'check'>): void {
    if (!this.identities.votes) return;
    const record = this.records.get(bookId);
    const promised = this.identities.promised(record.promised);
    if (
      promised !== null &&
      compareBallots(ballot, promised) <= 0 &&
      this.context.rules['W1 refuse old ballots']
    ) {
      return this.#conflict(from, record, ballot, promised, committed);
    }
    this.records.promise(record, ballot);
    const newer = this.records.newerThan(record, committed);
    this.#reply(from, {
      kind: 'check ok',
      bookId,
      ballot,
      committed: record.committed,
      pending: record.pending,
      newer,
    });
  }

  /** W3. */
  update(from: ReplicaId, { bookId, ballot, entry, before }: Message<'update'>): void {
    // S1: the other, alone too, may not know what is pending here, and was answered.
    const isOwn = from === this.context.self;
    if (!this.identities.votes || (takesByMergesOnly(this.context) && !isOwn)) return;
    const record = this.records.get(bookId);
    const m = entry.sequenceNumber;
    this.records.learn(bookId, before);
    this.#commitBelow(record, ballot, m);
    const promised = this.identities.promised(record.promised);
    if (
      promised !== null &&
      compareBallots(ballot, promised) < 0 &&
      this.context.rules['W3 refuse old ballots']
    ) {
      return this.#conflict(from, record, ballot, promised, m - 1);
    }
    if (record.committed >= m && this.context.rules['W3 committed']) {
      const entries = this.records.newerThan(record, m - 1);
      return this.#reply(from, {
        kind: 'update committed',
        bookId,
        ballot,
        committed: record.committed,
        entries,
      });
    }
    if (record.committed < m - 1) {
      return this.#reply(from, { kind: 'behind', bookId, ballot, committed: record.committed });
    }
    const follows = record.committed >= m || this.records.follows(record, entry);
    if (follows && !this.records.isForged(bookId, entry))
      this.#accept(from, record, { bookId, ballot, entry });
  }

  /** W5. */
  commit(from: ReplicaId, { bookId, sequenceNumber, ballot, token }: Message<'commit'>): void {
    const record = this.records.get(bookId);
    const { pending } = record;
    const holds =
      pending?.entry.sequenceNumber === sequenceNumber && this.#sameBallot(pending.ballot, ballot);
    if (pending !== null && holds) {
      this.records.commit(record, pending.entry);
      const { identity, rules } = this.context;
      const ownToken = token?.startNumber === identity.startNumber || !rules['W5 token start number'];
      if (token !== null && ownToken) {
        this.marks.mark(
          record,
          rules['W5 token time'] ? earliest(token.at, this.context.now()) : this.context.now(),
        );
      }
      return this.context.leave({ kind: 'changed', bookId });
    }
    // C2: a commit for an entry that is not here: ask for what is lacking.
    if (record.committed < sequenceNumber) {
      this.peers.reply(from, { kind: 'fetch', bookId, committed: record.committed });
    }
  }

  /** The record moved on: an ok for an entry below is of no use any more. */
  changed(record: RecordState): void {
    if (record.pending === null) this.#holds.delete(record.bookId);
  }

  /** "Everything below m is committed" commits a pending m-1 only if it bears the same ballot. */
  #commitBelow(record: RecordState, ballot: Ballot, m: number): void {
    const { pending } = record;
    if (pending === null || pending.entry.sequenceNumber !== m - 1) return;
    if (!sameBallot(pending.ballot, ballot) && this.context.rules['W3 behind by ballot']) return;
    this.records.commit(record, pending.entry);
    this.context.leave({ kind: 'changed', bookId: record.bookId });
  }

  #accept(
    from: ReplicaId,
    record: RecordState,
    { bookId, ballot, entry }: Omit<Message<'update'>, 'kind' | 'before'>,
  ): void {
    const { rules } = this.context;
    const known = this.#holds.get(bookId);
    const repeated = known !== undefined && record.pending !== null && sameBallot(known.ballot, ballot);
    const ok = (): void => {
      const { identity } = this.context;
      this.peers.reply(from, {
        kind: 'update ok',
        bookId,
        ballot,
        sequenceNumber: entry.sequenceNumber,
        leases: this.granted.list(),
        token: { startNumber: identity.startNumber, at: this.context.now() },
      });
    };
    if (repeated) {
      if (known.outstanding === 0 || !rules['W3 repeated update waits']) ok();
      else known.replies.push(ok);
      return;
    }
    this.records.accept(record, ballot, entry);
    this.marks.drop(bookId);
    const hold: Hold = { ballot, outstanding: 3, replies: [ok] };
    this.#holds.set(bookId, hold);
    const release = (): void => {
      if (--hold.outstanding > 0) return;
      for (const reply of hold.replies.splice(0)) reply();
    };
    const silent = !changesBook(entry) && rules['W11 refusals invalidate nothing'];
    if (silent) release();
    else this.sessions.forget(effectOf(bookId, entry, record.book), release);
    this.context.afterSync(release);
    const waitMs = this.#noOkBefore - this.context.now();
    if (waitMs > 0) this.context.after(waitMs, release);
    else release();
  }

  #conflict(from: ReplicaId, record: RecordState, ballot: Ballot, promised: Ballot, committed: number): void {
    const newer = this.records.newerThan(record, committed);
    this.#reply(from, {
      kind: 'conflict',
      bookId: record.bookId,
      ballot,
      promised,
      committed: record.committed,
      newer,
    });
  }

  #sameBallot(a: Ballot, b: Ballot): boolean {
    return sameBallot(a, b) || !this.context.rules['W5 commit by ballot'];
  }

  #reply(to: ReplicaId, body: PeerMessage): void {
    this.context.afterSync(() => this.peers.reply(to, body));
  }
}
