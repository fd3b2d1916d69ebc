import { type Span, type SpanPart } from './span.js';

/** Makes spans and sends them off; loaded only where it is wanted. */
export interface Tracer {
  /** Part of those (`Span.parents`, or what a client sent as its `traceparent`), or else the first of its trace; undefined: it is not traced. */
  begin(part: SpanPart, parents: unknown): Span | undefined;
  /** Part of those; undefined: they are none. */
  continue(part: SpanPart, parents: unknown): Span | undefined;
  /** Sends what it still has. Within a bound. */
  close(): Promise<void>;
}
