import {
  type MessageWords,
  type TracedMessage,
  type TraceEvent,
  type TraceTag,
} from '../core/tracing/events.js';
import { type BookId, type WallClockMs } from '../core/replication/types.js';

export interface TraceAnswer {
  readonly events: readonly TraceEvent[];
}

/** `GET /ops/traces/:traceId`: one request, message by message. */
export interface FollowedRequest {
  readonly traceId: string;
  readonly kind: 'look-up' | 'buy';
  readonly bookId: BookId;
  readonly at: WallClockMs;
  /** What the client was answered. */
  readonly outcome: string;
  readonly durationMs: number;
  /** Every process that took part, in the order client, front-ends, order servers, catalogs, what they share. */
  readonly processes: readonly { readonly address: string; readonly name: string }[];
  /** In causal order. */
  readonly messages: readonly TracedMessage[];
}

/** `<traceId>;<bookId>;<messageId>`: the process that gets it records what it sends and hears about that book, for a while. */
const TAG = /^([\w-]{8,64});(\d{1,15});([\x21-\x3a\x3c-\x7e]{1,200})$/;

export function writeTag({ traceId, bookId, messageId }: TraceTag): string {
  return `${traceId};${bookId};${messageId}`;
}

/** Null: it is none. */
export function readTag(text: unknown): TraceTag | null {
  const parts = typeof text === 'string' ? TAG.exec(text) : null;
  if (parts === null) return null;
  const [, traceId = '', bookId = '', messageId = ''] = parts;
  return { traceId, bookId: Number(bookId), messageId };
}

export function wordsFor(kind: string, note: string | null = null): MessageWords {
  return { kind, sequenceNumber: null, ballot: null, note };
}
