import {
  MAX_OPERATIONS,
  type OperationsRequest,
  type OperationsResponse,
  type SaleRequest,
} from '../contract/internal.js';
import { type Attempt } from '../core/balancing/fail-over.js';
import { type Clock } from '../core/replication/ports.js';
import { type SubmitResult } from '../core/replication/results.js';
import { wordsFor } from '../contract/traces.js';
import { type CallResult, type Unanswered } from '../contract/call.js';
import { submitCall } from '../contract/rpc.js';
import { currentRequest, joinContexts, type RequestContext } from '../observability/request-context.js';
import { type AttemptObserver } from '../rpc/attempt-observer.js';
import { type Link } from '../rpc/link.js';
import { EndOfTurn } from '../runtime/end-of-turn.js';
import { type TraceRecorder } from '../observability/tracing/trace-recorder.js';

/** What one catalog said of one sale. */
export type SaleAttempt = { readonly kind: 'answered'; readonly result: SubmitResult } | Unanswered;

/** Told what the catalog says of the sales of one request. */
export type HearSales = (sales: OperationsRequest['operations'], answer: OperationsResponse) => void;

interface WaitingSale {
  readonly sale: SaleRequest;
  readonly context: RequestContext | undefined;
  readonly dueAt: number;
  readonly settle: (attempt: SaleAttempt) => void;
  /** Null while it waits to be sent. */
  batch: SentBatch | null;
}

interface SentBatch {
  /** Sales of it that somebody still waits for. */
  wanted: number;
  /** Frees its place for the next. */
  readonly leave: () => void;
}

/** Each batch costs the catalogs a round, so what comes meanwhile gathers for the next: more at once only make smaller ones. */
const BATCHES_AT_ONCE = 2;
/** A batch ends with its slowest sale: one that takes this long keeps the others back no more. */
const SLOW_BATCH_MS = 25;
/** Slow ones included. */
const BATCHES_IN_FLIGHT = 8;
/** More sales than this are refused at once: whoever sent them can still try elsewhere in time. */
const MOST_WAITING = 4096;

/** Sends the sales that arrive together to one catalog in one request. */
export class SalesBatcher {
  private readonly waiting = new Set<WaitingSale>();
  private inFlight = 0;
  private slow = 0;
  private readonly turn = new EndOfTurn(() => {
    while (this.waiting.size > 0 && this.hasRoom()) void this.send(this.nextBatch());
  });

  constructor(
    private readonly catalog: Pick<Link, 'call'>,
    private readonly clock: Pick<Clock, 'monotonicMs' | 'after'>,
    private readonly heard: HearSales,
    private readonly traces?: Pick<TraceRecorder, 'isIdle' | 'observe' | 'following'>,
  ) {}

  /** Answers within `timeoutMs`, whatever becomes of the batch. One that is abandoned while it still waits is taken back. */
  sell(sale: SaleRequest, timeoutMs: number, whenAbandoned: Attempt['whenAbandoned']): Promise<SaleAttempt> {
    if (this.waiting.size >= MOST_WAITING) {
      return Promise.resolve({ kind: 'overloaded', reason: 'too many sales are waiting for this catalog' });
    }
    return new Promise((done) => {
      const waiting: WaitingSale = {
        sale,
        context: currentRequest(),
        dueAt: this.clock.monotonicMs() + timeoutMs,
        batch: null,
        settle: (attempt) => {
          isOver = true;
          cancel();
          done(attempt);
        },
      };
      let isOver = false;
      const giveUp = (): void => {
        if (isOver) return;
        const isUnsent = this.waiting.delete(waiting);
        waiting.settle({ kind: isUnsent ? 'refused' : 'lost', reason: 'no answer in time' });
        const { batch } = waiting;
        if (batch === null) return;
        batch.wanted -= 1;
        // Its place is free for the next: one that hangs must not hold up what is sent once the catalog is back.
        if (batch.wanted === 0) batch.leave();
      };
      const cancel = this.clock.after(timeoutMs, giveUp);
      whenAbandoned(giveUp);
      this.waiting.add(waiting);
      this.turn.schedule();
    });
  }

  private hasRoom(): boolean {
    return this.inFlight < BATCHES_IN_FLIGHT && this.inFlight - this.slow < BATCHES_AT_ONCE;
  }

  private nextBatch(): WaitingSale[] {
    const batch: WaitingSale[] = [];
    for (const sale of this.waiting) {
      if (batch.length === MAX_OPERATIONS) break;
      batch.push(sale);
      this.waiting.delete(sale);
    }
    return batch;
  }

  private async send(batch: readonly WaitingSale[]): Promise<void> {
    const sent: SentBatch = { wanted: batch.length, leave: this.takePlace() };
    for (const sale of batch) sale.batch = sent;
    const request: OperationsRequest = {
      operations: batch.map(({ sale: { bookId, ...sale } }) => ({
        bookId,
        operation: { kind: 'sale', ...sale },
      })),
    };
    const result = await this.catalog.call(submitCall, request, {
      timeoutMs: Math.max(...batch.map(({ dueAt }) => dueAt)) - this.clock.monotonicMs(),
      observer: this.observer(batch),
      context: joinContexts(batch.map(({ context }) => context)),
    });
    sent.leave();
    if (result.kind === 'answered') this.heard(request.operations, result.answer);
    attemptsOf(result, batch.length).forEach((attempt, index) => batch[index]?.settle(attempt));
  }

  /** The answer gives it back, once. */
  private takePlace(): () => void {
    let isTaken = true;
    this.inFlight += 1;
    const endSlowness = this.watchSlowness();
    return () => {
      if (!isTaken) return;
      isTaken = false;
      this.inFlight -= 1;
      endSlowness();
      if (this.waiting.size > 0) this.turn.schedule();
    };
  }

  /** The answer is for the batch's end. */
  private watchSlowness(): () => void {
    let isSlow = false;
    const cancel = this.clock.after(SLOW_BATCH_MS, () => {
      isSlow = true;
      this.slow += 1;
      if (this.waiting.size > 0) this.turn.schedule();
    });
    return () => {
      cancel();
      if (isSlow) this.slow -= 1;
    };
  }

  private observer(
    batch: readonly WaitingSale[],
  ): AttemptObserver<CallResult<OperationsResponse>> | undefined {
    if (this.traces === undefined || this.traces.isIdle) return undefined;
    const index = batch.findIndex(({ sale }) => this.traces?.following(sale.bookId) !== undefined);
    const sale = batch[index]?.sale;
    if (sale === undefined) return undefined;
    const others = batch.length === 1 ? '' : `, with ${batch.length - 1} other sales`;
    return this.traces.observe<CallResult<OperationsResponse>>(
      sale.bookId,
      wordsFor('sale', `${sale.copies} of it${others}`),
      (answer) => {
        const attempt = attemptsOf(answer, batch.length)[index];
        return attempt?.kind === 'answered' ? spoken(attempt.result) : null;
      },
    );
  }
}

function spoken(result: SubmitResult): string {
  return result.kind === 'decided' ? result.outcome.kind : result.kind;
}

function attemptsOf(result: CallResult<OperationsResponse>, sales: number): SaleAttempt[] {
  if (result.kind !== 'answered') return new Array<SaleAttempt>(sales).fill(result);
  const { results } = result.answer;
  if (results.length === sales) return results.map((each) => ({ kind: 'answered', result: each }));
  return new Array<SaleAttempt>(sales).fill({ kind: 'lost', reason: 'answers to other sales' });
}
