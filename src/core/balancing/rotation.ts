import { type MonotonicMs } from '../replication/types.js';

/** Why an endpoint did not serve a request. */
export type Failure =
  /** No connection: it is down, or out of reach. */
  | 'refused'
  /** It took the request and gave no answer. */
  | 'lost'
  /** It answered that it cannot serve now. */
  | 'not ready';

/** Chooses where a request goes. */
export interface EndpointOrder {
  /** Every endpoint once, in the order to try them. */
  order(now: MonotonicMs): readonly string[];
  failed(endpoint: string, failure: Failure, now: MonotonicMs): void;
  answered(endpoint: string): void;
}

/** For how long an endpoint that failed is tried after all others. */
const ASIDE_MS: Readonly<Record<Failure, number>> = { refused: 500, lost: 1_000, 'not ready': 100 };

/** Round robin, or always from the first on. Endpoints that failed a moment ago come last: they are tried only when the others fail as well. */
export class Rotation implements EndpointOrder {
  readonly #endpoints: readonly string[];
  readonly #asideUntil = new Map<string, MonotonicMs>();
  readonly #step: number;
  #turn = 0;

  constructor(endpoints: readonly string[], from: 'each in turn' | 'the first' = 'each in turn') {
    this.#endpoints = [...endpoints];
    this.#step = from === 'each in turn' ? 1 : 0;
  }

  order(now: MonotonicMs): readonly string[] {
    const { length } = this.#endpoints;
    if (length === 0) return [];
    const first = this.#turn;
    this.#turn = (first + this.#step) % length;
    const inTurn = [...this.#endpoints.slice(first), ...this.#endpoints.slice(0, first)];
    if (this.#asideUntil.size === 0) return inTurn;
    const aside = (endpoint: string): boolean => (this.#asideUntil.get(endpoint) ?? -Infinity) > now;
    return [...inTurn.filter((endpoint) => !aside(endpoint)), ...inTurn.filter(aside)];
  }

  failed(endpoint: string, failure: Failure, now: MonotonicMs): void {
    this.#asideUntil.set(endpoint, now + ASIDE_MS[failure]);
  }

  answered(endpoint: string): void {
    this.#asideUntil.delete(endpoint);
  }
}
