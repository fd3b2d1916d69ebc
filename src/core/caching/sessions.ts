import { earliest, later, latest, LONG_AGO, shortened, SuspensionWatch } from '../clocks.js';
import { type SessionGrant, type SharedGrant } from '../replication/api.js';
import { type MonotonicMs, type WallClockMs } from '../replication/types.js';
import { CACHING_RULES, type CachingRules } from './rules.js';

/** `<replicaId>.<startNumber>`, as catalogs name themselves on every answer: another start number is another session (F1). */
export type SessionKey = string;

/**
 * One unbroken run of a session: what a cached entry hangs from. A session that lapsed and was granted anew is another one.
 * Invariant: `usableUntil` only grows while the run lasts, and never again once it has been reached or the run was ended.
 */
export interface SessionRef {
  readonly key: SessionKey;
  /** Grows with each run that begins, over all sessions of this front-end. */
  readonly generation: number;
  readonly usableUntil: MonotonicMs;
}

interface SessionRun extends SessionRef {
  usableUntil: MonotonicMs;
}

/** The newest list of an engine's catalogs, and until when the session with each of them runs. */
interface Members {
  version: number;
  keys: readonly SessionKey[];
  until: Map<SessionKey, MonotonicMs>;
}

export function sessionKey(replicaId: string, startNumber: number): SessionKey {
  return `${replicaId}.${startNumber}`;
}

/** Whether a run still lasts. The hot path of every cached answer: one comparison. */
export function lasts(session: SessionRef, now: MonotonicMs): boolean {
  return now < session.usableUntil;
}

/**
 * The sessions that one front-end holds with catalog replicas (F1). Pure: `now` is always this process's monotonic clock,
 * read freshly, never one that was read before a wait.
 */
export class FrontEndSessions {
  readonly #runs = new Map<SessionKey, SessionRun>();
  readonly #engines = new Map<string, Members>();
  readonly #rules: CachingRules;
  #generation = 0;
  #ended = false;
  readonly #suspension = new SuspensionWatch();
  /** Grants asked for up to then are void: nobody knows how long ago that was. */
  #voidUntil = LONG_AGO;

  constructor(rules: CachingRules = CACHING_RULES) {
    this.#rules = rules;
  }

  /** The generation of the run that began last; a later one has a higher generation. */
  get latestGeneration(): number {
    return this.#generation;
  }

  /**
   * A grant came. It counts from when it was asked for, shortened for the drift of both clocks (R3).
   * One that came too late to be used changes nothing.
   */
  granted(grant: SessionGrant, sentAt: MonotonicMs, now: MonotonicMs): void {
    if (this.#ended || sentAt <= this.#voidUntil) return;
    const { durationMs } = grant;
    const usableUntil = later(sentAt, this.#rules.shortensGrants ? shortened(durationMs) : durationMs);
    // Written so that a duration that is no number is refused as well.
    if (!(usableUntil > now)) return;
    const key = this.#keyOf(sessionKey(grant.replicaId, grant.startNumber));
    if (grant.shared === undefined) return this.#extend(key, usableUntil, now);
    const allUntil = this.#allUntil(grant.shared, key, usableUntil);
    if (allUntil > now) this.#extend(grant.shared.engine, allUntil, now);
  }

  #extend(key: SessionKey, usableUntil: MonotonicMs, now: MonotonicMs): void {
    const run = this.#runs.get(key);
    if (run !== undefined && (lasts(run, now) || !this.#rules.lapsedSessionsAreOver)) {
      run.usableUntil = latest(run.usableUntil, usableUntil);
      return;
    }
    if (this.#rules.lapsedSessionsAreOver) this.#forgetLapsed(now);
    this.#runs.set(key, { key, generation: ++this.#generation, usableUntil });
  }

  /**
   * P3: until when the sessions with all members run. A run that began under an older list goes on to the end that it had: until then the
   * new member writes nothing (P4).
   */
  #allUntil({ engine, version, keys }: SharedGrant, key: SessionKey, usableUntil: MonotonicMs): MonotonicMs {
    const members: Members = this.#engines.get(engine) ?? { version: -1, keys: [], until: new Map() };
    this.#engines.set(engine, members);
    members.until.set(key, latest(members.until.get(key) ?? LONG_AGO, usableUntil));
    if (version > members.version) Object.assign(members, { version, keys });
    for (const known of members.until.keys()) {
      if (known !== key && !members.keys.includes(known)) members.until.delete(known);
    }
    if (!this.#rules.needsEveryMember) return usableUntil;
    const ends = members.keys.map((member) => members.until.get(member) ?? LONG_AGO);
    return ends.length === 0 ? LONG_AGO : earliest(...ends);
  }

  /** The run of this session that lasts now; undefined if there is none. */
  running(key: SessionKey, now: MonotonicMs): SessionRef | undefined {
    const run = this.#runs.get(this.#keyOf(key));
    return run !== undefined && lasts(run, now) ? run : undefined;
  }

  /** How many run now. */
  count(now: MonotonicMs): number {
    return [...this.#runs.values()].filter((run) => lasts(run, now)).length;
  }

  /** Whether the two clocks have gone on together since the last look. */
  clocksAgree(now: MonotonicMs, wallClock: WallClockMs): boolean {
    return this.#suspension.clocksAgree(now, wallClock);
  }

  /**
   * To be called before the sessions are used. A machine that was suspended stopped its monotonic clock, and the replicas'
   * clocks went on: everything is dropped (R3). Answers whether it was.
   */
  watchClocks(now: MonotonicMs, wallClock: WallClockMs): boolean {
    if (this.#suspension.look(now, wallClock)) return false;
    this.dropAll(now);
    return true;
  }

  /** Ends every run; sessions may begin anew, with grants asked for from now on. */
  dropAll(now: MonotonicMs): void {
    this.#voidUntil = now;
    for (const run of this.#runs.values()) run.usableUntil = LONG_AGO;
    this.#runs.clear();
    this.#engines.clear();
  }

  /** Ends every run for good: to be called before the sessions are given back, for no invalidation comes after that. */
  end(now: MonotonicMs): void {
    this.#ended = true;
    this.dropAll(now);
  }

  #forgetLapsed(now: MonotonicMs): void {
    for (const [key, run] of this.#runs) if (!lasts(run, now)) this.#runs.delete(key);
  }

  #keyOf(key: SessionKey): SessionKey {
    return this.#rules.tellsStartNumbersApart ? key : key.slice(0, key.lastIndexOf('.'));
  }
}
