import { Inject, Injectable } from '@nestjs/common';
import { type Config } from '../../config/index.js';
import { wordsFor, writeTag } from '../../contract/traces.js';
import { type BookId } from '../../core/replication/types.js';
import { answerTo, type MessageWords, type TraceEvent, type TraceTag } from '../../core/tracing/events.js';
import { SystemClock } from '../../runtime/clock.js';
import { CONFIG } from '../../runtime/config.token.js';
import { type AttemptObserver } from '../../rpc/attempt-observer.js';

/** A request and what comes after it, commits and late answers, take no longer unless something hangs. */
const FOLLOWED_MS = 3_000;
const MOST_FOLLOWED = 8;
const MOST_TRACES = 32;
const MOST_EVENTS = 500;

interface Followed {
  readonly traceId: string;
  readonly bookId: BookId;
  readonly until: number;
}

/** What became of a request to another role. */
type Ended = { readonly kind: 'answered' } | { readonly kind: string; readonly reason: string };
type Answered<Result> = Extract<Result, { readonly kind: 'answered' }>;

/** An event as it is recorded: without its time. */
type Untimed<Event> = Event extends TraceEvent ? Omit<Event, 'at'> : never;

/**
 * Records what this process sends and hears about a book that is followed, so that a request can be drawn message by message afterwards. Who gets
 * a message with a tag follows its book for a few seconds and tags what it sends about it. All the other time it is one look at an empty map.
 */
@Injectable()
export class TraceRecorder {
  private readonly followed = new Map<BookId, Followed>();
  private readonly kept = new Map<string, TraceEvent[]>();
  private readonly clockOffsetMs: number;
  private messages = 0;

  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'advertisedAddress'>,
    private readonly clock: SystemClock,
  ) {
    this.clockOffsetMs = clock.wallClockMs() - clock.monotonicMs();
  }

  get isIdle(): boolean {
    return this.followed.size === 0;
  }

  follow(traceId: string, bookId: BookId): void {
    this.followed.delete(bookId);
    this.followed.set(bookId, { traceId, bookId, until: this.clock.monotonicMs() + FOLLOWED_MS });
    dropOldest(this.followed, MOST_FOLLOWED);
  }

  following(bookId: BookId): Followed | undefined {
    if (this.followed.size === 0) return undefined;
    const followed = this.followed.get(bookId);
    if (followed === undefined || followed.until > this.clock.monotonicMs()) return followed;
    this.followed.delete(bookId);
    return undefined;
  }

  /** Undefined: the book is not followed. Else the tag to send with the message. */
  sent(bookId: BookId, to: string, words: MessageWords): TraceTag | undefined {
    const followed = this.following(bookId);
    if (followed === undefined) return undefined;
    this.messages += 1;
    const { traceId } = followed;
    const tag = { traceId, bookId, messageId: `${this.config.advertisedAddress}#${this.messages}` };
    this.record(traceId, { kind: 'sent', messageId: tag.messageId, to, words });
    return tag;
  }

  received({ traceId, bookId, messageId }: TraceTag): void {
    this.follow(traceId, bookId);
    this.record(traceId, { kind: 'received', messageId, note: null });
  }

  /** For a request to another role about a book; undefined if it is not followed. `note` says what an answer means. */
  observe<Result extends Ended>(
    bookId: BookId,
    words: MessageWords,
    note: (answer: Answered<Result>) => string | null = () => null,
  ): AttemptObserver<Result> | undefined {
    if (this.following(bookId) === undefined) return undefined;
    return {
      attempt: (origin) => {
        const tag = this.sent(bookId, origin, words);
        if (tag === undefined) return undefined;
        return { header: writeTag(tag), ended: (result) => this.ended(tag, result, note) };
      },
    };
  }

  events(traceId: string): readonly TraceEvent[] {
    return this.kept.get(traceId) ?? [];
  }

  now(): number {
    return this.clock.monotonicMs() + this.clockOffsetMs;
  }

  /** The answer to a request that was received leaves. */
  answered({ traceId, messageId }: TraceTag, note: string): void {
    const words = wordsFor('answer', note);
    this.record(traceId, { kind: 'sent', messageId: answerTo(messageId), to: null, words });
  }

  private ended<Result extends Ended>(
    { traceId, messageId }: TraceTag,
    result: Result,
    note: (answer: Answered<Result>) => string | null,
  ): void {
    if ('reason' in result) {
      this.record(traceId, { kind: 'failed', messageId, reason: `${result.kind}: ${result.reason}` });
    } else {
      const received = note(result as Answered<Result>);
      this.record(traceId, { kind: 'received', messageId: answerTo(messageId), note: received });
    }
  }

  private record(traceId: string, event: Untimed<TraceEvent>): void {
    let events = this.kept.get(traceId);
    if (events === undefined) {
      events = [];
      this.kept.set(traceId, events);
      dropOldest(this.kept, MOST_TRACES);
    }
    if (events.length < MOST_EVENTS) events.push({ ...event, at: this.now() });
  }
}

function dropOldest(map: Map<unknown, unknown>, most: number): void {
  const oldest = map.keys().next();
  if (map.size > most && oldest.done !== true) map.delete(oldest.value);
}
