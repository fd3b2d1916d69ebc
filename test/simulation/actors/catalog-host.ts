import { sessionKey } from '../../../src/core/caching/sessions.js';
import {
  type BarrierResult,
  type CatalogReplica,
  type WritePolicy,
} from '../../../src/core/replication/api.js';
import { type Invalidation } from '../../../src/core/replication/invalidation.js';
import { type Envelope } from '../../../src/core/replication/messages.js';
import { type Clock, type Network } from '../../../src/core/replication/ports.js';
import { type ReadResult, type SubmitResult } from '../../../src/core/replication/results.js';
import { Replica } from '../../../src/core/replication/replica.js';
import { ALL_RULES } from '../../../src/core/replication/rules.js';
import { CATALOGUE } from '../../../src/core/replication/types.js';
import { matches } from '../checkers/order.js';
import { Prng } from '../engine/prng.js';
import { type SimulatedProcess } from '../engine/process.js';
import { type FoundBook, type SearchBy } from '../history.js';
import { type Answered, type Ask } from '../messages.js';
import { type Party, type World } from '../world.js';
import { DiskFailure, ObservedStore } from './observed-store.js';
import { type FrontEnd } from './front-end.js';

export interface Disk {
  syncMs: number;
  /** Probability that a sync or a write fails. */
  failures: number;
}

/** What a fault may wait for. */
export type Happening = 'commit' | 'lease grant';

/** How long after its deadline a callback may come, ms. */
const GRACE_MS = 100;

/** The process around one replica, as the catalog role is in production: its disk, its peers and front-ends over the network. */
export class CatalogHost implements Party {
  readonly process: SimulatedProcess;
  readonly store: ObservedStore;
  readonly disk: Disk;
  replica: CatalogReplica | null = null;
  private clock: Clock | null = null;
  private readonly onNext = new Map<Happening, () => void>();
  private readonly random: Prng;

  constructor(
    private readonly world: World,
    readonly position: number,
    private readonly hosts: readonly CatalogHost[],
    private readonly frontEnds: readonly FrontEnd[],
  ) {
    const name = 'ABCDE'[position] as string;
    this.random = new Prng(world.settings.seed, 100 + position);
    this.disk = { syncMs: world.settings.syncMs, failures: 0 };
    this.process = world.newProcess(name, position, (thrown) => this.thrown(thrown));
    this.store = new ObservedStore((complete) => this.sync(complete), {
      commits: (bookId, entry, book) => {
        world.commits(name, bookId, entry, book);
        this.happened('commit');
      },
      identified: ({ replicaId }) => world.names.set(replicaId, name),
      fails: () => this.random.chance(this.disk.failures * 0.1),
    });
  }

  get name(): string {
    return this.process.name;
  }

  start(): void {
    if (this.process.running) return;
    this.process.begin();
    this.clock = this.process.clock();
    const { replicas, leaseMs, policy, changesPerPage, holds } = this.world.settings;
    const writePolicy: WritePolicy = policy === 'majority' ? 'majority' : 'reachable';
    const rules = { ...ALL_RULES, ...this.world.mutation.rules };
    const options = {
      replicas,
      position: this.position,
      leaseMs,
      writePolicy,
      changesPerPage,
      rules,
      ...(holds === undefined
        ? { sweepMs: Infinity }
        : { expiryGraceMs: holds.graceMs, sweepMs: holds.sweepMs }),
    };
    const ports = { clock: this.clock, random: this.random, store: this.store, network: this.network() };
    this.world.note(this.name, () => 'starts');
    this.process.deliver(this.process.life, () => {
      this.replica = new Replica(options, ports);
      this.replica.start();
    });
  }

  /** The process dies; with it all that was not synced. A sync under way may just have made it. */
  crash(): void {
    if (!this.process.running) return;
    this.world.note(this.name, () => 'crashes');
    this.end(this.random.chance(0.5) ? 'made it' : 'lost');
  }

  /** The process dies, and what was not synced is surely gone. */
  loseUnsynced(): void {
    if (!this.process.running) return;
    this.world.note(this.name, () => 'crashes, with all that was not synced');
    this.end('lost');
  }

  /** Calls back once, from within the turn in which that happens here. */
  afterNext(happening: Happening, action: () => void): void {
    this.onNext.set(happening, action);
  }

  private happened(happening: Happening): void {
    const action = this.onNext.get(happening);
    this.onNext.delete(happening);
    action?.();
  }

  private end(underWay: 'lost' | 'made it'): void {
    this.process.kill();
    this.replica = null;
    this.store.crash(underWay);
  }

  loseDisk(): void {
    this.crash();
    this.store.wipe();
    this.world.note(this.name, () => 'loses its disk');
  }

  /** Stops in good order, then calls back; it may crash before it gets there. */
  leave(done: () => void): void {
    this.process.deliver(this.process.life, () => {
      this.world.note(this.name, () => 'leaves');
      this.replica?.leave(() => {
        this.world.note(this.name, () => 'has left');
        this.end('made it');
        done();
      });
    });
  }

  private thrown(thrown: unknown): void {
    if (!(thrown instanceof DiskFailure)) {
      const text = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
      this.world.violate({ rule: 'thrown', text: `${this.name}: ${text}` });
    }
    this.restartAfterFailure();
  }

  private restartAfterFailure(): void {
    this.world.note(this.name, () => 'has a failing disk: starts anew');
    this.end('lost');
    this.world.schedule.after(this.random.between(5, 200), () => this.start());
  }

