import { type Clock, type Random } from '../replication/ports.js';
import { type MonotonicMs } from '../replication/types.js';
import { type Failure } from './endpoint-health.js';
import { type HedgeDelay } from './hedge-delay.js';
import { type HedgeBudget } from './hedge-budget.js';
import { type ReplicaSelector, type Turns } from './replica-selector.js';
import { type RetryBudget } from './retry-budget.js';

/** One try at one endpoint. */
export interface Attempt {
  readonly endpoint: string;
  readonly timeoutMs: number;
  /** At most one hears that another was quicker: nobody waits for this one any more. (An AbortSignal costs more than all else here.) */
  whenAbandoned(listener: () => void): void;
}

/** What has become of the other attempts of the same request when one is judged. */
export interface OtherAttempts {
  readonly underWay: boolean;
  /** One of them that has ended may have happened, or may yet. */
  readonly mayHaveHappened: boolean;
}

/** What one answer means. `try another` may repeat the request, so it has to be a read or bear an operation id. */
export type Verdict<T> =
  | { readonly kind: 'done'; readonly value: T }
  | {
      readonly kind: 'try another';
      readonly failure: Failure;
      /** This attempt may have happened, or may yet. */
      readonly mayHaveHappened: boolean;
      /** To be told when nobody gives a better one. */
      readonly said?: T;
    };

export type Reached<T> = { readonly kind: 'done'; readonly value: T } | Unserved<T>;

/** None of them served it. */
export interface Unserved<T = unknown> {
  readonly kind: 'unreachable';
  /** One of them may have all the same. */
  readonly mayHaveHappened: boolean;
  /** One of them had too much to do: it is there, and asking again at once would not help it. */
  readonly overloaded: boolean;
  readonly said: T | null;
}

export interface FailOverTimes {
  /** Bound of one attempt. */
  readonly attemptMs: number;
  /** Bound of all of them together. */
  readonly totalMs: number;
  /** After a round in which nobody served it all are asked again if one of these was among its failures, … */
  readonly againAfter: readonly Failure[];
  /** … until so long after the beginning. */
  readonly patienceMs: number;
}

export interface FailOverRequest<R, T> {
  /** Never rejects. */
  readonly ask: (attempt: Attempt) => Promise<R>;
  readonly judge: (answer: R, others: OtherAttempts) => Verdict<T>;
  readonly times: FailOverTimes;
  readonly turns?: Turns;
  /** Null: never of two at once. */
  readonly hedging: HedgeDelay | null;
}

/** Hears what becomes of attempts. */
export interface FailOverObserver {
  failed(failure: Failure): void;
  hedged(): void;
  retried(): void;
  /** The budget of these was spent. */
  budgetRefused(what: 'hedge' | 'retry'): void;
}

/** What the requests to one role share. */
export interface FailOverParts {
  readonly selector: ReplicaSelector;
  readonly retries: RetryBudget;
  readonly hedges: HedgeBudget;
  readonly clock: Pick<Clock, 'monotonicMs' | 'after'>;
  readonly random: Pick<Random, 'fraction'>;
  readonly observer: FailOverObserver;
}

const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 160;
const MOST_ROUNDS = 1_000;
/** Less is not worth an attempt. */
const LEAST_MS = 2;

/** Asks one endpoint after the other until one serves the request, a second one as well while the first takes long, or the time is up. */
export function failOver<R, T>(parts: FailOverParts, request: FailOverRequest<R, T>): Promise<Reached<T>> {
  parts.retries.earn();
  parts.hedges.began();
  return new Promise((resolve, reject) => new Call(parts, request, { resolve, reject }).begin());
}

interface Running {
  readonly endpoint: string;
  readonly since: MonotonicMs;
  abandoned: (() => void) | null;
}

class Call<R, T> {
  readonly #beganAt: MonotonicMs;
  /** At most two. */
  readonly #running = new Set<Running>();
  #queue: string[] = [];
  #round = 0;
  #askAgain = false;
  /** The next attempt needs no leave of the budget: it is the first, or the one before it cost nobody anything. */
  #free = true;
  #mayHaveHappened = false;
  #overloaded = false;
  #said: T | null = null;
  #ended = false;
  #cancelHedge: (() => void) | undefined;

  constructor(
    private readonly parts: FailOverParts,
    private readonly request: FailOverRequest<R, T>,
    private readonly promise: { resolve: (reached: Reached<T>) => void; reject: (error: unknown) => void },
  ) {
    this.#beganAt = this.#now();
  }

  begin(): void {
    this.#askAgain = false;
    this.#queue = [...this.parts.selector.order(this.#now(), this.request.turns)];
    if (!this.#retry()) this.#endRound();
  }

  #now(): MonotonicMs {
    return this.parts.clock.monotonicMs();
  }

