import { Acceptor } from './acceptor.js';
import {
  type BarrierResult,
  type CatalogReplica,
  type RecordStatus,
  type ReplicaFigures,
  type ReplicaOptions,
  type ReplicaStatus,
  type SessionGrant,
} from './api.js';
import { Barriers } from './barriers.js';
import { CatchUp } from './catch-up.js';
import { Context } from './context.js';
import { Coordinator } from './coordinator.js';
import { Identities } from './identities.js';
import { LeaseExchange } from './lease-exchange.js';
import { GrantedLeases, HeldLeases } from './leases.js';
import { Marks } from './marks.js';
import { type Envelope, type PeerMessage } from './messages.js';
import { Partnership } from './reachable/partnership.js';
import { Peers, type Peer } from './peers.js';
import { type ReplicaPorts } from './ports.js';
import { Reader } from './reader.js';
import { PATIENCE_LEASES } from './patience.js';
import { Records } from './records.js';
import { type ReadResult, type SubmitResult } from './results.js';
import { Sessions } from './sessions.js';
import { type Task } from './steps.js';
import { Submission } from './submission.js';
import { Sweeper } from './sweeper.js';
import { type BookId, type Operation, type ReplicaId } from './types.js';

type Message<K extends PeerMessage['kind']> = Extract<PeerMessage, { kind: K }>;

/** One catalog replica: the parts of the protocol put together, leases renewed, messages handed to the part that knows them. */
export class Replica implements CatalogReplica {
  readonly #context: Context;
  readonly #peers: Peers;
  readonly #identities: Identities;
  readonly #records: Records;
  readonly #held: HeldLeases;
  readonly #granted: GrantedLeases;
  readonly #marks: Marks;
  readonly #sessions: Sessions;
  readonly #acceptor: Acceptor;
  readonly #coordinator: Coordinator;
  readonly #reader: Reader;
  readonly #catchUp: CatchUp;
  readonly #barriers: Barriers;
  readonly #partnership: Partnership;
  readonly #exchange: LeaseExchange;
  readonly #submission: Submission;
  readonly #sweeper: Sweeper;
  /** The start number is durable: before that nothing may be said, or a crash could give its ballots out again. */
  #started = false;
  /** From then on nothing is granted any more. */
  #leaving = false;

