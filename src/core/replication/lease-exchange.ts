import { type Acceptor } from './acceptor.js';
import { type CatchUp } from './catch-up.js';
import { type Context } from './context.js';
import { type Identities } from './identities.js';
import { unknownEffect } from './invalidation.js';
import { type GrantedLeases, type HeldLeases } from './leases.js';
import { type Marks } from './marks.js';
import { type Envelope, type NamedPending, type PeerMessage } from './messages.js';
import { type Partnership } from './reachable/partnership.js';
import { type Peer, type Peers } from './peers.js';
import { type Records } from './records.js';
import { type Sessions } from './sessions.js';
import { compareBallots, type Ballot, type BookId, type MonotonicMs, type ReplicaId } from './types.js';

type Message<K extends PeerMessage['kind']> = Extract<PeerMessage, { kind: K }>;

/** What is gathered before leases are renewed early, to report books that front-ends have forgotten. */
const EARLY_RENEWAL_MS = 2;

/** Commits ride on a later sync; when none has come for so long they get one of their own, so that peers hear of them as safe. */
const FLUSH_AFTER_MS = 1_000;

/** Asking for leases and granting them, and what travels with them: what is pending, what is barred, who is alone (R3, R4). */
export class LeaseExchange {
  /** From then on nothing is asked for or granted. */
  #stopped = false;
  #early = false;
  /** A change that was not safe on disk then. */
  #unsafe: { readonly change: number; readonly since: MonotonicMs } | null = null;

  constructor(
    private readonly context: Context,
    private readonly records: Records,
    private readonly marks: Marks,
    private readonly held: HeldLeases,
    private readonly granted: GrantedLeases,
    private readonly sessions: Sessions,
    private readonly acceptor: Acceptor,
    private readonly catchUp: CatchUp,
    private readonly partnership: Partnership,
    private readonly peers: Peers,
    private readonly identities: Identities,
  ) {}

  stop(): void {
    this.#stopped = true;
  }

  /** Each quarter of a lease. */
  renew(): void {
    if (this.#stopped) return;
    const { identity, durableChange } = this.context;
    const request: Message<'lease request'> = {
      kind: 'lease request',
      sentAt: this.context.now(),
      life: this.context.life,
      standing: this.partnership.standing(),
      joined: identity.joined,
      lastChange: durableChange,
      barred: this.#forgottenBooks(),
    };
    for (const peer of this.peers.all) this.peers.send(peer, request);
    this.#flush();
  }

  #flush(): void {
    const { durableChange, ports } = this.context;
    const now = this.context.now();
    const change = ports.store.lastChange();
    if (this.#unsafe === null || this.#unsafe.change <= durableChange) {
      this.#unsafe = change > durableChange ? { change, since: now } : null;
    } else if (now - this.#unsafe.since >= FLUSH_AFTER_MS) {
      this.context.afterSync(() => undefined);
    }
  }

  request(peer: Peer, { from, fromStart }: Envelope, message: Message<'lease request'>): void {
    const { sentAt, life, standing, joined, barred } = message;
    const refusal = this.identities.refusalOf(peer, from, fromStart, message);
    if (refusal !== null) return this.peers.send(peer, refusal);
    peer.joined = joined;
    if (this.#stopped) return;
    this.partnership.otherAsked(from, standing);
    if (this.context.rules['W4 discharge barred holders']) this.#discharge(from, barred);
    const voting = joined && this.context.identity.joined && this.#mayVote();
    const durationMs = voting ? this.granted.grant(from) : 0;
    this.peers.send(peer, {
      kind: 'lease grant',
      sentAt,
      toLife: life,
      standing: this.partnership.standing(),
      durationMs,
      pending: this.records.allPending(),
    });
  }

  grant(from: ReplicaId, { sentAt, toLife, standing, durationMs, pending }: Message<'lease grant'>): void {
    const { life, rules } = this.context;
    if (toLife !== life && rules['R3 grant to this life']) return;
    // Before the lease counts: what it leans on is known to be pending there (R4).
    this.named(pending);
    if (!this.#stopped) this.held.granted(from, sentAt, durationMs);
    this.partnership.otherAnswered(from, standing, durationMs > 0, sentAt);
    if (this.identities.answeredBy(from)) this.catchUp.reset();
    if (!this.partnership.merging) this.catchUp.tick();
  }

  /** R4, C1: a replica has named what it holds pending. */
  named(pending: readonly NamedPending[]): void {
    for (const each of pending) this.#bar(each);
  }

  #bar([bookId, number, ballot, titles]: NamedPending): void {
    const record = this.records.get(bookId);
    if (!this.marks.bar(record, { number, ballot, titles })) return;
    const { rules } = this.context;
    // Whoever holds that entry itself has told its front-ends when it accepted it.
    const toldAlready = record.pending?.entry.sequenceNumber === number && !titles;
    if (toldAlready || !rules['R4 tell front-ends']) return;
    const forgotten = (): void => {
      this.marks.forgotten(bookId, number);
      this.#renewEarly();
    };
    this.sessions.forget(unknownEffect(bookId, titles), forgotten);
    if (!rules['W4 discharge after front-ends forgot']) forgotten();
  }

  /**
   * W4: a write waits for every holder that it finds on a list. One that was barred from the book answers it from no mark until it has seen
   * that number committed, and its front-ends have forgotten it: that is as good as its ok, so the granter passes it on to the coordinator.
   * Unless it knows of a lower ballot only: it may be the coordinator of that, and answer before its own write (R2).
   */
  #discharge(holder: ReplicaId, barred: Message<'lease request'>['barred']): void {
    for (const [bookId, sequenceNumber, known] of barred) {
      const { pending } = this.records.get(bookId);
      if (pending?.entry.sequenceNumber !== sequenceNumber) continue;
      const { ballot } = pending;
      if (compareBallots(known, ballot) < 0 && this.context.rules['W4 discharge by ballot']) continue;
      this.peers.reply(ballot.replicaId, { kind: 'discharge', bookId, ballot, sequenceNumber, holder });
    }
  }

  #renewEarly(): void {
    if (this.#early) return;
    this.#early = true;
    this.context.after(EARLY_RENEWAL_MS, () => {
      this.#early = false;
      this.renew();
    });
  }

  /** W10 holds here as for an ok: front-ends may still trust what the life before told them. */
  #forgottenBooks(): [BookId, number, Ballot][] {
    if (!this.acceptor.mayOk() && this.context.rules['W10 no discharge before']) return [];
    return [...this.marks.barred()].flatMap(([bookId, bar]): [BookId, number, Ballot][] =>
      bar.forgotten ? [[bookId, bar.number, bar.ballot]] : [],
    );
  }

  /** With two replicas that sell on alone, a lease tells the other that this one says ok from now on: it need not wait for W10. */
  #mayVote(): boolean {
    return this.context.options.writePolicy === 'majority' || this.acceptor.mayOk();
  }
}
