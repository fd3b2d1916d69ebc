import { readTag, wordsFor, writeTag } from '../../contract/traces.js';
import { type Invalidation } from '../../core/replication/invalidation.js';
import { type Envelope } from '../../core/replication/messages.js';
import { type BookId } from '../../core/replication/types.js';
import { type AttemptObserver } from '../../rpc/attempt-observer.js';
import { type CallResult } from '../../contract/call.js';
import { type InvalidationsResponse } from '../../contract/internal.js';
import { type TraceRecorder } from '../../observability/tracing/trace-recorder.js';
import { wordsOf } from './message-words.js';

/** An envelope of a request that is followed bears its tag, as the trace header does. */
export type TracedEnvelope = Envelope & { readonly trace?: unknown };

const MOST_FORWARDS = 64;

/** Puts tags on what leaves for the peers and the front-ends, and records those that come; the core knows nothing of it. */
export class PeerTracing {
  /** Which book a forwarded operation was about: its answer names only the request. */
  private readonly forwards = new Map<string, BookId>();

  constructor(
    private readonly recorder: TraceRecorder,
    private readonly addresses: readonly string[],
  ) {}

  /** The tag to send along, if its book is followed. */
  leaving(to: number, { body }: Envelope): string | undefined {
    if (this.recorder.isIdle) return undefined;
    const bookId =
      body.kind === 'forwarded'
        ? this.forwards.get(forwardKey(to, body.requestId))
        : 'bookId' in body
          ? body.bookId
          : undefined;
    const words = bookId === undefined ? null : wordsOf(body);
    if (bookId === undefined || words === null) return undefined;
    const tag = this.recorder.sent(bookId, this.addresses[to] ?? '', words);
    return tag === undefined ? undefined : writeTag(tag);
  }

  arrived(envelopes: readonly TracedEnvelope[]): void {
    for (const { trace, fromPosition, body } of envelopes) {
      if (trace === undefined) continue;
      const tag = readTag(trace);
      if (tag === null) continue;
      this.recorder.received(tag);
      if (body.kind === 'forward') this.remember(forwardKey(fromPosition, body.requestId), body.bookId);
    }
  }

  invalidating(
    invalidations: readonly Invalidation[],
  ): AttemptObserver<CallResult<InvalidationsResponse>> | undefined {
    if (this.recorder.isIdle) return undefined;
    const bookId = invalidations
      .flatMap(({ bookIds }) => bookIds)
      .find((id) => this.recorder.following(id) !== undefined);
    if (bookId === undefined) return undefined;
    return this.recorder.observe(
      bookId,
      wordsFor('invalidate', 'forget it before the write counts'),
      () => 'forgotten',
    );
  }

  private remember(key: string, bookId: BookId): void {
    this.forwards.set(key, bookId);
    const oldest = this.forwards.keys().next();
    if (this.forwards.size > MOST_FORWARDS && oldest.done !== true) this.forwards.delete(oldest.value);
  }
}

function forwardKey(position: number, requestId: number): string {
  return `${position} ${requestId}`;
}
