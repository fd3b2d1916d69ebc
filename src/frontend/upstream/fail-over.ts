import { type EndpointOrder, type Failure } from '../../core/balancing/rotation.js';
import { type Clock } from '../../core/replication/ports.js';
import {
  type HttpAnswer,
  type HttpClient,
  type HttpRequest,
  type HttpResult,
} from '../../platform/http-client.js';

/** What one answer means. `try another` may repeat the request, so it has to be a read or bear an operation id. */
export type Verdict<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'try another'; readonly failure: Failure; readonly mayHaveHappened: boolean };

export type Reached<T> =
  | { readonly kind: 'done'; readonly value: T }
  /** None of them served it. `mayHaveHappened`: one of them may have all the same. */
  | { readonly kind: 'unreachable'; readonly mayHaveHappened: boolean };

/** `mayHaveHappened`: an earlier attempt may still come to it. */
export type Judge<T> = (answer: HttpAnswer, mayHaveHappened: boolean) => Verdict<T>;

export interface FailOverTimes {
  /** Bound of one attempt. */
  readonly attemptMs: number;
  /** Bound of all of them together. */
  readonly totalMs: number;
  /** Nobody is kept waiting: asks again until `totalMs` have passed, whatever the failures were. */
  readonly persistent?: boolean;
}

/** For how long replicas that are up but not ready are asked again: longer than a lease takes to come back. */
const PATIENCE_MS = 1_500;
const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 160;
const MOST_ROUNDS = 1_000;
/** Less is not worth an attempt. */
const LEAST_MS = 2;

/** Asks one endpoint after the other until one serves the request, or the time is up. */
export class FailOver {
  constructor(
    private readonly endpoints: EndpointOrder,
    private readonly client: Pick<HttpClient, 'request'>,
    private readonly clock: Pick<Clock, 'monotonicMs' | 'after'>,
    /** Hears of each attempt that failed. */
    private readonly failed: (failure: Failure) => void = () => undefined,
  ) {}

  async request<T>(
    request: Omit<HttpRequest, 'timeoutMs'>,
    times: FailOverTimes,
    judge: Judge<T>,
  ): Promise<Reached<T>> {
    const beganAt = this.clock.monotonicMs();
    const deadline = beganAt + times.totalMs;
    const { persistent = false } = times;
    const patientUntil = persistent ? deadline : Math.min(deadline, beganAt + PATIENCE_MS);
    let mayHaveHappened = false;
    for (let round = 0; round < MOST_ROUNDS; round++) {
      let askAgain = persistent;
      for (const endpoint of this.endpoints.order(this.clock.monotonicMs())) {
        const leftMs = deadline - this.clock.monotonicMs();
        if (leftMs < LEAST_MS) return { kind: 'unreachable', mayHaveHappened };
        const timeoutMs = Math.min(times.attemptMs, leftMs);
        const result = await this.client.request(endpoint, { ...request, timeoutMs });
        const verdict: Verdict<T> = judged(result, mayHaveHappened, judge);
        if (verdict.kind === 'done') {
          this.endpoints.answered(endpoint);
          return verdict;
        }
        this.endpoints.failed(endpoint, verdict.failure, this.clock.monotonicMs());
        this.failed(verdict.failure);
        mayHaveHappened ||= verdict.mayHaveHappened;
        askAgain ||= verdict.failure === 'not ready';
      }
      const pauseMs = pauseAfter(round);
      if (!askAgain || this.clock.monotonicMs() + pauseMs > patientUntil) break;
      await new Promise<void>((resolve) => this.clock.after(pauseMs, resolve));
    }
    return { kind: 'unreachable', mayHaveHappened };
  }
}

/** Grows with the rounds; jitter keeps front-ends that failed together from coming back together. */
function pauseAfter(round: number): number {
  const bound = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(round, 10), LONGEST_PAUSE_MS);
  return bound * (0.5 + Math.random() / 2);
}

function judged<T>(result: HttpResult, mayHaveHappened: boolean, judge: Judge<T>): Verdict<T> {
  switch (result.kind) {
    case 'answered':
      return judge(result, mayHaveHappened);
    case 'refused':
      return { kind: 'try another', failure: 'refused', mayHaveHappened: false };
    case 'lost':
      return { kind: 'try another', failure: 'lost', mayHaveHappened: true };
    default:
      return result satisfies never;
  }
}

/** For statuses that a path does not expect: an overload or a start under way says 503, all else is as good as no answer. */
export function tryAnother({ status }: HttpAnswer): Extract<Verdict<never>, { kind: 'try another' }> {
  if (status === 503) return { kind: 'try another', failure: 'not ready', mayHaveHappened: false };
  return { kind: 'try another', failure: 'lost', mayHaveHappened: true };
}

export function done<T>(value: T): Verdict<T> {
  return { kind: 'done', value };
}
