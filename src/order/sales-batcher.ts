import {
  MAX_OPERATIONS,
  type OperationsRequest,
  type OperationsResponse,
  type SaleRequest,
} from '../contract/internal.js';
import { type Clock } from '../core/replication/ports.js';
import { type SubmitResult } from '../core/replication/results.js';
import { wordsFor } from '../contract/traces.js';
import { type HttpClient, type HttpResult, jsonOf, type RequestObserver } from '../rpc/http-client.js';
import { type TraceRecorder } from '../observability/tracing/trace-recorder.js';

/** What one catalog said of one sale. */
export type SaleAttempt =
  | { readonly kind: 'answered'; readonly result: SubmitResult }
  /** Definite: this catalog did not get it. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** Definite: this catalog, or the queue before it, has too much to do. */
  | { readonly kind: 'overloaded'; readonly reason: string }
  /** Indefinite: it may have got it. */
  | { readonly kind: 'lost'; readonly reason: string };

interface WaitingSale {
  readonly sale: SaleRequest;
  readonly dueAt: number;
  readonly settle: (attempt: SaleAttempt) => void;
  /** Null while it waits to be sent. */
  batch: SentBatch | null;
}

interface SentBatch {
  /** Sales of it that somebody still waits for. */
  wanted: number;
  readonly cancel: AbortController;
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
  private scheduled = false;

  constructor(
    private readonly client: Pick<HttpClient, 'request'>,
    private readonly catalogAddress: string,
    private readonly clock: Pick<Clock, 'monotonicMs' | 'after'>,
    private readonly traces?: Pick<TraceRecorder, 'isIdle' | 'observe' | 'following'>,
  ) {}

  /** Answers within `timeoutMs`, whatever becomes of the batch. The signal takes back a sale that still waits; its answer matters no more. */
  sell(sale: SaleRequest, timeoutMs: number, signal: AbortSignal): Promise<SaleAttempt> {
    if (this.waiting.size >= MOST_WAITING) {
      return Promise.resolve({ kind: 'overloaded', reason: 'too many sales are waiting for this catalog' });
    }
    return new Promise((done) => {
      const waiting: WaitingSale = {
        sale,
        dueAt: this.clock.monotonicMs() + timeoutMs,
        batch: null,
        settle: (attempt) => {
          cancel();
          signal.removeEventListener('abort', giveUp);
          done(attempt);
        },
      };
      const giveUp = (): void => {
        const isUnsent = this.waiting.delete(waiting);
        waiting.settle({ kind: isUnsent ? 'refused' : 'lost', reason: 'no answer in time' });
        const { batch } = waiting;
        if (batch === null) return;
        batch.wanted -= 1;
        // Its place is free for the next: one that hangs must not hold up what is sent once the catalog is back.
        if (batch.wanted === 0) batch.cancel.abort();
      };
      const cancel = this.clock.after(timeoutMs, giveUp);
      signal.addEventListener('abort', giveUp, { once: true });
      this.waiting.add(waiting);
      this.schedule();
    });
  }

  /** At the end of the turn, so that the sales of one turn leave together. */
  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      while (this.waiting.size > 0 && this.hasRoom()) void this.send(this.nextBatch());
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
    this.inFlight += 1;
    const endSlowness = this.watchSlowness();
    const sent: SentBatch = { wanted: batch.length, cancel: new AbortController() };
    for (const sale of batch) sale.batch = sent;
    const body: OperationsRequest = {
      operations: batch.map(({ sale: { bookId, operationId, copies, expectedPriceCents } }) => ({
        bookId,
        operation: { kind: 'sale', operationId, copies, expectedPriceCents },
      })),
    };
    const answer = await this.client.request(this.catalogAddress, {
      method: 'POST',
      path: '/operations',
      body,
      timeoutMs: Math.max(...batch.map(({ dueAt }) => dueAt)) - this.clock.monotonicMs(),
      signal: sent.cancel.signal,
      observer: this.observer(batch),
    });
    this.inFlight -= 1;
    endSlowness();
    attemptsOf(answer, batch.length).forEach((attempt, index) => batch[index]?.settle(attempt));
    if (this.waiting.size > 0) this.schedule();
  }

  /** The answer is for the batch's end. */
  private watchSlowness(): () => void {
    let isSlow = false;
    const cancel = this.clock.after(SLOW_BATCH_MS, () => {
      isSlow = true;
      this.slow += 1;
      if (this.waiting.size > 0) this.schedule();
    });
    return () => {
      cancel();
      if (isSlow) this.slow -= 1;
    };
  }

  private observer(batch: readonly WaitingSale[]): RequestObserver | undefined {
    if (this.traces === undefined || this.traces.isIdle) return undefined;
    const index = batch.findIndex(({ sale }) => this.traces?.following(sale.bookId) !== undefined);
    const sale = batch[index]?.sale;
    if (sale === undefined) return undefined;
    const others = batch.length === 1 ? '' : `, with ${batch.length - 1} other sales`;
    return this.traces.observe(sale.bookId, wordsFor('sale', `${sale.copies} of it${others}`), (answer) => {
      const attempt = attemptsOf(answer, batch.length)[index];
      return attempt?.kind === 'answered' ? spoken(attempt.result) : null;
    });
  }
}

function spoken(result: SubmitResult): string {
  return result.kind === 'decided' ? result.outcome.kind : result.kind;
}

function attemptsOf(answer: HttpResult, sales: number): SaleAttempt[] {
  if (answer.kind !== 'answered') return new Array<SaleAttempt>(sales).fill(answer);
  if (answer.status === 200) {
    const response = jsonOf(answer) as OperationsResponse | undefined;
    if (response?.results.length === sales) {
      return response.results.map((result) => ({ kind: 'answered', result }));
    }
  }
  const reason = `the catalog answered ${answer.status}`;
  return new Array<SaleAttempt>(sales).fill({ kind: kindOf(answer.status), reason });
}

/** A 4xx is said before an operation is begun, a 503 at the catalog's entrance. */
function kindOf(status: number): 'refused' | 'overloaded' | 'lost' {
  if (status === 503) return 'overloaded';
  return status >= 400 && status < 500 ? 'refused' : 'lost';
}
