import { type Ballot, type BookId } from '../replication/types.js';

/** What the roles record of a request that is followed. Addresses name processes; `CLIENT` is who made the request. */
export type Address = string;

export const CLIENT: Address = 'client';

/** Travels with a message: whose request it belongs to, which book is followed for it, and which message it is. */
export interface TraceTag {
  readonly traceId: string;
  readonly bookId: BookId;
  /** Unique among all processes. An answer bears that of its request, see `answerTo`. */
  readonly messageId: string;
}

/** What a message says, in few words. */
export interface MessageWords {
  readonly kind: string;
  readonly sequenceNumber: number | null;
  readonly ballot: Ballot | null;
  readonly note: string | null;
}

/** Milliseconds by the clock of the process that recorded it, since 1970 or so: processes do not agree on them. */
type RecordedMs = number;

/** One process's events stand in the order in which they happened. */
export type TraceEvent =
  | {
      readonly kind: 'sent';
      readonly at: RecordedMs;
      readonly messageId: string;
      /** Null: an answer, which goes to who asked. */
      readonly to: Address | null;
      readonly words: MessageWords;
    }
  | {
      readonly kind: 'received';
      readonly at: RecordedMs;
      readonly messageId: string;
      /** What the receiver makes of it, when that says more than the sender did. */
      readonly note: string | null;
    }
  /** No answer came; definite if it was refused. */
  | { readonly kind: 'failed'; readonly at: RecordedMs; readonly messageId: string; readonly reason: string };

export interface ProcessTrace {
  readonly address: Address;
  readonly events: readonly TraceEvent[];
}

/** One message between two processes, as put together from what both recorded. */
export interface TracedMessage {
  readonly messageId: string;
  readonly from: Address;
  readonly to: Address;
  readonly words: MessageWords;
  /** Since the request began, by clocks that were aligned. */
  readonly sentMs: number;
  /** Null: it did not arrive, or its receiver does not say. */
  readonly receivedMs: number | null;
  /** Why no answer came. */
  readonly failure: string | null;
}

const ANSWER = '/answer';

export function answerTo(messageId: string): string {
  return `${messageId}${ANSWER}`;
}

/** The request that an answer answers; null if it is no answer. */
export function requestOf(messageId: string): string | null {
  return messageId.endsWith(ANSWER) ? messageId.slice(0, -ANSWER.length) : null;
}
