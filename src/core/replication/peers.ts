import { LONG_AGO } from '../clocks.js';
import { type Context } from './context.js';
import { type Envelope, type PeerMessage } from './messages.js';
import { type MonotonicMs, type ReplicaId } from './types.js';

/** Another replica, as this one knows it. Its address is fixed; its identity changes when its disk is lost (C3). */
export interface Peer {
  readonly position: number;
  replicaId: ReplicaId | null;
  /** The latest of its lives that this replica has heard of (C3). */
  life: Life | null;
  lastHeardAt: MonotonicMs;
}

/** One run of a replica, from its start to its end. */
interface Life {
  readonly token: string;
  readonly startNumber: number;
  /** Highest change number that it said is safe on its disk: a later life that has fewer runs on a copy put back. */
  lastChange: number;
}

/** Another address answers under this replica's identity: one of the two runs on a copy of the other's disk (C3). */
export class SharedIdentity extends Error {
  constructor(readonly position: number) {
    super(`the replica at position ${position} has the identity of this one`);
  }
}

export class Peers {
  readonly all: readonly Peer[];

  constructor(private readonly context: Context) {
    const { replicas, position: own } = context.options;
    this.all = Array.from({ length: replicas }, (_, position) => position)
      .filter((position) => position !== own)
      .map((position) => ({
        position,
        replicaId: null,
        life: null,
        lastHeardAt: LONG_AGO,
      }));
  }

  byId(replicaId: ReplicaId): Peer | undefined {
    return this.all.find((peer) => peer.replicaId === replicaId);
  }

  send(to: Peer, body: PeerMessage): void {
    const { identity, options, ports } = this.context;
    ports.network.send(to.position, {
      from: identity.replicaId,
      fromStart: identity.startNumber,
      fromPosition: options.position,
      to: to.replicaId,
      body,
    });
  }

  /** To a replica by its id, this one included; nobody when that id has been replaced. */
  reply(to: ReplicaId, body: PeerMessage): void {
    if (to === this.context.self) return this.context.leave({ kind: 'to self', body });
    const peer = this.byId(to);
    if (peer !== undefined) this.send(peer, body);
  }

  /** To every replica, this one included. One whose identity is not known yet cannot vote. */
  broadcast(body: PeerMessage): void {
    for (const peer of this.all) if (peer.replicaId !== null) this.send(peer, body);
    this.context.leave({ kind: 'to self', body });
  }

  /**
   * Who sent this; undefined when the message is not meant for this identity, or comes from a replaced one or from a second replica under one
   * identity (C3). Throws `SharedIdentity` when that identity is this replica's own and it does not vote yet: it may be the copy.
   */
  recognise(envelope: Envelope): Peer | undefined {
    const peer = this.all.find(({ position }) => position === envelope.fromPosition);
    if (peer === undefined || this.#isSecond(peer, envelope)) return undefined;
    if (peer.replicaId !== envelope.from) {
      // Ids begin with the time of their creation, so a later identity compares higher.
      if (peer.replicaId !== null && envelope.from < peer.replicaId) return this.#turnAway(peer, envelope);
      const old = peer.replicaId;
      this.#take(peer, envelope.from);
      if (old !== null) this.context.leave({ kind: 'replaced', old });
    }
    const addressed =
      envelope.to === this.context.self || !this.context.rules['C3 addressed to this identity'];
    if (!addressed && envelope.body.kind !== 'lease request') return undefined;
    peer.lastHeardAt = this.context.now();
    return peer;
  }

  #isSecond(peer: Peer, { from }: Envelope): boolean {
    if (from === this.context.self) {
      if (!this.context.votes) throw new SharedIdentity(peer.position);
      return true;
    }
    const known = this.byId(from);
    return known !== undefined && known !== peer && this.healthy(known);
  }

  /** What was heard of an identity goes with its disk to another address. */
  #take(peer: Peer, replicaId: ReplicaId): void {
    const before = this.byId(replicaId);
    peer.replicaId = replicaId;
    peer.life = before?.life ?? null;
    if (before === undefined) return;
    before.replicaId = null;
    before.life = null;
  }

  /** A replaced identity has come back with the disk that it was on: whoever runs on that has to begin anew. */
  #turnAway(peer: Peer, { from, body }: Envelope): undefined {
    if (body.kind !== 'lease request') return;
    const answer = {
      kind: 'identity refused',
      life: body.life,
      knownStart: Number.MAX_SAFE_INTEGER,
      knownChange: 0,
    } as const;
    this.send({ ...peer, replicaId: from }, answer);
  }

  unreachable(position: number): void {
    const peer = this.all.find((candidate) => candidate.position === position);
    if (peer !== undefined) peer.lastHeardAt = LONG_AGO;
  }

  /** A guess, for steering and hops only: lease messages come each quarter of a lease. */
  healthy(peer: Peer): boolean {
    return peer.replicaId !== null && this.context.now() - peer.lastHeardAt < this.context.leaseMs / 2;
  }
}
