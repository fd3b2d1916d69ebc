import { Logger } from '@nestjs/common';
import { type RawData, type WebSocket } from 'ws';
import { type Audience, type Call, type CallResult, type Notice } from '../contract/call.js';
import { Mistake } from '../contract/shapes.js';
import {
  type CallFailure,
  framesOf,
  type LineMessage,
  messagesIn,
  MOST_MESSAGE_CHARACTERS,
} from './frames.js';
import { type Channel, type LineEnd } from './handshake.js';
import { asRequest } from '../observability/request-context.js';
import { readRequestIds } from '../observability/request-id.js';
import { type RpcHandlers, type ServedCall } from './handlers.js';
import { BEAT_MS, onBeat } from './beat.js';

const logger = new Logger('Line');

/** At each beat it is looked whether something came; when not, the other side is asked for a sign of life. So many beats without a word are silence: ask others first. The connection stands, for the other side may only be slow. */
const SILENT_BEATS = 2;
/** After so many it is given up, with what is under way on it: a new one goes through sooner than what waits for a retransmission. */
const DEAD_BEATS = 4;
/** Mostly nothing is under way where large things go: it is looked at each so many beats then, for looks wake two idle processes. */
const BEATS_OF_IDLE_BULK = 4;
/** Calls under way from this side; more are refused. */
const MOST_OPEN_CALLS = 8_192;
/** Calls under way from the other side; more are shed. */
const MOST_SERVED_CALLS = 16_384;
/** Characters and bytes that the other side has not taken yet: more calls are refused, notices dropped. */
const MOST_UNSENT = 32 * 1024 * 1024;
/** Nobody waits longer, whatever a call says. */
const LONGEST_MS = 600_000;
const STRANGE_FRAME = 1007;
const GOING_AWAY = 1001;

/** When a message leaves: `soon` is with the next one to the same role, or after a few milliseconds without one. */
export type Leaves = 'this turn' | 'soon';
const SOON_MS = 10;

export interface CallOptions {
  /** Bound of this attempt. */
  readonly timeoutMs: number;
  /** The tag of a request that is followed. */
  readonly trace?: string | undefined;
  /** Of the requests that it is made for (`joinRequestIds`). */
  readonly requestIds?: string | undefined;
  /** Of the spans that it is part of (`Span.parents`). */
  readonly parents?: string | undefined;
}

export interface ConnectionListener {
  /** Nothing came for a while; `false`: it speaks again. */
  silent(isSilent: boolean): void;
  /** The other side stops: it takes no new calls, and has not gone yet. */
  leaving(): void;
  closed(reason: string): void;
}

interface OpenCall {
  readonly settle: (result: CallResult<unknown>) => void;
  readonly read: (value: unknown) => unknown;
}

/**
 * A connection whose two ends have shown who they are. Either may call and tell; all that one says in a turn of its event loop leaves in
 * one frame.
 */
export class Connection {
  private outbox: string[] = [];
  private outboxCharacters = 0;
  private flushDue = false;
  private flushSoon: NodeJS.Timeout | undefined;
  private readonly open = new Map<number, OpenCall>();
  private lastId = 0;
  /** Calls up to this one have been given to the system. */
  private sentId = 0;
  private served = 0;
  private heard = true;
  private beats = 0;
  private silentBeats = 0;
  private isClosed = false;
  private otherLeaves = false;
  private selfLeaves = false;
  private readonly endBeat: () => void;
  private readonly listeners: ConnectionListener[] = [];

  constructor(
    private readonly socket: WebSocket,
    readonly other: LineEnd,
    readonly audience: Audience,
    readonly channel: Channel,
    private readonly handlers: RpcHandlers,
  ) {
    this.endBeat = onBeat(() => this.look());
    const hear = (): void => void (this.heard = true);
    socket.on('message', (data, isBinary) => this.receive(data, isBinary));
    socket.on('ping', hear);
    socket.on('pong', hear);
    // `close` follows.
    socket.on('error', () => undefined);
    socket.on('close', (code, reason) => this.closed(reason.toString() || `closed (${code})`));
  }

  listen(listener: ConnectionListener): void {
    this.listeners.push(listener);
  }

  /** Whether it takes calls still. */
  get isOpen(): boolean {
    return !this.isClosed && !this.otherLeaves;
  }

