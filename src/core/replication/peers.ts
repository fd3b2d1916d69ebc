import { LONG_AGO } from '../clocks.js';
import { type Context } from './context.js';
import { type PeerMessage } from './messages.js';
import { type MonotonicMs, type ReplicaId } from './types.js';

/** Another replica, as this one knows it. Its address is fixed; its identity changes when its disk is lost (C3). */
export interface Peer {
  readonly position: number;
  readonly place: string;
  replicaId: ReplicaId | null;
  /** The latest of its lives that this replica has heard of (C3). */
  life: Life | null;
  lastHeardAt: MonotonicMs;
  /** It has said that it votes. */
  joined: boolean;
}

/** One run of a replica, from its start to its end. */
interface Life {
  readonly token: string;
  readonly startNumber: number;
  /** Highest change number that it said is safe on its disk: a later life that has fewer runs on a copy put back. */
  lastChange: number;
}

export class Peers {
  readonly all: readonly Peer[];

  constructor(private readonly context: Context) {
    const { replicas, position: own } = context.options;
    this.all = Array.from({ length: replicas }, (_, position) => position)
      .filter((position) => position !== own)
      .map((position) => ({
        position,
        place: context.placeOf(position),
        replicaId: null,
        life: null,
        lastHeardAt: LONG_AGO,
        joined: false,
      }));
  }

  at(position: number): Peer | undefined {
    return this.all.find((peer) => peer.position === position);
  }

  byId(replicaId: ReplicaId): Peer | undefined {
    return this.all.find((peer) => peer.replicaId === replicaId);
  }

  send(to: Peer, body: PeerMessage): void {
    const { identity, options, ports } = this.context;
    const { successors } = identity.past;
    ports.network.send(to.position, {
      from: identity.replicaId,
      fromStart: identity.startNumber,
      fromPosition: options.position,
      to: to.replicaId,
      ...(successors.length > 0 && { successors }),
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

  unreachable(position: number): void {
    const peer = this.at(position);
    if (peer !== undefined) peer.lastHeardAt = LONG_AGO;
  }

  /** A guess, for steering and hops only: lease messages come each quarter of a lease. */
  healthy(peer: Peer): boolean {
    return peer.replicaId !== null && this.context.now() - peer.lastHeardAt < this.context.leaseMs / 2;
  }
}
