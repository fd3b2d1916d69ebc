import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type Config } from '../../config/index.js';
import { CONFIG } from '../../runtime/config.token.js';
import { Answers } from '../answers.js';
import { Metrics } from '../metrics.js';
import { beginRequest, knownContextOf } from '../request-context.js';
import { type Span, type SpanPart } from './span.js';
import { type Tracer } from './tracer.js';

/** Traces that begin here, whoever asks for them: a client may ask for one with each request. */
const MOST_TRACES_A_SECOND = 100;
/** What is asked every few seconds for ever, and says nothing of a buyer's request. */
const UNTRACED = /^\/(?:health\/|metrics\b)/;

/**
 * Traces of requests through all roles, by OpenTelemetry (ADR 51). Where OTEL_EXPORTER_OTLP_ENDPOINT is not set nothing of it is loaded,
 * and a request pays for one look at a field.
 */
@Injectable()
export class Tracing implements OnModuleInit, OnApplicationShutdown {
  private tracer: Tracer | undefined;
  private second = 0;
  private begun = 0;
  private readonly counts;

  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'tracing'>,
    metrics: Metrics,
    private readonly answers: Answers,
  ) {
    this.counts = {
      sent: metrics.counter('bazar_spans_sent_total', 'Spans that the collector took'),
      dropped: metrics.counter(
        'bazar_spans_dropped_total',
        'Spans that were dropped: too many, or not taken',
        ['reason'],
      ),
      untraced: metrics.counter(
        'bazar_traces_beyond_bound_total',
        'Requests that were not traced because so many others were in this second',
      ),
    };
    for (const reason of ['queue full', 'not taken']) this.counts.dropped.inc({ reason }, 0);
  }

  async onModuleInit(): Promise<void> {
    const { tracing } = this.config;
    if (tracing === null) return;
    const { openTelemetry } = await import('./open-telemetry.js');
    this.tracer = openTelemetry(tracing, {
      sent: (spans) => this.counts.sent.inc(spans),
      dropped: (reason, spans) => this.counts.dropped.inc({ reason }, spans),
    });
    this.answers.observe(({ request, method, route, status }) => {
      const span = request === undefined ? undefined : knownContextOf(request)?.span;
      span?.end({
        name: `${method} ${route}`,
        attributes: { 'http.route': route, 'http.response.status_code': status },
        failure: status >= 500 ? String(status) : undefined,
      });
    });
  }

  get isOn(): boolean {
    return this.tracer !== undefined;
  }

  /** A request has come in, and nobody has asked for its context yet. The answer ends its span. */
  arrived(request: IncomingMessage, response: ServerResponse): void {
    const { method = '', url = '' } = request;
    if (this.tracer === undefined || UNTRACED.test(url) || !this.mayBegin()) return;
    // Not its path: whoever knows the id of an order may look at it.
    const part: SpanPart = { name: method, kind: 'server', attributes: { 'http.request.method': method } };
    const span = this.tracer.begin(part, request.headers['traceparent']);
    if (span === undefined) return;
    this.begun += 1;
    const { ids } = beginRequest(request, span);
    response.once('close', () => span.end({ failure: 'the client went before it was answered' }));
    span.set({ 'bazar.request_id': ids });
  }

  /** A call has come in over the line. */
  called(name: string, parents: unknown): Span | undefined {
    return this.tracer?.continue({ name, kind: 'server', attributes: { 'rpc.method': name } }, parents);
  }

  /** A message of a catalog. */
  heard(part: SpanPart, parents: unknown): Span | undefined {
    return this.tracer?.continue(part, parents);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.tracer?.close();
  }

  private mayBegin(): boolean {
    const second = Math.floor(performance.now() / 1_000);
    if (second !== this.second) [this.second, this.begun] = [second, 0];
    if (this.begun < MOST_TRACES_A_SECOND) return true;
    this.counts.untraced.inc();
    return false;
  }
}
