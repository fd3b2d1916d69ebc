import { Inject, Injectable } from '@nestjs/common';
import { type FrontendConfig } from '../../config/index.js';
import { type SaleRequest } from '../../contract/internal.js';
import { Rotation } from '../../core/balancing/rotation.js';
import { type SubmitResult } from '../../core/replication/results.js';
import { SystemClock } from '../../platform/clock.js';
import { CONFIG } from '../../platform/config.token.js';
import { HttpClient, jsonOf, type HttpAnswer } from '../../platform/http-client.js';
import { done, FailOver, tryAnother, type FailOverTimes, type Reached, type Verdict } from './fail-over.js';
import { UpstreamMetrics } from './upstream.metrics.js';

/** A sale is decided, or this is no order server's word. */
export type SaleResult = Extract<
  SubmitResult,
  { readonly kind: 'decided' | 'no such book' | 'operation id reused' }
>;

/** The original's: a buy takes longer than a read. */
const SALE_FACTOR = 2;
const ATTEMPTS = 2;

/** What the front-end asks of the order servers, whichever of them serves it. */
@Injectable()
export class OrderClient {
  private readonly failOver: FailOver;
  private readonly times: FailOverTimes;

  constructor(
    @Inject(CONFIG) config: FrontendConfig,
    client: HttpClient,
    clock: SystemClock,
    metrics: UpstreamMetrics,
  ) {
    this.failOver = new FailOver(new Rotation(config.orderAddresses), client, clock, (failure) =>
      metrics.failed('order', failure),
    );
    const attemptMs = config.requestTimeoutMs * SALE_FACTOR;
    this.times = { attemptMs, totalMs: attemptMs * ATTEMPTS };
  }

  /** Asked again elsewhere it bears the same operation id, so it sells once. */
  sell(sale: SaleRequest): Promise<Reached<SaleResult>> {
    return this.failOver.request({ method: 'POST', path: '/sales', body: sale }, this.times, judge);
  }
}

function judge(answer: HttpAnswer, mayHaveHappened: boolean): Verdict<SaleResult> {
  const body = jsonOf(answer);
  if (answer.status === 504) {
    const unknown = (body as { outcome?: unknown } | undefined)?.outcome === 'unknown';
    return { kind: 'try another', failure: 'refused', mayHaveHappened: unknown };
  }
  if (answer.status !== 200 || body === undefined) return tryAnother(answer);
  const result = body as SubmitResult;
  switch (result.kind) {
    case 'decided':
    case 'operation id reused':
      return done(result);
    case 'no such book':
      // The attempt before may come to it when there is one.
      return mayHaveHappened ? { kind: 'try another', failure: 'not ready', mayHaveHappened } : done(result);
    case 'not started':
      return { kind: 'try another', failure: 'not ready', mayHaveHappened: false };
    case 'unknown':
      return { kind: 'try another', failure: 'not ready', mayHaveHappened: true };
    default:
      return result satisfies never;
  }
}
