import { type Envelope, type PeerMessage } from '../../core/replication/messages.js';
import { type BookId } from '../../core/replication/types.js';
import { joinSpans, type Span } from '../../observability/tracing/span.js';
import { type Tracing } from '../../observability/tracing/tracing.js';

/** An envelope that is part of traces bears its spans, as a call on the line does. */
export type SpannedEnvelope = Envelope & { readonly spans?: unknown };

/** Messages that are asked or answered at a time. */
const MOST_OPEN = 1_024;
/** Nobody waits longer for an answer. */
const LONGEST_MS = 10_000;
const NONE: readonly string[] = [];

interface Open {
  readonly span: Span;
  readonly ended: () => void;
  readonly until: number;
}

/**
 * Spans of what catalogs say to each other about a book while something that is traced is done about it: one on either side, from a
 * question until its answer. What one book waits for, all that wait for it wait for. The core knows nothing of it.
 */
export class PeerSpans {
  private readonly books = new Map<BookId, Set<Span>>();
  /** What this catalog has asked, and what it was asked, by position and question, the oldest first. */
  private readonly asked = new Map<string, Open>();
  private readonly served = new Map<string, Open>();

  constructor(
    private readonly tracing: Pick<Tracing, 'heard'>,
    private readonly addresses: readonly string[],
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  /** What is said about the book meanwhile is part of the span. */
  async during<T>(bookId: BookId, span: Span, work: () => Promise<T>): Promise<T> {
    const end = this.begin(bookId, span);
    try {
      return await work();
    } finally {
      end();
    }
  }

  /** The spans to send along (`Span.parents`); undefined: it is not traced. */
  leaving(to: number, { body }: Envelope): string | undefined {
    if (this.books.size === 0 && this.served.size === 0) return undefined;
    for (const question of answeredBy(body)) end(this.served, `${to} ${question}`);
    const question = askedBy(body);
    const span = question === null || !('bookId' in body) ? undefined : this.about([body.bookId]);
    if (span === undefined) return undefined;
    const attributes = { 'rpc.method': body.kind, 'server.address': this.addresses[to] ?? '' };
    const part = span.begin({ name: body.kind, kind: 'client', attributes });
    this.open(this.asked, `${to} ${question}`, part, () => undefined);
    return part.parents;
  }

  arrived({ fromPosition, body, spans }: SpannedEnvelope): void {
    if (this.asked.size > 0)
      for (const question of answeredBy(body)) end(this.asked, `${fromPosition} ${question}`);
    const question = spans === undefined ? null : askedBy(body);
    if (question === null || !('bookId' in body)) return;
    const part = { name: body.kind, kind: 'server', attributes: { 'rpc.method': body.kind } } as const;
    const span = this.tracing.heard(part, spans);
    if (span !== undefined)
      this.open(this.served, `${fromPosition} ${question}`, span, this.begin(body.bookId, span));
  }

  /** Undefined: nothing that is traced is done about any of them. */
  about(bookIds: readonly BookId[]): Span | undefined {
    if (this.books.size === 0) return undefined;
    return joinSpans(bookIds.flatMap((bookId) => [...(this.books.get(bookId) ?? [])]));
  }

  private begin(bookId: BookId, span: Span): () => void {
    const spans = this.books.get(bookId) ?? new Set();
    this.books.set(bookId, spans.add(span));
    return () => {
      spans.delete(span);
      if (spans.size === 0 && this.books.get(bookId) === spans) this.books.delete(bookId);
    };
  }

  private open(among: Map<string, Open>, key: string, span: Span, ended: () => void): void {
    const now = this.nowMs();
    end(among, key, 'it was asked again');
    for (const [oldest, { until }] of among) {
      if (until > now && among.size < MOST_OPEN) break;
      end(among, oldest, 'no answer');
    }
    among.set(key, { span, ended, until: now + LONGEST_MS });
  }
}

function end(among: Map<string, Open>, key: string, failure?: string): void {
  const open = among.get(key);
  if (open === undefined) return;
  among.delete(key);
  open.span.end({ failure });
  open.ended();
}

/** By which its answer is known; null: nobody answers it, or it says nothing of a book. */
function askedBy(body: PeerMessage): string | null {
  switch (body.kind) {
    case 'check':
    case 'update':
    case 'fetch':
      return `${body.kind} ${body.bookId}`;
    case 'get':
    case 'forward':
      return `${body.kind} ${body.requestId}`;
    default:
      return null;
  }
}

/** What it may be the answer to. */
function answeredBy(body: PeerMessage): readonly string[] {
  switch (body.kind) {
    case 'check ok':
      return [`check ${body.bookId}`];
    case 'update ok':
    case 'update committed':
      return [`update ${body.bookId}`];
    case 'conflict':
    case 'behind':
      return [`check ${body.bookId}`, `update ${body.bookId}`];
    case 'fetched':
      return [`fetch ${body.bookId}`];
    case 'got':
      return [`get ${body.requestId}`];
    case 'forwarded':
      return [`forward ${body.requestId}`];
    default:
      return NONE;
  }
}