  constructor(options: ReplicaOptions, ports: ReplicaPorts) {
    const context = new Context(options, ports, (task) => this.#do(task));
    this.#context = context;
    this.#peers = new Peers(context);
    this.#records = new Records(context);
    this.#held = new HeldLeases(context);
    this.#granted = new GrantedLeases(context);
    this.#marks = new Marks(context, this.#records, this.#held);
    this.#identities = new Identities(context, this.#peers);
    this.#sessions = new Sessions(context, this.#held);
    this.#acceptor = new Acceptor(
      context,
      this.#records,
      this.#marks,
      this.#granted,
      this.#sessions,
      this.#peers,
      this.#identities,
    );
    this.#coordinator = new Coordinator(context, this.#records, this.#marks, this.#held, this.#peers);
    this.#reader = new Reader(context, this.#records, this.#marks, this.#coordinator, this.#peers);
    this.#catchUp = new CatchUp(
      context,
      this.#records,
      this.#marks,
      this.#held,
      this.#peers,
      this.#identities,
    );
    this.#barriers = new Barriers(context, this.#records, this.#marks);
    this.#submission = new Submission(
      context,
      this.#records,
      this.#coordinator,
      this.#reader,
      this.#peers,
      () => this.#serving(),
    );
    this.#sweeper = new Sweeper(context, this.#records, this.#coordinator, this.#peers, () =>
      this.#serving(),
    );
    this.#partnership = new Partnership(
      context,
      this.#records,
      this.#marks,
      this.#sessions,
      this.#coordinator,
      this.#catchUp,
    );
    this.#exchange = new LeaseExchange(
      context,
      this.#records,
      this.#marks,
      this.#held,
      this.#granted,
      this.#sessions,
      this.#acceptor,
      this.#catchUp,
      this.#partnership,
      this.#peers,
      this.#identities,
    );
  }

  start(): void {
    this.#context.step(() => {
      const before = this.#context.ports.store.identity();
      this.#identities.become(before ?? null);
      if (before?.grantsEnded !== true) this.#acceptor.waitAfterStart();
      this.#context.afterSync(() => {
        this.#started = true;
        this.#sweeper.start();
        this.#tick();
      });
    });
  }

  halt(): void {
    this.#context.halt();
  }

  leave(done: () => void): void {
    this.#leaving = true;
    this.#exchange.stop();
    // Until then this replica votes on: writes need not wait for leases and sessions that it granted.
    this.#context.after(this.#context.leaseMs, () => {
      this.#held.dropAll();
      for (const peer of this.#peers.all)
        this.#peers.send(peer, { kind: 'farewell', life: this.#context.life });
      this.#context.ports.store.saveIdentity({ ...this.#context.identity, grantsEnded: true });
      this.#context.afterSync(() => {
        this.halt();
        done();
      });
    });
  }

  receive(envelope: Envelope): void {
    if (this.#context.halted || !this.#started) return;
    this.#context.step(() => {
      const peer = this.#identities.recognise(envelope);
      // Before a new identity's first word counts, what hung from the old one is gone.
      this.#context.drain();
      if (peer === undefined) return;
      this.#partnership.heard();
      if (envelope.body.kind === 'lease request') this.#exchange.request(peer, envelope, envelope.body);
      else this.#handle(peer, envelope.from, envelope.body);
    });
  }

  invalidated(frontEndId: string, invalidationId: string): void {
    if (this.#context.halted) return;
    this.#context.step(() => this.#sessions.invalidated(frontEndId, invalidationId));
  }

  unreachable(position: number): void {
    this.#context.step(() => {
      this.#peers.unreachable(position);
      this.#forsakeUnhealthy();
      this.#partnership.unreachable();
    });
  }

  submit(
    bookId: BookId,
    operation: Operation,
    timeoutMs: number,
    done: (result: SubmitResult) => void,
  ): void {
    this.#context.step(() => this.#submission.submit(bookId, operation, timeoutMs, done));
  }

  read(
    bookId: BookId,
    timeoutMs: number,
    done: (result: ReadResult) => void,
    frontEndId: string | null = null,
  ): void {
    if (!this.#started) return done({ kind: 'unavailable' });
    const answer = (result: ReadResult): void => {
      const keeps = frontEndId !== null && result.kind === 'found' && result.cacheable;
      // F5: in this very moment. What is stored in the next has to be told already.
      if (keeps) this.#sessions.answered(frontEndId, bookId);
      done(result);
    };
    this.#context.step(() => this.#reader.read(bookId, timeoutMs, answer));
  }

  barrier(wanted: 'titles' | 'everything', timeoutMs: number, done: (result: BarrierResult) => void): void {
    this.#context.step(() => this.#barriers.wait(wanted, timeoutMs, done));
  }

  admit(...[without, done]: Parameters<CatalogReplica['admit']>): void {
    this.#context.step(() => {
      const admission = this.#identities.admit(without);
      this.#context.afterSync(() => done(admission));
    });
  }

  session(frontEndId: string, address: string): SessionGrant | null {
    if (this.#leaving || this.#context.halted) return null;
    return this.#context.step(() => this.#sessions.grant(frontEndId, address));
  }

  endSession(frontEndId: string): void {
    this.#context.step(() => this.#sessions.end(frontEndId));
  }

  status(): ReplicaStatus {
    return this.#context.step(() => this.#status());
  }

  #status(): ReplicaStatus {
    const { identity, ports } = this.#context;
    return {
      replicaId: identity.replicaId,
      startNumber: identity.startNumber,
      joined: identity.joined,
      ready: this.#serving() && this.#partnership.couldGoOnAlone(),
      lastChange: ports.store.lastChange(),
      durableChange: this.#context.durableChange,
      peers: this.#peers.all.map((peer) => ({
        position: peer.position,
        replicaId: peer.replicaId,
        healthy: this.#peers.healthy(peer),
        leaseRemainingMs: this.#held.remainingMs(peer.replicaId),
      })),
      sessions: this.#sessions.list(),
      pending: [...this.#records.pendingSince.keys()],
      barred: [...this.#marks.barred()].map(([bookId]) => bookId),
      waiting: this.#coordinator.waitingCount(),
      rounds: this.#coordinator.rounds,
      conflicts: this.#coordinator.conflicts,
      now: this.#context.now(),
    };
  }

  figures(): ReplicaFigures {
    const { store } = this.#context.ports;
    return {
      takeovers: this.#coordinator.takeovers,
      leasesLapsed: this.#held.lapsed,
      interests: this.#sessions.interestCount(),
      unread: this.#peers.all.map(({ position, replicaId, life }) => ({
        position,
        changes:
          replicaId === null || life === null ? 0 : Math.max(0, life.lastChange - store.cursor(replicaId)),
      })),
    };
  }

  recordStatus(bookId: BookId): RecordStatus {
    const record = this.#records.get(bookId);
    return {
      committed: record.committed,
      promised: record.promised,
      pendingNumber: record.pending?.entry.sequenceNumber ?? null,
      coordinator: record.promised?.replicaId ?? null,
      marked: this.#context.step(() => this.#marks.answersLocally(record)),
    };
  }

  leader(bookId: BookId): number | null {
    const { promised } = this.#records.get(bookId);
    if (promised === null) return null;
    if (promised.replicaId === this.#context.self) return this.#context.options.position;
    return this.#peers.byId(promised.replicaId)?.position ?? null;
  }

  #serving(): boolean {
    return !this.#leaving && !this.#context.halted && !this.#partnership.merging && this.#marks.ready();
  }

  /** What a part leaves to be done by others (see `Steps`). */
  #do(task: Task): void {
    if (this.#context.halted) return;
    switch (task.kind) {
      case 'suspended':
        return this.#held.dropAll();
      case 'to self':
        return this.#handleWrite(this.#context.self, task.body);
      case 'changed':
        return this.#changed(task.bookId);
      case 'at rest':
        return this.#reader.changed(task.bookId);
      case 'decided':
        return this.#sweeper.decided(task.followers);
      case 'replaced':
        this.#held.drop(task.old);
        return this.#coordinator.restartAll();
      default:
        return task satisfies never;
    }
  }

  #changed(bookId: BookId): void {
    const record = this.#records.get(bookId);
    this.#acceptor.changed(record);
    this.#coordinator.changed(record);
    this.#reader.changed(bookId);
    this.#barriers.changed(bookId);
  }

  /** Each quarter of a lease: renew leases (R3), catch up if need be (C1), finish what stays pending (C2). */
  #tick(): void {
    const { leaseMs, identity } = this.#context;
    this.#exchange.renew();
    if (!this.#partnership.merging) this.#catchUp.tick();
    this.#partnership.tick();
    if (identity.joined && this.#context.rules['C2 finish pending']) this.#finishOverdue();
    this.#forsakeUnhealthy();
    this.#sessions.trim();
    this.#coordinator.trim();
    this.#records.trim();
    this.#context.after(leaseMs / 4, () => this.#tick());
  }

  #forsakeUnhealthy(): void {
    this.#reader.forsakeUnhealthy();
    this.#submission.forsakeUnhealthy();
  }

  #finishOverdue(): void {
    const overdue = this.#context.now() - PATIENCE_LEASES * this.#context.leaseMs;
    for (const [bookId, since] of this.#records.pendingSince) {
      if (since <= overdue) this.#coordinator.finish(bookId, this.#records.get(bookId).committed + 1);
    }
    for (const [bookId, { number, since }] of this.#marks.barred()) {
      if (since <= overdue) this.#coordinator.finish(bookId, number);
    }
  }

  #handle(peer: Peer, from: ReplicaId, body: PeerMessage): void {
    switch (body.kind) {
      case 'lease grant':
        return this.#exchange.grant(from, body);
      case 'identity refused':
        return this.#identityRefused(body);
      case 'farewell':
        return this.#farewell(peer, from, body);
      case 'get':
        return this.#reader.get(from, body);
      case 'got':
        return this.#reader.got(body);
      case 'fetch': {
        const record = this.#records.get(body.bookId);
        const entries = this.#records.newerThan(record, body.committed);
        return this.#peers.reply(from, {
          kind: 'fetched',
          bookId: body.bookId,
          committed: record.committed,
          entries,
        });
      }
      case 'fetched':
        return this.#fetched(from, body);
      case 'catch-up':
        return this.#catchUp.answer(from, body);
      case 'caught up':
      case 'changes named':
        this.#exchange.named(body.pending ?? []);
        return body.kind === 'caught up' ? this.#catchUp.answered(body) : this.#catchUp.named(body);
      case 'forward':
        return this.#submission.forward(peer, body);
      case 'forwarded':
        return this.#submission.forwarded(body);
      default:
        return this.#handleWrite(from, body);
    }
  }

  /** The messages that a replica sends to itself as well. */
  #handleWrite(from: ReplicaId, body: PeerMessage): void {
    switch (body.kind) {
      case 'check':
        return this.#acceptor.check(from, body);
      case 'update':
        return this.#acceptor.update(from, body);
      case 'commit':
        return this.#acceptor.commit(from, body);
      case 'check ok':
        return this.#coordinator.checkOk(from, body);
      case 'conflict':
        return this.#coordinator.conflict(body);
      case 'update ok':
        return this.#coordinator.updateOk(from, body);
      case 'update committed':
        return this.#coordinator.updateCommitted(body);
      case 'behind':
        return this.#coordinator.behind(from, body);
      case 'discharge':
        return this.#coordinator.discharge(body);
      default:
        throw new Error(`a message nobody handles: ${body.kind}`);
    }
  }

  /** Late, it would take back what was granted to the next life. */
  #farewell(peer: Peer, from: ReplicaId, { life }: Message<'farewell'>): void {
    if (peer.life?.token !== life && this.#context.rules['R3 farewell of this life']) return;
    this.#granted.returned(from);
    this.#peers.unreachable(peer.position);
    this.#partnership.farewell();
  }

  #identityRefused(message: Message<'identity refused'>): void {
    if (!this.#identities.isRefused(message)) return;
    this.#held.dropAll();
    this.#acceptor.waitAfterStart();
    this.#identities.renounce();
    this.#catchUp.reset();
    this.#coordinator.restartAll();
  }

  /** C2: entries that this replica found it lacked. */
  #fetched(from: ReplicaId, { bookId, committed, entries }: Message<'fetched'>): void {
    const before = this.#records.get(bookId).committed;
    this.#records.learn(bookId, entries);
    const record = this.#records.get(bookId);
    if (record.committed < committed && record.committed > before) {
      this.#peers.reply(from, { kind: 'fetch', bookId, committed: record.committed });
    }
  }
}