  private sync(complete: (error?: Error) => void): void {
    const { life } = this.process;
    const { syncMs, failures } = this.disk;
    const fails = this.random.chance(failures);
    this.world.schedule.after(0.01 + this.random.exponential(syncMs), () =>
      this.process.deliver(life, () => {
        if (!fails) return complete();
        complete(new DiskFailure('the simulated disk failed to sync'));
        this.restartAfterFailure();
      }),
    );
  }

  private network(): Network {
    const { life } = this.process;
    return {
      send: (to, envelope) => {
        if (life === this.process.life) this.sendTo(to, envelope);
      },
      invalidate: (frontEndId, address, invalidation) => {
        if (life === this.process.life) this.invalidate(frontEndId, address, invalidation);
      },
    };
  }

  private sendTo(position: number, envelope: Envelope): void {
    const peer = this.hosts[position] as CatalogHost;
    const { life } = this.process;
    if (envelope.body.kind === 'lease grant') this.happened('lease grant');
    this.world.send(
      this.process,
      peer.process,
      { kind: 'peer message', envelope },
      () => peer.replica?.receive(envelope),
      {
        mayRepeat: true,
        onDown: () => {
          if (this.random.chance(0.7)) this.process.deliver(life, () => this.replica?.unreachable(position));
        },
      },
    );
  }

  private invalidate(frontEndId: string, address: string, invalidation: Invalidation): void {
    const frontEnd = this.frontEnds.find(({ process }) => process.name === address) as FrontEnd;
    this.world.send(
      this.process,
      frontEnd.process,
      { kind: 'invalidation', frontEndId, invalidation },
      () => {
        frontEnd.forget(invalidation);
        const invalidationId = invalidation.id;
        this.world.send(
          frontEnd.process,
          this.process,
          { kind: 'forgotten', frontEndId, invalidationId },
          () => this.replica?.invalidated(frontEndId, invalidationId),
          { mayRepeat: true },
        );
      },
      { mayRepeat: true },
    );
  }

  serve(ask: Ask, timeLeftMs: number, reply: (answered: Answered) => void): void {
    const { replica } = this;
    if (replica === null) return reply({ kind: 'unavailable' });
    const timeoutMs = timeLeftMs * 0.9;
    switch (ask.kind) {
      case 'look up':
        return this.once<ReadResult>(
          timeoutMs,
          (done) => replica.read(ask.bookId, timeoutMs, done, ask.frontEndId),
          (result) => reply({ kind: 'looked up', result, session: this.session() }),
        );
      case 'search':
        return this.once<BarrierResult>(
          timeoutMs,
          (done) => replica.barrier('titles', timeoutMs, done),
          (result) => reply(this.searched(ask, result)),
        );
      case 'submit':
        return this.once<SubmitResult>(
          timeoutMs,
          (done) => replica.submit(ask.bookId, ask.operation, timeoutMs, done),
          (result) => reply({ kind: 'written', result }),
        );
      case 'session':
        return reply({ kind: 'granted', grant: replica.session(ask.frontEndId, ask.address) });
      default:
        return ask satisfies never;
    }
  }

  private searched({ text, by }: Extract<Ask, { kind: 'search' }>, result: BarrierResult): Answered {
    if (result.kind === 'unavailable') return { kind: 'unavailable' };
    return {
      kind: 'searched',
      books: this.search(text, by),
      cacheable: result.cacheable,
      session: this.session(),
    };
  }

  /** Which replica, in which of its starts, says this. */
  private session(): string {
    const identity = this.store.identity();
    return identity === undefined ? '?' : sessionKey(identity.replicaId, identity.startNumber);
  }

  search(text: string, by: SearchBy): FoundBook[] {
    const found: FoundBook[] = [];
    for (const id of this.store.recordIds()) {
      const book = id === CATALOGUE ? null : (this.store.record(id)?.book ?? null);
      if (book !== null && matches(book, text, by)) found.push({ id, title: book.title, topic: book.topic });
    }
    return found;
  }

  /** Surely, after a crash too: one that was told a moment ago that it may has that in memory only. */
  get votes(): boolean {
    return this.process.running ? this.ready : this.store.identity()?.joined === true;
  }

  get ready(): boolean {
    return this.process.running && this.replica?.status().ready === true;
  }

  /** Whether it has nothing left to do. */
  isQuiet(): boolean {
    if (this.replica === null) return false;
    const { ready, pending, barred, waiting } = this.replica.status();
    return ready && pending.length + barred.length + waiting === 0;
  }

  /** How it stands, for the end of a trace. */
  describe(): string {
    if (this.replica === null) return 'is down';
    const { replicaId, startNumber, joined, ready, pending, barred, waiting, peers } = this.replica.status();
    const leases = peers.map(({ leaseRemainingMs }) => Math.round(leaseRemainingMs));
    const status = { replicaId, startNumber, joined, ready, pending, barred, waiting, leases };
    return JSON.stringify(status);
  }

  /** Holds a callback to its contract: exactly once, soon after its deadline at the latest. */
  private once<T>(
    timeoutMs: number,
    ask: (done: (result: T) => void) => void,
    done: (result: T) => void,
  ): void {
    let calls = 0;
    const { clock, world } = this;
    const violate = (text: string): void => world.violate({ rule: 'callback', text: `${this.name} ${text}` });
    ask((result) => {
      calls += 1;
      if (calls > 1) violate('called back twice');
      else done(result);
    });
    if (calls > 0) return;
    const late = (): void => {
      if (calls > 0) return;
      // After a stop all that was due runs in any order: it gets time for that.
      if (world.schedule.now - this.process.runsSince < GRACE_MS) clock?.after(GRACE_MS, late);
      else violate('never called back');
    };
    clock?.after(timeoutMs + GRACE_MS, late);
  }
}
