import { SuspensionWatch, LONG_AGO } from '../clocks.js';
import { type MemberList } from '../replication/api.js';
import { type MonotonicMs, type WallClockMs } from '../replication/types.js';
import { MEMBER_RULES, type MemberRules } from './rules.js';

/** A member touches its row so often in a lease. */
export const BEATS_PER_LEASE = 4;
/** P4. */
const WAIT_LEASES = 2;
/** P2: a member that has been silent for so long may be fenced. */
const SILENT_LEASES = 2;
/** P1. */
const FRESH_LEASES = 0.5;
/** P8: far less than an engine's standby waits before it takes over. */
const READ_LEASES = 4;

/** One row of the members, as a beat read it. */
export interface MemberSeen {
  /** `<id>.<start number>`: the key of sessions with it. */
  readonly key: string;
  /** Counts its beats. */
  readonly beats: number;
  readonly fenced: boolean;
}

/** What a beat read, all in the statement that touched the own row. */
export interface MembersSeen {
  /** Names the list of members: raised by whoever joins, fences or leaves. */
  readonly version: number;
  readonly members: readonly MemberSeen[];
}

interface Silence {
  beats: number;
  since: MonotonicMs;
}

/**
 * One catalog's membership in an engine that several share, from when its row was committed to when it is fenced or leaves. Pure: `now` and `wall`
 * are this process's clocks, read freshly.
 */
export class Membership {
  #seen: MembersSeen | null = null;
  /** When the beat was sent that read it. */
  #seenAt = LONG_AGO;
  #over = false;
  readonly #silences = new Map<string, Silence>();
  readonly #suspension = new SuspensionWatch();
  /** Beats sent up to then show nothing: nobody knows how long ago that was. */
  #voidUntil = LONG_AGO;

  constructor(
    readonly key: string,
    private readonly joinedAt: MonotonicMs,
    private readonly leaseMs: number,
    private readonly rules: MemberRules = MEMBER_RULES,
  ) {}

  /** A beat was answered. */
  beat(sentAt: MonotonicMs, seen: MembersSeen, now: MonotonicMs, wall: WallClockMs): void {
    this.#watch(now, wall);
    if (sentAt <= this.#voidUntil || sentAt < this.#seenAt) return;
    // While this member heard nothing, the others may have been heard by nobody either: the engine was away.
    if (sentAt - this.#seenAt > this.leaseMs) this.#silences.clear();
    this.#seen = seen;
    this.#seenAt = sentAt;
    const own = seen.members.find(({ key }) => key === this.key);
    if (own === undefined || own.fenced) this.#over = true;
    this.#listen(sentAt);
  }

  /** Fenced, or its row is gone: it has to join anew under another key. */
  get over(): boolean {
    return this.#over;
  }

  /** P1: for how long a session may be granted now; 0: not at all. */
  grantableMs(now: MonotonicMs, wall: WallClockMs): number {
    const fresh = this.#isFresh(FRESH_LEASES, now, wall) || !this.rules['P1 grants need a fresh view'];
    return fresh && !this.#over && this.#seen !== null ? this.leaseMs : 0;
  }

  /** P8: an engine that has been superseded takes no beats, so what it says counts only while it does. */
  mayRead(now: MonotonicMs, wall: WallClockMs): boolean {
    return this.#isFresh(READ_LEASES, now, wall) || !this.rules['P8 no reads without a view'];
  }

  /** P4: until then front-ends may hold grants that do not name it. */
  mayWrite(now: MonotonicMs): boolean {
    return now - this.joinedAt >= WAIT_LEASES * this.leaseMs || !this.rules['P4 a new member waits'];
  }

  /** P3: those that front-ends need sessions with; null before the first beat. */
  list(): MemberList | null {
    if (this.#seen === null) return null;
    const { version, members } = this.#seen;
    return { version, keys: members.filter(({ fenced }) => !fenced).map(({ key }) => key) };
  }

  /** P2: whom this member would have fenced. */
  silent(): string[] {
    const last = this.#seenAt;
    return [...this.#silences]
      .filter(([, { since }]) => last - since >= SILENT_LEASES * this.leaseMs)
      .map(([key]) => key);
  }

  #listen(sentAt: MonotonicMs): void {
    const alive = new Set<string>();
    for (const { key, beats, fenced } of this.#seen?.members ?? []) {
      if (fenced || key === this.key) continue;
      alive.add(key);
      const known = this.#silences.get(key);
      if (known === undefined || known.beats !== beats) this.#silences.set(key, { beats, since: sentAt });
    }
    for (const key of this.#silences.keys()) if (!alive.has(key)) this.#silences.delete(key);
  }

  #isFresh(leases: number, now: MonotonicMs, wall: WallClockMs): boolean {
    this.#watch(now, wall);
    return this.#seen !== null && !this.#over && now - this.#seenAt <= leases * this.leaseMs;
  }

  /** R3: the monotonic clock stood still while those of others went on. */
  #watch(now: MonotonicMs, wall: WallClockMs): void {
    if (this.#suspension.look(now, wall) || !this.rules['P1 a suspended view is void']) return;
    this.#voidUntil = now;
    this.#seenAt = LONG_AGO;
    this.#silences.clear();
  }
}