  /** Never rejects. */
  call<Request, Answer>(
    call: Call<Request, Answer>,
    request: Request,
    { timeoutMs, trace, requestIds, parents }: CallOptions,
  ): Promise<CallResult<Answer>> {
    const id = this.lastId + 1;
    const leftMs = Math.max(0, Math.floor(timeoutMs));
    const tags = tagsOf(trace, requestIds, parents);
    const text = `["call",${id},"${call.name}",${leftMs},${JSON.stringify(request)}${tags}]`;
    const reason = this.refusal(text);
    if (reason !== null) return Promise.resolve({ kind: 'refused', reason });
    this.lastId = id;
    return new Promise((resolve) => {
      const timer = setTimeout(() => settle({ kind: 'lost', reason: 'no answer in time' }), leftMs);
      const settle = (result: CallResult<unknown>): void => {
        clearTimeout(timer);
        this.open.delete(id);
        resolve(result as CallResult<Answer>);
        this.endIfDone();
      };
      this.open.set(id, { settle, read: call.answer });
      this.post(text);
    });
  }

  /** `json` is the content's JSON. False: it was dropped, for the connection is gone or too much waits. */
  tell(notice: Pick<Notice<never>, 'name'>, json: string, leaves: Leaves = 'this turn'): boolean {
    const text = `["notice","${notice.name}",${json}]`;
    if (this.isClosed || text.length > MOST_MESSAGE_CHARACTERS || this.isFull()) return false;
    this.post(text, leaves);
    return true;
  }