  get #leftMs(): number {
    return this.#beganAt + this.request.times.totalMs - this.#now();
  }

  /** The next in the queue, if there is one, and time and budget for it. */
  #retry(): boolean {
    const { retries, observer } = this.parts;
    if (this.#queue.length === 0 || this.#leftMs < LEAST_MS) return false;
    if (!this.#free && !retries.take(this.#now())) {
      observer.budgetRefused('retry');
      this.#queue = [];
      // Not for ever: the next round may find it filled again. Those who shed load are not to be waited for.
      this.#askAgain ||= !this.#overloaded;
      return false;
    }
    if (!this.#free) observer.retried();
    this.#ask();
    return true;
  }

  #hedge(): void {
    const { hedges, observer } = this.parts;
    if (this.#ended || this.#running.size !== 1 || this.#leftMs < LEAST_MS) return;
    if (hedges.take(this.#now())) {
      observer.hedged();
      return this.#ask();
    }
    observer.budgetRefused('hedge');
    this.#armHedge();
  }

  #ask(): void {
    const endpoint = this.#queue.shift();
    if (endpoint === undefined) return;
    const timeoutMs = Math.min(this.request.times.attemptMs, this.#leftMs);
    const running: Running = { endpoint, since: this.#now(), abandoned: null };
    this.#free = false;
    this.#running.add(running);
    this.#armHedge();
    this.request
      .ask({ endpoint, timeoutMs, whenAbandoned: (listener) => void (running.abandoned = listener) })
      .then((answer) => this.#answered(running, answer))
      // A judge that throws: a fault of this release, no outage.
      .catch((error: unknown) => this.#end(() => this.promise.reject(error)));
  }

  #armHedge(): void {
    this.#cancelHedge?.();
    const { hedging } = this.request;
    if (hedging === null || this.#running.size !== 1 || this.#queue.length === 0) return;
    this.#cancelHedge = this.parts.clock.after(hedging.delayMs, () => this.#hedge());
  }

  #answered(running: Running, answer: R): void {
    if (this.#ended) return;
    this.#running.delete(running);
    const others = { underWay: this.#running.size > 0, mayHaveHappened: this.#mayHaveHappened };
    const verdict = this.request.judge(answer, others);
    if (verdict.kind === 'done') this.#served(running, verdict.value);
    else this.#failed(running, verdict);
  }

  #served({ endpoint, since }: Running, value: T): void {
    const now = this.#now();
    this.parts.selector.answered(endpoint, now);
    this.request.hedging?.answeredIn(now - since);
    for (const loser of this.#running) {
      // It had longer than the winner took before that was asked at all. (When all wait for the same, none has.)
      if (now - since < since - loser.since) this.#blame(loser.endpoint, 'outrun');
    }
    this.#end(() => this.promise.resolve({ kind: 'done', value }));
  }

  #failed({ endpoint }: Running, verdict: Extract<Verdict<T>, { kind: 'try another' }>): void {
    const { failure } = verdict;
    this.#blame(endpoint, failure);
    this.#mayHaveHappened ||= verdict.mayHaveHappened;
    this.#said = verdict.said ?? this.#said;
    this.#overloaded ||= failure === 'overloaded';
    this.#askAgain ||= this.request.times.againAfter.includes(failure);
    this.#free = failure === 'refused';
    if (this.#retry()) return;
    if (this.#running.size === 0) this.#endRound();
    else this.#armHedge();
  }

  #blame(endpoint: string, failure: Failure): void {
    this.parts.selector.failed(endpoint, failure, this.#now());
    this.parts.observer.failed(failure);
  }

  #endRound(): void {
    const pauseMs = this.#pauseMs();
    const { patienceMs, totalMs } = this.request.times;
    const patientUntil = this.#beganAt + Math.min(patienceMs, totalMs - LEAST_MS);
    const again = this.#askAgain && this.#now() + pauseMs <= patientUntil && this.#round < MOST_ROUNDS;
    if (!again) {
      const [mayHaveHappened, overloaded, said] = [this.#mayHaveHappened, this.#overloaded, this.#said];
      return this.#end(() =>
        this.promise.resolve({ kind: 'unreachable', mayHaveHappened, overloaded, said }),
      );
    }
    this.#round += 1;
    this.parts.clock.after(pauseMs, () => this.begin());
  }

  /** Grows with the rounds; jitter keeps those that failed together from coming back together. */
  #pauseMs(): number {
    const bound = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(this.#round, 10), LONGEST_PAUSE_MS);
    return bound * (0.5 + this.parts.random.fraction() / 2);
  }

  #end(settle: () => void): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#cancelHedge?.();
    this.parts.hedges.ended();
    for (const { abandoned } of this.#running) abandoned?.();
    this.#running.clear();
    settle();
  }
}
