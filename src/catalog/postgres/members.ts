import { BEATS_PER_LEASE, Membership } from '../../core/members/membership.js';
import { type Invalidation } from '../../core/replication/invalidation.js';
import { type Clock } from '../../core/replication/ports.js';
import { ALL_RULES } from '../../core/replication/rules.js';
import { Sessions } from '../../core/replication/sessions.js';
import { type MonotonicMs } from '../../core/replication/types.js';
import { type Beat, beat, fence, join, type MemberRow } from './member-statements.js';
import { type Server } from './server.js';

export interface MembersOptions {
  readonly address: string;
  /** It could deliver to a WEBHOOK_URL. */
  readonly delivers: boolean;
  readonly leaseMs: number;
  readonly token: () => string;
  readonly invalidate: (frontEndId: string, address: string, invalidation: Invalidation) => void;
}

/** F5 knows only whom this catalog told, and here another may have: all front-ends are told (P5). */
const SESSION_RULES = { ...ALL_RULES, 'F5 tell only those who were told': false };

/** One membership of this catalog: the row, what it saw of the others, and the sessions that it granted. */
export class Member {
  readonly membership: Membership;
  readonly sessions: Sessions;
  private seen: Beat | null = null;
  private readonly fencing = new Set<number>();

  private constructor(
    readonly number: number,
    readonly replicaId: string,
    private readonly clock: Clock,
    private readonly options: MembersOptions,
    joinedAt: MonotonicMs,
  ) {
    const { leaseMs } = options;
    this.membership = new Membership(this.key, joinedAt, leaseMs);
    this.sessions = new Sessions(
      {
        leaseMs,
        rules: SESSION_RULES,
        identity: { replicaId, startNumber: 1, joined: true },
        now: () => clock.monotonicMs(),
        after: (delayMs, action) => clock.after(delayMs, action),
        ports: { network: { invalidate: options.invalidate } },
      },
      { majorityRemainingMs: () => this.membership.grantableMs(clock.monotonicMs(), clock.wallClockMs()) },
    );
  }

  static async join(server: Server, clock: Clock, options: MembersOptions): Promise<Member> {
    const replicaId = options.token();
    const { address, delivers } = options;
    const number = await join(server.beats, { key: `${replicaId}.1`, address, delivers });
    return new Member(number, replicaId, clock, options, clock.monotonicMs());
  }

  /** Of sessions with it. */
  get key(): string {
    return `${this.replicaId}.1`;
  }

  get rows(): readonly MemberRow[] {
    return this.seen?.rows ?? [];
  }

  get beatMs(): number {
    return this.options.leaseMs / BEATS_PER_LEASE;
  }

  async beat(server: Server): Promise<void> {
    const sentAt = this.clock.monotonicMs();
    const seen = await beat(server.beats, this.number);
    this.membership.beat(sentAt, seen, this.clock.monotonicMs(), this.clock.wallClockMs());
    this.seen = seen;
    this.sessions.trim();
    if (!this.membership.over) for (const key of this.membership.silent()) void this.fence(server, key);
  }

  mayRead(): boolean {
    return this.membership.mayRead(this.clock.monotonicMs(), this.clock.wallClockMs());
  }

  /** P1. */
  grantsSessions(): boolean {
    return this.membership.grantableMs(this.clock.monotonicMs(), this.clock.wallClockMs()) > 0;
  }

  mayWrite(): boolean {
    return !this.membership.over && this.membership.mayWrite(this.clock.monotonicMs());
  }

  /** In good order: it has nothing under way, and is in nobody's list any more. */
  async leave(server: Server): Promise<void> {
    const client = await server.writers.connect();
    try {
      await fence(client, this.number);
    } finally {
      client.release(true);
    }
  }

  /** One after the other: it may have to wait for what the silent one has under way. */
  private async fence(server: Server, key: string): Promise<void> {
    const number = this.rows.find((row) => row.key === key)?.number;
    if (number === undefined || this.fencing.has(number)) return;
    this.fencing.add(number);
    try {
      const client = await server.writers.connect();
      try {
        await fence(client, number);
      } finally {
        client.release();
      }
    } catch {
      // The next beat that finds it silent tries again.
    } finally {
      this.fencing.delete(number);
    }
  }
}
