import { type Admission } from './api.js';
import { type Context } from './context.js';
import { type Elder, type Envelope, type PeerMessage } from './messages.js';
import { type Peer, type Peers } from './peers.js';
import { NO_PAST, type Clock, type Identity, type Past, type Random } from './ports.js';
import { quorumSize } from './quorum.js';
import { repaired } from './round-limit.js';
import { compareBallots, type Ballot, type ReplicaId, type Successor } from './types.js';

/** Whom it has heard within so many leases can be asked: leases are asked for four times as often. */
const THERE_LEASES = 2;
/** Compares lower than every other of its round. */
const FIRST: Ballot = { round: 0, replicaId: '0', startNumber: 0 };

type Message<K extends PeerMessage['kind']> = Extract<PeerMessage, { kind: K }>;

/** Another address answers under this replica's identity: one of the two runs on a copy of the other's disk (C3). */
export class SharedIdentity extends Error {
  constructor(readonly position: number) {
    super(`the replica at position ${position} has the identity of this one`);
  }
}

/** An administrator has said that what this disk knew is lost: others go on without it, and what is on it need not fit what they have since. */
export class GivenUp extends Error {
  constructor() {
    super('an administrator had the others go on without this replica');
  }
}

/** This disk's promises were made among another number of replicas: majorities of the two numbers need not have one in common. */
export class OtherNumber extends Error {
  constructor(readonly among: number) {
    super(`this replica is one of ${among}`);
  }
}

/**
 * C3: a replica is its disk. A lost disk comes back under a new, later identity, and so does one that was put back from a copy: the others have
 * seen more of it than it holds. A new identity votes only after it has *joined*: so many others have learned it that no quorum can be counted
 * any more with what its disk had promised, and it has what that disk had accepted.
 */
export class Identities {
  /** Others that have answered this life, so know of none later. */
  readonly #knownBy = new Set<ReplicaId>();
  /** Others that have learned this identity, and named what they hold pending, since it is new. */
  readonly #introduced = new Set<ReplicaId>();

  constructor(
    private readonly context: Context,
    private readonly peers: Peers,
  ) {}

  /** Takes the identity that the disk holds for this life, or (null) a new one, of a disk with that past. Throws `OtherNumber`. */
  become(before: Identity | null, past: Past = before?.past ?? NO_PAST): void {
    const { random, store } = this.context.ports;
    const { replicas } = this.context.options;
    requireNumber(past, replicas);
    this.context.identity = {
      replicaId: before?.replicaId ?? newId(this.context.ports),
      startNumber: (before?.startNumber ?? 0) + 1,
      joined: before?.joined ?? (replicas === 1 || !this.context.rules['C3 join through enough']),
      grantsEnded: false,
      alone: before?.alone ?? false,
      past: { ...past, among: replicas },
    };
    store.saveIdentity(this.context.identity);
    for (const successor of past.successors) this.#expect(successor);
    this.context.life = random.token();
    this.#knownBy.clear();
    this.#introduced.clear();
  }

  /** Others have seen more of this disk than it holds: it goes on under a new identity. */
  renounce(): void {
    const { successors, promisedUpTo } = this.context.identity.past;
    this.become(null, { ...NO_PAST, successors, promisedUpTo });
  }

