/** A part of something that is traced: what it is called, and whose side of it this is. */
export interface SpanPart {
  readonly name: string;
  readonly kind: 'server' | 'client' | 'internal';
  readonly attributes?: Readonly<Record<string, string | number>>;
}

/** How it ended. `failure`: what went wrong. `name` and `attributes`: what was not known as it began. */
export interface SpanEnd extends Partial<Pick<SpanPart, 'name' | 'attributes'>> {
  readonly failure?: string | undefined;
}

/**
 * A stretch of work in a trace (OpenTelemetry's span). Work that is done for several requests at once, as an order server's call for several
 * sales, has one in the trace of each.
 */
export interface Span {
  begin(part: SpanPart): Span;
  /** It together with others, of other traces: what is begun there is part of all of them. */
  with(others: readonly Span[]): Span;
  /** As W3C `traceparent`s, divided by commas. */
  readonly parents: string;
  set(attributes: NonNullable<SpanPart['attributes']>): void;
  /** Once: what comes after the first time is passed over. */
  end(how?: SpanEnd): void;
}

/** Undefined: none of them is traced. */
export function joinSpans(spans: readonly (Span | undefined)[]): Span | undefined {
  const [first, ...others] = new Set(spans.filter((span) => span !== undefined));
  return others.length === 0 ? first : first?.with(others);
}
