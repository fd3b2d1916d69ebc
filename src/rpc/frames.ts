/**
 * A frame is what one side has to say in one turn of its event loop: a JSON list of messages, each a list as well. A message that is not
 * understood is answered alone or left out; the others of its frame are taken.
 */
export type LineMessage =
  /**
   * `leftMs`: for so long an answer is waited for. `trace`: the tag of a request that is followed; empty: of none. `requestIds`: of whose
   * request it is part, for the logs; `parents`: the spans that it is part of (`Span.parents`). Empty ones are none; releases up to 3.1 pass
   * both over.
   */
  | readonly [
      'call',
      id: number,
      name: string,
      leftMs: number,
      request: unknown,
      trace?: string,
      requestIds?: unknown,
      parents?: unknown,
    ]
  | readonly ['answer', id: number, answer: unknown]
  | readonly ['failed', id: number, failure: CallFailure, reason: string]
  | readonly ['notice', name: string, content: unknown]
  /** The sender stops: it answers what it has and takes no new calls. */
  | readonly ['closing'];

export type CallFailure =
  /** Definite: there is no call of this name, or this caller may not use it. */
  | 'not understood'
  /** Definite. */
  | 'malformed'
  /** Definite: too much to do. */
  | 'overloaded'
  /** Definite: the other side stops. */
  | 'closing'
  /** Indefinite: whoever should answer threw. */
  | 'broken';

const FAILURES: readonly string[] = ['not understood', 'malformed', 'overloaded', 'closing', 'broken'];

/** Characters of a frame, unless a single message is longer: what comes after it waits no longer than it takes to read that much. */
const FRAME_CHARACTERS = 256 * 1024;
/** Of one message; with a byte or three for each character it stays within the bytes of a frame. */
export const MOST_MESSAGE_CHARACTERS = 5 * 1024 * 1024;
/** More is no frame of this line: the connection ends. */
export const MOST_FRAME_BYTES = 16 * 1024 * 1024;

/** The texts of messages, in order, in as few frames as the bound lets. */
export function framesOf(messages: readonly string[]): string[] {
  const frames: string[] = [];
  let begin = 0;
  let characters = 0;
  for (let at = 0; at < messages.length; at++) {
    const length = messages[at]?.length ?? 0;
    if (at > begin && characters + length > FRAME_CHARACTERS) {
      frames.push(`[${messages.slice(begin, at).join(',')}]`);
      [begin, characters] = [at, 0];
    }
    characters += length;
  }
  if (begin < messages.length) frames.push(`[${(begin === 0 ? messages : messages.slice(begin)).join(',')}]`);
  return frames;
}

/** The messages of a frame that can be read, or null: it is no frame. What is no message is left out. */
export function messagesIn(frame: string): LineMessage[] | null {
  let list: unknown;
  try {
    list = JSON.parse(frame);
  } catch {
    return null;
  }
  return Array.isArray(list) ? list.filter(isMessage) : null;
}

/** By hand: every message passes here. What it carries is read by the shapes of its call. */
function isMessage(value: unknown): value is LineMessage {
  if (!Array.isArray(value)) return false;
  const [kind, first, second, third, , trace] = value as unknown[];
  switch (kind) {
    case 'call':
      return isId(first) && typeof second === 'string' && isTime(third) && isTag(trace);
    case 'answer':
      return isId(first);
    case 'failed':
      return isId(first) && FAILURES.includes(second as string) && typeof third === 'string';
    case 'notice':
      return typeof first === 'string';
    case 'closing':
      return true;
    default:
      // Of a later version: nobody waits for an answer to it.
      return false;
  }
}

function isId(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isTime(value: unknown): boolean {
  return typeof value === 'number' && value >= 0;
}

function isTag(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}
