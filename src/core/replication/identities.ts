import { type Context } from './context.js';
import { type Marks } from './marks.js';
import { type Envelope, type PeerMessage } from './messages.js';
import { type Peer, type Peers } from './peers.js';
import { type Clock, type Identity, type Random } from './ports.js';
import { type Records } from './records.js';
import { type ReplicaId } from './types.js';

type Message<K extends PeerMessage['kind']> = Extract<PeerMessage, { kind: K }>;

/** Another address answers under this replica's identity: one of the two runs on a copy of the other's disk (C3). */
export class SharedIdentity extends Error {
  constructor(readonly position: number) {
    super(`the replica at position ${position} has the identity of this one`);
  }
}

/**
 * C3: a replica is its disk. A lost disk comes back under a new, later identity, and so does one that was put back from a copy: the others have
 * seen more of it than it holds. A new identity votes only after it has *joined*: all others have learned it, so that what its disk had promised
 * counts nowhere any more, and it has what that disk had accepted.
 */
export class Identities {
  /** Others that have answered this life, so know of none later. */
  readonly #knownBy = new Set<ReplicaId>();
  /** Others that have learned this identity, and named what they hold pending, since it is new. */
  readonly #introduced = new Set<ReplicaId>();

  constructor(
    private readonly context: Context,
    private readonly peers: Peers,
    private readonly records: Records,
    private readonly marks: Marks,
  ) {}

  /** Takes the identity that the disk holds for this life, or (null) a new one. */
  become(before: Identity | null): void {
    const { random, store } = this.context.ports;
    this.context.identity = {
      replicaId: before?.replicaId ?? newId(this.context.ports),
      startNumber: (before?.startNumber ?? 0) + 1,
      joined:
        before?.joined ?? (this.context.options.replicas === 1 || !this.context.rules['C3 join through all']),
      grantsEnded: false,
      alone: before?.alone ?? false,
    };
    store.saveIdentity(this.context.identity);
    this.context.life = random.token();
    this.#knownBy.clear();
    this.#introduced.clear();
  }

  /**
   * Whether this replica says ok to anything. A life whose disk may be a copy put back is made known to others first, and a majority that it
   * takes part in holds at least one of those whose leave is asked.
   */
  get votes(): boolean {
    const known = this.context.isQuorumWith(this.#knownBy.size) || !this.context.rules['C3 vote once known'];
    return this.context.identity.joined && known;
  }

  /** Another has answered this life, and named what it holds pending. */
  answeredBy(peer: ReplicaId): void {
    this.#knownBy.add(peer);
    if (!this.context.identity.joined) this.#introduced.add(peer);
  }

  /**
   * Who sent this; undefined when the message is not meant for this identity, or comes from a replaced one or from a second replica under one
   * identity. Throws `SharedIdentity` when that identity is this replica's own and it does not vote yet: it may be the copy.
   */
  recognise(envelope: Envelope): Peer | undefined {
    const peer = this.peers.all.find(({ position }) => position === envelope.fromPosition);
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
      if (!this.votes) throw new SharedIdentity(peer.position);
      return true;
    }
    const known = this.peers.byId(from);
    return known !== undefined && known !== peer && this.peers.healthy(known);
  }

  /** What was heard of an identity goes with its disk to another address. */
  #take(peer: Peer, replicaId: ReplicaId): void {
    const before = this.peers.byId(replicaId);
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
    this.peers.send({ ...peer, replicaId: from }, answer);
  }

  /**
   * Null when this life of a peer follows all that was heard of it: each start has a higher number, and finds on disk what was safe there
   * before. One that does not runs on a copy put back. What others have forgotten by a restart of their own they cannot tell.
   */
  refusalOf(
    peer: Peer,
    from: ReplicaId,
    startNumber: number,
    { life: token, lastChange }: Message<'lease request'>,
  ): Message<'identity refused'> | null {
    const known = peer.life;
    if (known?.token === token) {
      known.lastChange = Math.max(known.lastChange, lastChange);
      return null;
    }
    const knownStart = known?.startNumber ?? 0;
    const knownChange = Math.max(this.context.ports.store.cursor(from), known?.lastChange ?? 0);
    const follows = startNumber > knownStart && lastChange >= knownChange;
    if (!follows && this.context.rules['C3 refuse copies']) {
      return { kind: 'identity refused', life: token, knownStart, knownChange };
    }
    peer.life = { token, startNumber, lastChange };
    return null;
  }

  /** Others have seen more of this identity than this disk holds: it was put back from a copy, and must not vote as before. */
  isRefused({ life, knownStart, knownChange }: Message<'identity refused'>): boolean {
    const { identity, durableChange } = this.context;
    // A request that was long under way may have named less than this life has on disk by now.
    const follows = identity.startNumber > knownStart && durableChange >= knownChange;
    return life === this.context.life && !follows;
  }

  /** All others, once each of them has learned this new identity; null until then. */
  allIntroduced(): ReplicaId[] | null {
    const introduced = this.peers.all.flatMap(({ replicaId }) =>
      replicaId !== null && this.#introduced.has(replicaId) ? [replicaId] : [],
    );
    return introduced.length === this.peers.all.length ? introduced : null;
  }

  /** Caught up with all others: joined, once what they held pending has come to an end, for it may be what the lost disk had accepted. */
  join(): void {
    for (const [bookId, { number }] of this.marks.barred()) {
      if (this.records.get(bookId).committed < number) return;
    }
    this.context.identity = { ...this.context.identity, joined: true };
    this.context.ports.store.saveIdentity(this.context.identity);
  }
}

function newId({ clock, random }: { readonly clock: Clock; readonly random: Random }): ReplicaId {
  return `${clock.wallClockMs().toString(36).padStart(9, '0')}-${random.token()}`;
}
