import { monotonic as at } from '../../src/core/clocks.js';
import { Acceptor } from '../../src/core/replication/acceptor.js';
import { type ReplicaOptions } from '../../src/core/replication/api.js';
import { Coordinator } from '../../src/core/replication/coordinator.js';
import { Identities } from '../../src/core/replication/identities.js';
import { GrantedLeases, HeldLeases } from '../../src/core/replication/leases.js';
import { Marks } from '../../src/core/replication/marks.js';
import { type PeerMessage } from '../../src/core/replication/messages.js';
import { Peers } from '../../src/core/replication/peers.js';
import { Reader } from '../../src/core/replication/reader.js';
import { Records } from '../../src/core/replication/records.js';
import { type Task } from '../../src/core/replication/steps.js';
import { Sessions } from '../../src/core/replication/sessions.js';
import {
  type Ballot,
  type BookId,
  CATALOGUE,
  type Entry,
  type Operation,
} from '../../src/core/replication/types.js';
import { ReplicaContext } from './replica-context.js';

export type Message<K extends PeerMessage['kind']> = Extract<PeerMessage, { kind: K }>;

export const BOOK = {
  title: 'Xen',
  topic: 'Systems',
  priceCents: 1_500,
  quantity: 9,
  isbn: null,
  author: 'A',
};

export const ballot = (round: number, replicaId = 'b'): Ballot => ({ round, replicaId, startNumber: 1 });

export const sale = (operationId: string, copies = 1): Operation => ({
  kind: 'sale',
  operationId,
  copies,
  expectedPriceCents: null,
});

/** An entry that sells one copy, of another replica's making. */
export const sold = (sequenceNumber: number, operationId = `sale ${sequenceNumber}`): Entry => ({
  sequenceNumber,
  origin: ballot(1),
  decided: [
    {
      operation: sale(operationId),
      outcome: { kind: 'sold', orderId: `order ${operationId}`, priceCents: 1_500, at: 0 },
    },
  ],
});

/**
 * The parts of replica `a` that write and read, joined as in `Replica`, but nothing happens by itself. It knows `b` and `c` (positions 1 and
 * 2), which seem well and whose words a spec speaks; there is book 1 of nine copies, nobody holds a lease and nothing is marked.
 */
export class ReplicaParts extends ReplicaContext {
  readonly peers: Peers;
  readonly records: Records;
  readonly held: HeldLeases;
  readonly granted: GrantedLeases;
  readonly marks: Marks;
  readonly identities: Identities;
  readonly sessions: Sessions;
  readonly acceptor: Acceptor;
  readonly coordinator: Coordinator;
  readonly reader: Reader;

  constructor(options: Partial<ReplicaOptions> = {}) {
    super(options, {}, (task) => this.#do(task));
    const { context } = this;
    this.peers = new Peers(context);
    this.records = this.inSteps(new Records(context));
    this.held = new HeldLeases(context);
    this.granted = new GrantedLeases(context);
    this.marks = new Marks(context, this.records, this.held);
    this.identities = new Identities(context, this.peers);
    this.sessions = new Sessions(context, this.held);
    const { peers, records, held, granted, marks, sessions } = this;
    this.acceptor = this.inSteps(
      new Acceptor(context, records, marks, granted, sessions, peers, this.identities),
    );
    this.coordinator = this.inSteps(new Coordinator(context, records, marks, held, peers));
    this.reader = this.inSteps(new Reader(context, records, marks, this.coordinator, peers));
    for (const [index, replicaId] of ['b', 'c'].entries()) {
      const peer = peers.all[index];
      if (peer !== undefined) Object.assign(peer, { replicaId, lastHeardAt: this.now });
      this.identities.answeredBy(replicaId);
    }
    const create = { kind: 'create', operationId: 'create', book: BOOK } as const;
    records.commit(records.get(CATALOGUE), {
      sequenceNumber: 1,
      origin: ballot(1),
      decided: [{ operation: create, outcome: { kind: 'created', bookId: 1 } }],
    });
  }

  get record() {
    return this.records.get(1);
  }

  /** What was said to others of that kind, in order. */
  said<K extends PeerMessage['kind']>(kind: K): Message<K>[] {
    return this.sent.flatMap(({ envelope: { body } }) => (body.kind === kind ? [body as Message<K>] : []));
  }

  lastSaid<K extends PeerMessage['kind']>(kind: K): Message<K> {
    const last = this.said(kind).at(-1);
    if (last === undefined) throw new Error(`no ${kind} was said`);
    return last;
  }

  /** To which positions something of that kind was said. */
  saidTo(kind: PeerMessage['kind']): number[] {
    return this.sent.flatMap(({ to, envelope: { body } }) => (body.kind === kind ? [to] : []));
  }

  /** With a majority of leases, and every book validated after they began. */
  valid(): this {
    this.held.granted('b', at(this.now), 500);
    this.marks.rebase(at(this.now));
    return this;
  }

  /** `from` promises to the last check. */
  promised(from: string, also: Partial<Message<'check ok'>> = {}): void {
    const { bookId, ballot } = this.lastSaid('check');
    const { committed } = this.records.get(bookId);
    const ok = { kind: 'check ok', bookId, ballot, committed, pending: null, newer: [] } as const;
    this.coordinator.checkOk(from, { ...ok, ...also });
  }

  /** `from` accepts the last update. */
  accepted(from: string, also: Partial<Message<'update ok'>> = {}): void {
    const { bookId, ballot, entry } = this.lastSaid('update');
    const { sequenceNumber } = entry;
    const token = { startNumber: 1, at: at(5) };
    const ok = { kind: 'update ok', bookId, ballot, sequenceNumber, leases: [], token } as const;
    this.coordinator.updateOk(from, { ...ok, ...also });
  }

  #do(task: Task): void {
    if (task.kind === 'changed') this.#changed(task.bookId);
    if (task.kind === 'at rest') this.reader.changed(task.bookId);
    if (task.kind === 'to self') this.#toSelf(task.body);
  }

  #changed(bookId: BookId): void {
    const record = this.records.get(bookId);
    this.acceptor.changed(record);
    this.coordinator.changed(record);
    this.reader.changed(bookId);
  }

  #toSelf(body: PeerMessage): void {
    if (body.kind === 'check') this.acceptor.check('a', body);
    if (body.kind === 'update') this.acceptor.update('a', body);
    if (body.kind === 'check ok') this.coordinator.checkOk('a', body);
    if (body.kind === 'update ok') this.coordinator.updateOk('a', body);
    if (body.kind === 'conflict') this.coordinator.conflict(body);
  }
}
