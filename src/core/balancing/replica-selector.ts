import { type MonotonicMs } from '../replication/types.js';
import {
  AVAILABILITIES,
  type Availability,
  EndpointHealth,
  type Failure,
  type PolledReadiness,
} from './endpoint-health.js';

/** Round robin, always from the first on that is well, or in an order of the request's own. */
export type Turns = 'each in turn' | 'the first' | readonly string[];

const HEALTHY = AVAILABILITIES.indexOf('healthy');

export interface EndpointState {
  readonly endpoint: string;
  readonly availability: Availability;
  /** The last look at it found it ready. */
  readonly ready: boolean;
}

/**
 * Chooses which replica of a role is asked next. Those that are not well come last, so they are tried only when the others
 * fail as well, and all of them are when none is well (panic mode).
 */
export class ReplicaSelector {
  readonly endpoints: readonly string[];
  readonly #health: ReadonlyMap<string, EndpointHealth>;
  #turn = 0;

  constructor(endpoints: readonly string[]) {
    this.endpoints = [...new Set(endpoints)];
    this.#health = new Map(this.endpoints.map((endpoint) => [endpoint, new EndpointHealth()]));
  }

  /** Every endpoint once, in the order to try them. */
  order(now: MonotonicMs, turns: Turns = 'each in turn'): readonly string[] {
    const inTurn = this.#inTurn(turns);
    const placed = inTurn.map((endpoint) => ({ endpoint, place: this.#place(endpoint, now) }));
    if (placed.every(({ place }) => place === HEALTHY)) return inTurn;
    return placed.sort((a, b) => a.place - b.place).map(({ endpoint }) => endpoint);
  }

  answered(endpoint: string, now: MonotonicMs): void {
    this.#health.get(endpoint)?.answered(now);
  }

  failed(endpoint: string, failure: Failure, now: MonotonicMs): void {
    this.#health.get(endpoint)?.failed(failure, now);
  }

  polled(endpoint: string, found: PolledReadiness, now: MonotonicMs): void {
    this.#health.get(endpoint)?.polled(found, now);
  }

  states(now: MonotonicMs): readonly EndpointState[] {
    return [...this.#health].map(([endpoint, health]) => ({
      endpoint,
      availability: health.availability(now),
      ready: health.readiness === 'ready',
    }));
  }

  #inTurn(turns: Turns): readonly string[] {
    if (turns === 'the first') return this.endpoints;
    if (turns !== 'each in turn') return turns;
    const first = this.#turn;
    this.#turn = (first + 1) % Math.max(this.endpoints.length, 1);
    return [...this.endpoints.slice(first), ...this.endpoints.slice(0, first)];
  }

  /** The lower the sooner. A half-open one goes first when a request is due to it: nothing else would bring it back. */
  #place(endpoint: string, now: MonotonicMs): number {
    const health = this.#health.get(endpoint);
    const availability = health?.availability(now) ?? 'healthy';
    return availability === 'half-open' && health?.probes(now) === true
      ? -1
      : AVAILABILITIES.indexOf(availability);
  }
}