  /**
   * Whether this replica says ok to anything. A life whose disk may be a copy put back is made known to others first, and a majority that it
   * takes part in holds at least one of those whose leave is asked.
   */
  get votes(): boolean {
    const known = this.context.isQuorumWith(this.#knownBy.size) || !this.context.rules['C3 vote once known'];
    return this.context.identity.joined && known;
  }

  /** Another has answered this life, and named what it holds pending. Returns whether this new identity can learn from one more. */
  answeredBy(peer: ReplicaId): boolean {
    this.#knownBy.add(peer);
    if (this.context.identity.joined || this.#introduced.has(peer)) return false;
    this.#introduced.add(peer);
    return true;
  }

  /** What counts as promised here: for a new identity no less than what the disk before it may have promised. */
  promised(own: Ballot | null): Ballot | null {
    const { floor } = this.context.identity.past;
    if (floor === 0 || !this.context.rules['C3 keep promises']) return own;
    const kept: Ballot = { ...FIRST, round: floor + 1 };
    return own !== null && compareBallots(own, kept) > 0 ? own : kept;
  }

  /**
   * Who sent this; undefined when the message is not meant for this identity, or comes from a replaced one or from a second replica under one
   * identity. Throws `SharedIdentity` when that identity is this replica's own and it does not vote yet: it may be the copy.
   */
  recognise(envelope: Envelope): Peer | undefined {
    if (envelope.successors !== undefined) this.#heed(envelope.successors);
    const peer = this.peers.at(envelope.fromPosition);
    if (peer === undefined || this.#isSecond(peer, envelope)) return undefined;
    if (peer.replicaId !== envelope.from) {
      // Ids begin with the time of their creation, so a later identity compares higher.
      if (peer.replicaId !== null && envelope.from < peer.replicaId) return this.#turnAway(peer, envelope);
      this.#succeed(peer, envelope.from);
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

  #at(place: string): Peer | undefined {
    return this.peers.all.find((peer) => peer.place === place);
  }

  /** Another identity answers there. */
  #succeed(peer: Peer | undefined, replicaId: ReplicaId): void {
    if (peer === undefined || peer.replicaId === replicaId) return;
    const old = peer.replicaId;
    // What was heard of an identity goes with its disk to another address.
    const before = this.peers.byId(replicaId);
    peer.replicaId = replicaId;
    peer.life = before?.life ?? null;
    peer.joined = before?.joined ?? false;
    if (before !== undefined) Object.assign(before, { replicaId: null, life: null, joined: false });
    if (old !== null) this.context.leave({ kind: 'replaced', old });
  }

  /** What another knows of identities that took the place of others. */
  #heed(successors: readonly Successor[]): void {
    const { identity, options, rules } = this.context;
    for (const successor of successors) {
      const { place, replicaId, givenUp } = successor;
      if (place === this.context.placeOf(options.position)) {
        const isOlder = identity.replicaId < replicaId;
        if (isOlder && givenUp && identity.joined && rules['C3 given up for ever']) throw new GivenUp();
        continue;
      }
      this.#expect(successor);
      const isNews = this.#remember(successor);
      // It is known from another address, and this replica may have rounds under way that count whom it succeeded.
      const isElsewhere = this.peers.byId(replicaId)?.place !== place;
      if (isNews && isElsewhere) this.context.leave({ kind: 'replaced', old: replicaId });
    }
  }

  /** A successor is to be heard from where it took the place of another, unless it is known to have gone with its disk to another address. */
  #expect({ place, replicaId }: Successor): void {
    if (replicaId === this.context.self || this.peers.byId(replicaId) !== undefined) return;
    const peer = this.#at(place);
    const known = peer?.replicaId ?? null;
    if (known === null || known < replicaId) this.#succeed(peer, replicaId);
  }

  /** Whether that is news. On disk: who has said that it knows of a successor counts nothing of the one before, in later lives too. */
  #remember(successor: Successor): boolean {
    const { identity, ports, rules } = this.context;
    const { successors } = identity.past;
    const { place, replicaId, givenUp } = successor;
    const known = successors.find((other) => other.place === place);
    if (known !== undefined && known.replicaId >= replicaId && (known.givenUp || !givenUp)) return false;
    if (!rules['C3 tell of successors']) return false;
    const latest = known !== undefined && known.replicaId > replicaId ? known : successor;
    const others = successors.filter((other) => other !== known);
    const joint = { ...latest, givenUp: givenUp || known?.givenUp === true };
    this.context.identity = { ...identity, past: { ...identity.past, successors: [...others, joint] } };
    ports.store.saveIdentity(this.context.identity);
    return true;
  }

  /**
   * What a new identity has to know of this replica to join. From now on this one tells of it in all that it says: no coordinator counts its
   * answers together with those of the disk that was lost.
   */
  answerAsElder(newcomer: ReplicaId): Elder {
    const { joined, past } = this.context.identity;
    const place = this.peers.byId(newcomer)?.place;
    const { promisedUpTo } = past;
    if (!joined) return { as: 'new as well', promisedUpTo };
    if (past.founders.includes(newcomer)) return { as: 'founded together', promisedUpTo };
    if (place !== undefined) this.#remember({ place, replicaId: newcomer, givenUp: false });
    return { as: 'voter', promisedUpTo };
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

  /** Those that have learned this new identity; null as long as they are surely too few. */
  introduced(): ReplicaId[] | null {
    const introduced = this.peers.all.flatMap(({ replicaId }) =>
      replicaId !== null && this.#introduced.has(replicaId) ? [replicaId] : [],
    );
    const mayDo = introduced.length >= this.#enough || this.context.identity.past.admitted;
    return mayDo ? introduced : null;
  }

  /** Each quorum that the lost disk had a part in has one of any so many others in it. */
  get #enough(): number {
    return this.context.options.replicas - this.#majority + 1;
  }

