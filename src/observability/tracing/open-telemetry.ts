import {
  type Attributes,
  ROOT_CONTEXT,
  type Span as ApiSpan,
  SpanKind,
  type SpanContext,
  SpanStatusCode,
  trace,
  type Tracer as ApiTracer,
} from '@opentelemetry/api';
import { parseTraceParent } from '@opentelemetry/core';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { type TracingConfig } from '../../config/index.js';
import { SpanQueue, type SpanCounts } from './span-queue.js';
import { type Span, type SpanEnd, type SpanPart } from './span.js';
import { type Tracer } from './tracer.js';

/** Traces that one call is part of; more requests may share it, and those are traced no further. */
const MOST_PARENTS = 16;
const PARENT_LENGTH = 55;
/** Of one attempt to send spans. */
const SEND_WITHIN_MS = 5_000;

const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL } as const;

/** OpenTelemetry's own packages make the spans and speak to the collector; how spans wait to be sent is `SpanQueue`. */
export function openTelemetry(config: TracingConfig, counts: SpanCounts): Tracer {
  const { url, headers, protocol, serviceName, instance } = config;
  const Exporter = protocol === 'http/json' ? JsonExporter : ProtobufExporter;
  const exporter = new Exporter({ url, headers: { ...headers }, timeoutMillis: SEND_WITHIN_MS });
  const queue = new SpanQueue(exporter, new URL(url).host, counts);
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': serviceName, 'service.instance.id': instance }),
    sampler: samplerOf(config),
    spanProcessors: [queue],
  });
  const tracer = provider.getTracer('bazar');
  return {
    begin: (part, parent) => Spans.of(tracer, part, contextsIn(parent).slice(0, 1)),
    continue: (part, parents) => {
      const contexts = contextsIn(parents);
      return contexts.length === 0 ? undefined : Spans.of(tracer, part, contexts);
    },
    close: () => queue.shutdown(),
  };
}

function samplerOf({ sampler, ratio }: Pick<TracingConfig, 'sampler' | 'ratio'>): Sampler {
  switch (sampler) {
    case 'always_on':
      return new AlwaysOnSampler();
    case 'always_off':
      return new AlwaysOffSampler();
    case 'traceidratio':
      return new TraceIdRatioBasedSampler(ratio);
    case 'parentbased_always_on':
      return new ParentBasedSampler({ root: new AlwaysOnSampler() });
    case 'parentbased_always_off':
      return new ParentBasedSampler({ root: new AlwaysOffSampler() });
    case 'parentbased_traceidratio':
      return new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) });
    default:
      return sampler satisfies never;
  }
}

/** W3C Trace Context; what is none of it is passed over. */
function contextsIn(parents: unknown): SpanContext[] {
  if (typeof parents !== 'string' || parents.length > MOST_PARENTS * (PARENT_LENGTH + 1)) return [];
  return parents.split(',').flatMap((parent) => {
    const context = parseTraceParent(parent);
    return context === null ? [] : [{ ...context, isRemote: true }];
  });
}

function traceparent(span: ApiSpan): string {
  const { traceId, spanId } = span.spanContext();
  return `00-${traceId}-${spanId}-01`;
}

/** One span in each of several traces. */
class Spans implements Span {
  private isEnded = false;

  private constructor(
    private readonly tracer: ApiTracer,
    private readonly spans: readonly ApiSpan[],
  ) {}

  /** Undefined: none of them is recorded. */
  static of(
    tracer: ApiTracer,
    { name, kind, attributes = {} }: SpanPart,
    parents: readonly SpanContext[],
  ): Spans | undefined {
    const options = { kind: KINDS[kind], attributes: { ...attributes } };
    const contexts =
      parents.length === 0
        ? [ROOT_CONTEXT]
        : parents.map((parent) => trace.setSpanContext(ROOT_CONTEXT, parent));
    const recorded = contexts
      .map((context) => tracer.startSpan(name, options, context))
      .filter((span) => span.isRecording());
    return recorded.length === 0 ? undefined : new Spans(tracer, recorded);
  }

  begin(part: SpanPart): Span {
    const parents = this.spans.map((span) => span.spanContext());
    return Spans.of(this.tracer, part, parents) ?? new Spans(this.tracer, []);
  }

  with(others: readonly Span[]): Span {
    const all = [this, ...others].flatMap((each) => (each instanceof Spans ? each.spans : []));
    return new Spans(this.tracer, [...new Set(all)].slice(0, MOST_PARENTS));
  }

  get parents(): string {
    return this.spans.map(traceparent).join(',');
  }

  set(attributes: Attributes): void {
    for (const span of this.spans) span.setAttributes(attributes);
  }

  end({ name, attributes, failure }: SpanEnd = {}): void {
    if (this.isEnded) return;
    this.isEnded = true;
    for (const span of this.spans) {
      if (name !== undefined) span.updateName(name);
      if (attributes !== undefined) span.setAttributes({ ...attributes });
      if (failure !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: failure });
      span.end();
    }
  }
}