  /** Takes no new calls and answers those that it has; resolves when the other side has gone, or the time is up. */
  leave(withinMs: number): Promise<void> {
    if (this.isClosed) return Promise.resolve();
    this.selfLeaves = true;
    this.post('["closing"]');
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.end(GOING_AWAY, 'it stops'), withinMs);
      this.listen({
        silent: () => undefined,
        leaving: () => undefined,
        closed: () => {
          clearTimeout(timer);
          resolve();
        },
      });
      this.endIfDone();
    });
  }

  /** At once; what is under way is lost. */
  destroy(reason: string): void {
    this.closed(reason);
    this.socket.terminate();
  }

  private end(code: number, reason: string): void {
    this.flush();
    this.socket.close(code, reason);
    // A side that does not answer the farewell is not waited for.
    setTimeout(() => this.socket.terminate(), BEAT_MS).unref();
  }

  private refusal(text: string): string | null {
    if (this.isClosed) return 'the connection is closed';
    if (this.otherLeaves) return 'the other side stops';
    if (this.open.size >= MOST_OPEN_CALLS) return 'too many calls are under way to it';
    if (text.length > MOST_MESSAGE_CHARACTERS) return 'the request is too large';
    return this.isFull() ? 'too much waits to be sent to it' : null;
  }

  private isFull(): boolean {
    return this.outboxCharacters + this.socket.bufferedAmount > MOST_UNSENT;
  }

  private post(text: string, leaves: Leaves = 'this turn'): void {
    if (this.isClosed) return;
    this.outbox.push(text);
    this.outboxCharacters += text.length;
    if (this.flushDue) return;
    if (leaves === 'soon') {
      this.flushSoon ??= setTimeout(() => this.flush(), SOON_MS);
      return;
    }
    this.flushDue = true;
    setImmediate(() => this.flush());
  }

  private flush(): void {
    this.flushDue = false;
    clearTimeout(this.flushSoon);
    this.flushSoon = undefined;
    if (this.isClosed || this.outbox.length === 0) return;
    const frames = framesOf(this.outbox);
    this.outbox = [];
    this.outboxCharacters = 0;
    this.sentId = this.lastId;
    for (const frame of frames) this.socket.send(frame);
  }

  private receive(data: RawData, isBinary: boolean): void {
    this.heard = true;
    if (this.isClosed) return;
    const messages = isBinary ? null : messagesIn((data as Buffer).toString());
    if (messages === null) return this.socket.close(STRANGE_FRAME, 'not a frame of this line');
    for (const message of messages) this.take(message);
  }

  private take(message: LineMessage): void {
    switch (message[0]) {
      case 'call':
        return this.serve(message);
      case 'answer':
        return this.answered(message[1], message[2]);
      case 'failed':
        return this.open.get(message[1])?.settle(failed(message[2], message[3]));
      case 'notice':
        return this.hear(message[1], message[2]);
      case 'closing':
        this.otherLeaves = true;
        for (const listener of this.listeners) listener.leaving();
        return this.endIfDone();
      default:
        return message satisfies never;
    }
  }

  private answered(id: number, answer: unknown): void {
    const open = this.open.get(id);
    if (open === undefined) return;
    try {
      open.settle({ kind: 'answered', answer: open.read(answer) });
    } catch (error) {
      open.settle({ kind: 'lost', reason: `the answer cannot be read: ${messageOf(error)}` });
    }
  }

  private hear(name: string, content: unknown): void {
    const heard = this.handlers.noticeNamed(name, this.audience);
    if (heard === undefined) return;
    try {
      heard.listener(heard.notice.content(content), this.other);
    } catch (error) {
      // Refused alone: what came with it is taken.
      if (error instanceof Mistake)
        logger.warn(`refused "${name}" from ${this.other.address}: ${error.message}`);
      else logger.error(error);
    }
  }

  private serve([, id, name, leftMs, request, trace, ids, parents]: Extract<
    LineMessage,
    readonly ['call', ...unknown[]]
  >): void {
    const handled = this.handlers.callNamed(name, this.audience);
    const refuse = (failure: CallFailure, reason: string): void => this.fail(id, failure, reason);
    if (this.selfLeaves) return refuse('closing', 'this process stops');
    if (handled === undefined) return refuse('not understood', `there is no call ${name.slice(0, 64)}`);
    const isCrowded = this.served >= MOST_SERVED_CALLS;
    if (isCrowded || (!handled.call.vital && !this.handlers.admits())) {
      return refuse('overloaded', 'too many calls at once; nothing was done for this one');
    }
    let read: unknown;
    try {
      read = handled.call.request(request);
    } catch (error) {
      return refuse('malformed', messageOf(error));
    }
    const caller = { ...this.other, audience: this.audience, leftMs: Math.min(leftMs, LONGEST_MS) };
    const span = parents === undefined ? undefined : this.handlers.continueTrace(name, parents);
    const context = { ids: readRequestIds(ids), span };
    this.run(id, { name, trace: trace || undefined, context }, () => handled.handler(read, caller));
  }

  private run(id: number, call: ServedCall, handler: () => unknown): void {
    const { trace, context } = call;
    const arrivedAt = performance.now();
    this.served += 1;
    this.handlers.arrived(trace);
    const leave = (status: 200 | 500, answer: () => void): void => {
      this.served -= 1;
      context.span?.end(status === 200 ? {} : { failure: 'Internal error' });
      this.handlers.answered(call, status, performance.now() - arrivedAt);
      answer();
      this.endIfDone();
    };
    const succeed = (answer: unknown): void => leave(200, () => this.answer(id, answer));
    const breakDown = (error: unknown): void => {
      asRequest(context, () => logger.error(error));
      leave(500, () => this.fail(id, 'broken', 'Internal error'));
    };
    try {
      const answer = asRequest(context, handler);
      if (answer instanceof Promise) answer.then(succeed, breakDown);
      else succeed(answer);
    } catch (error) {
      breakDown(error);
    }
  }

  private answer(id: number, answer: unknown): void {
    const text = `["answer",${id},${JSON.stringify(answer ?? null)}]`;
    if (text.length > MOST_MESSAGE_CHARACTERS) return this.fail(id, 'broken', 'the answer is too large');
    // Who asks on and takes no answers would have this process keep them all.
    if (this.isFull()) return this.destroy('it does not take its answers');
    this.post(text);
  }

  private fail(id: number, failure: CallFailure, reason: string): void {
    this.post(`["failed",${id},"${failure}",${JSON.stringify(reason)}]`);
  }

  private look(): void {
    this.beats += 1;
    const isIdle = this.open.size === 0 && this.served === 0;
    if (this.channel === 'bulk' && isIdle && this.beats % BEATS_OF_IDLE_BULK !== 0) return;
    if (this.heard) {
      if (this.silentBeats >= SILENT_BEATS) for (const listener of this.listeners) listener.silent(false);
      this.heard = false;
      this.silentBeats = 0;
      return;
    }
    this.silentBeats += 1;
    if (this.silentBeats === SILENT_BEATS) for (const listener of this.listeners) listener.silent(true);
    if (this.silentBeats >= DEAD_BEATS) return this.destroy('it has fallen silent');
    this.socket.ping();
  }

  /** Either side leaves, and nothing is open any more. */
  private endIfDone(): void {
    if (this.isClosed || this.served > 0) return;
    if (this.otherLeaves && this.open.size === 0) setImmediate(() => this.end(1000, 'as told'));
  }

  private closed(reason: string): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.endBeat();
    clearTimeout(this.flushSoon);
    for (const [id, { settle }] of [...this.open]) {
      settle(id > this.sentId ? { kind: 'refused', reason } : { kind: 'lost', reason });
    }
    this.outbox = [];
    for (const listener of this.listeners) listener.closed(reason);
  }
}

/** What stands behind a call's request, each in its place: an empty one is none. */
function tagsOf(...tags: readonly (string | undefined)[]): string {
  const last = tags.findLastIndex((tag) => tag !== undefined);
  return tags
    .slice(0, last + 1)
    .map((tag) => `,${JSON.stringify(tag ?? '')}`)
    .join('');
}

function failed(failure: CallFailure, reason: string): CallResult<never> {
  switch (failure) {
    case 'not understood':
    case 'malformed':
      return { kind: 'not understood', reason };
    case 'closing':
      return { kind: 'refused', reason };
    case 'overloaded':
      return { kind: 'overloaded', reason };
    case 'broken':
      return { kind: 'lost', reason };
    default:
      return failure satisfies never;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