  get #majority(): number {
    return quorumSize({ replicas: this.context.options.replicas, alone: false });
  }

  /** Whether this new identity may vote with what those know. Null: one of an earlier release. */
  mayLearnFrom(elders: ReadonlyMap<ReplicaId, Elder | null>): boolean {
    return this.#foundsWith(elders) || this.#areEnough(elders) || this.#areOlder(elders);
  }

  /**
   * What they hold pending may be what the lost disk had accepted, and has to come to an end first. Where those that vote are no majority, which
   * by an administrator's word are all that are left, only this one can help to end it: the majority that it makes has all of them in it.
   */
  waitsForPending(elders: ReadonlyMap<ReplicaId, Elder | null>): boolean {
    return !this.context.identity.past.admitted || votersAmong(elders) >= this.#majority;
  }

  /** It has all that they had committed. */
  join(elders: ReadonlyMap<ReplicaId, Elder | null>): void {
    const { identity, self, ports } = this.context;
    const founders = this.#foundsWith(elders) ? [self, ...elders.keys()] : [];
    const round = Math.max(0, ...[...elders.values()].map((elder) => elder?.promisedUpTo ?? 0));
    const floor = repaired({ ...FIRST, round }, ports.clock.wallClockMs()).round;
    // Who learns from this one has to keep these promises as well.
    const promisedUpTo = Math.max(identity.past.promisedUpTo, floor);
    const past = { ...identity.past, founders, floor, promisedUpTo };
    this.context.identity = { ...identity, joined: true, past };
    ports.store.saveIdentity(this.context.identity);
  }

  /** Nobody has voted before all had met, this one among them. */
  #foundsWith(elders: ReadonlyMap<ReplicaId, Elder | null>): boolean {
    if (elders.size < this.peers.all.length) return false;
    const isFounder = [...elders.values()].every((elder) => elder !== null && elder.as !== 'voter');
    return isFounder || !this.context.rules['C3 found together only'];
  }

  /** All others, some of them of an earlier release, which cannot say whether it votes: enough for that. */
  #areOlder(elders: ReadonlyMap<ReplicaId, Elder | null>): boolean {
    return elders.size === this.peers.all.length && [...elders.values()].includes(null);
  }

  /** So many voters; by an administrator's word all that are left, one voter among them. */
  #areEnough(elders: ReadonlyMap<ReplicaId, Elder | null>): boolean {
    const { admitted, successors } = this.context.identity.past;
    const voters = votersAmong(elders);
    if (voters >= this.#enough) return true;
    const isLeft = ({ replicaId }: Peer): boolean =>
      !successors.some((successor) => successor.givenUp && successor.replicaId === replicaId);
    const left = this.peers.all.filter(isLeft);
    const answered = left.every(({ replicaId }) => replicaId !== null && elders.has(replicaId));
    return admitted && voters > 0 && answered;
  }

  /** An administrator's word: this new identity is to join without the catalogs at those positions; what only they and its lost disk knew is lost. */
  admit(without: readonly number[]): Admission {
    if (this.context.identity.joined) return { kind: 'votes already' };
    const longAgo = this.context.now() - THERE_LEASES * this.context.leaseMs;
    const isThere = ({ replicaId, lastHeardAt }: Peer): boolean =>
      replicaId !== null && this.#introduced.has(replicaId) && lastHeardAt > longAgo;
    for (const peer of this.peers.all) {
      const { position } = peer;
      if (isThere(peer) === without.includes(position)) {
        return { kind: isThere(peer) ? 'there' : 'not there', position };
      }
    }
    if (!this.peers.all.some((peer) => isThere(peer) && peer.joined)) return { kind: 'nobody votes' };
    for (const peer of this.peers.all.filter(({ position }) => without.includes(position))) {
      const replicaId = newId(this.context.ports);
      this.#succeed(peer, replicaId);
      this.#remember({ place: peer.place, replicaId, givenUp: true });
    }
    const { self, options, ports } = this.context;
    this.#remember({ place: this.context.placeOf(options.position), replicaId: self, givenUp: true });
    const { identity } = this.context;
    this.context.identity = { ...identity, past: { ...identity.past, admitted: true } };
    ports.store.saveIdentity(this.context.identity);
    return { kind: 'admitted', replicaId: self };
  }
}

function votersAmong(elders: ReadonlyMap<ReplicaId, Elder | null>): number {
  return [...elders.values()].filter((elder) => elder !== null && elder.as !== 'new as well').length;
}

function newId({ clock, random }: { readonly clock: Clock; readonly random: Random }): ReplicaId {
  return `${clock.wallClockMs().toString(36).padStart(9, '0')}-${random.token()}`;
}

function requireNumber({ among }: Past, replicas: number): void {
  if (among !== NO_PAST.among && among !== replicas) throw new OtherNumber(among);
}
