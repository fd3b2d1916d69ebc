import { LONG_AGO, later } from '../clocks.js';
import { type MonotonicMs } from '../replication/types.js';

/** Why an endpoint did not serve a request. */
export type Failure =
  /** No connection: it is down, or out of reach. */
  | 'refused'
  /** It took the request and gave no answer, or none that can be used. */
  | 'lost'
  /** Another, asked later, answered sooner. */
  | 'outrun'
  /** It answered that it cannot serve now. */
  | 'not ready'
  /** It answered that it has too much to do, and did nothing. */
  | 'overloaded';

/** What was heard of an endpoint's readiness, or found by a look at it. */
export type PolledReadiness =
  | 'ready'
  | 'not ready'
  /** It shuts down: it answers still, and will not for long. */
  | 'stopping'
  /** No connection. */
  | 'refused'
  /** A connection, and not a word on it for a while. */
  | 'silent';

/** Whether an endpoint should be asked, the best first. */
export const AVAILABILITIES = ['healthy', 'half-open', 'aside', 'ejected', 'not ready', 'stopping'] as const;
export type Availability = (typeof AVAILABILITIES)[number];

/** So many failures in a row eject it: one may be the request's own fault, or the network's. */
const FAILURES_TO_EJECT = 3;
const FIRST_EJECTION_MS = 500;
const LONGEST_EJECTION_MS = 10_000;
/** Who served for so long after an ejection begins with the shortest again. */
const FORGIVEN_AFTER_MS = 10_000;
/** While half-open it gets one request each so often, until one tells. */
const PROBE_EVERY_MS = 250;
/** It said itself that it cannot serve now, most often for want of a lease: soon it can. */
const ASIDE_MS = 100;
/** So many looks in a row find it ready, and no request was due to it meanwhile: nobody else will show that it serves again. */
const READY_POLLS_TO_RETURN = 2;

/** What is known of one endpoint: from live traffic (outlier detection) and from looks at its readiness (active health checks). */
export class EndpointHealth {
  #readiness: PolledReadiness | 'unknown' = 'unknown';
  /** In a row, while it was half-open and no request was sent to it. */
  #readyPolls = 0;
  #failuresInRow = 0;
  #ejections = 0;
  /** Not null from an ejection until a request of live traffic was served, or looks alone brought it back. */
  #ejectedUntil: MonotonicMs | null = null;
  #returnedAt = LONG_AGO;
  #nextProbeAt = LONG_AGO;
  #asideUntil = LONG_AGO;

  get readiness(): PolledReadiness | 'unknown' {
    return this.#readiness;
  }

  availability(now: MonotonicMs): Availability {
    if (this.#readiness === 'stopping') return 'stopping';
    if (this.#readiness === 'not ready') return 'not ready';
    if (this.#readiness === 'refused' || this.#readiness === 'silent') return 'ejected';
    if (this.#ejectedUntil !== null) return now < this.#ejectedUntil ? 'ejected' : 'half-open';
    return now < this.#asideUntil ? 'aside' : 'healthy';
  }

  /** Whether a half-open endpoint may have one request now, to show that it serves again. */
  probes(now: MonotonicMs): boolean {
    if (now < this.#nextProbeAt) return false;
    this.#nextProbeAt = later(now, PROBE_EVERY_MS);
    this.#readyPolls = 0;
    return true;
  }

  answered(now: MonotonicMs): void {
    this.#failuresInRow = 0;
    this.#asideUntil = LONG_AGO;
    this.#return(now);
  }

  failed(failure: Failure, now: MonotonicMs): void {
    switch (failure) {
      case 'refused':
        return this.#eject(now);
      case 'lost':
      case 'outrun':
        this.#failuresInRow += 1;
        if (this.#failuresInRow >= FAILURES_TO_EJECT || this.availability(now) === 'half-open')
          this.#eject(now);
        return;
      case 'not ready':
      case 'overloaded':
        this.#asideUntil = later(now, ASIDE_MS);
        return;
      default:
        return failure satisfies never;
    }
  }

  polled(found: PolledReadiness, now: MonotonicMs): void {
    this.#readiness = found;
    this.#readyPolls = this.availability(now) === 'half-open' ? this.#readyPolls + 1 : 0;
    if (this.#readyPolls < READY_POLLS_TO_RETURN) return;
    this.#return(now);
    // On trial: no request has shown it yet, so the first that is lost ejects it again.
    this.#failuresInRow = FAILURES_TO_EJECT - 1;
  }

  #return(now: MonotonicMs): void {
    this.#readyPolls = 0;
    if (this.#ejectedUntil === null) return;
    this.#ejectedUntil = null;
    this.#returnedAt = now;
  }

  #eject(now: MonotonicMs): void {
    // Requests that were under way when it was ejected add nothing.
    if (this.#ejectedUntil !== null && now < this.#ejectedUntil) return;
    const forgiven = this.#ejectedUntil === null && now - this.#returnedAt >= FORGIVEN_AFTER_MS;
    this.#ejections = forgiven ? 1 : this.#ejections + 1;
    this.#failuresInRow = 0;
    const growth = 2 ** Math.min(this.#ejections - 1, 30);
    this.#ejectedUntil = later(now, Math.min(FIRST_EJECTION_MS * growth, LONGEST_EJECTION_MS));
  }
}
