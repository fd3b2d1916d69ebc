import { type EngineStatus } from '../engine.js';
import { type Connected } from './connected.js';
import { type Standbys } from './standbys.js';

export interface StatusOptions {
  readonly address: string;
  readonly ready: boolean;
  /** Operations that wait, or are being written. */
  readonly waiting: number;
  readonly now: EngineStatus['now'];
}

/** What is known of the server and the members, for people. What only replicas have is empty. Null: it has never been a member. */
export function statusOf(
  connected: Connected,
  standbys: Standbys,
  { address, ready, waiting, now }: StatusOptions,
): EngineStatus | null {
  const member = connected.member();
  const server = connected.server();
  if (member === null) return null;
  const others = member.rows.filter(({ key }) => key !== member.key);
  return {
    replicaId: member.replicaId,
    startNumber: 1,
    joined: true,
    ready,
    lastChange: 0,
    durableChange: 0,
    peers: [],
    sessions: member.sessions.list(),
    pending: [],
    barred: [],
    waiting,
    rounds: 0,
    conflicts: 0,
    now,
    shared: {
      server: server?.shown ?? '',
      version: server?.version ?? '',
      trouble: connected.reason(),
      standbys: standbys.list(),
      fresh: member.grantsSessions(),
      members: [
        { address, fenced: member.membership.over, self: true },
        ...others.map((other) => ({ address: other.address, fenced: other.fenced, self: false })),
      ],
    },
  };
}
