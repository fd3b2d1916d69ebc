import { Injectable } from '@nestjs/common';
import { type Audience, type Call, type Notice } from '../contract/call.js';
import { type RequestContext } from '../observability/request-context.js';
import { type Span } from '../observability/tracing/span.js';
import { type LineEnd } from './handshake.js';

/** Who asks, and for how long it waits. */
export interface Caller extends LineEnd {
  readonly audience: Audience;
  /** Milliseconds from now; each hop subtracts what it used. */
  readonly leftMs: number;
}

export type CallHandler<Request, Answer> = (request: Request, caller: Caller) => Answer | Promise<Answer>;
export type NoticeListener<Content> = (content: Content, from: LineEnd) => void;

/** Says whether a call that is not vital may come in: asked before anything is done for it, so it has to be cheap. */
export type CallAdmission = () => boolean;

/** A call that came in, as those who count and trace know it. */
export interface ServedCall {
  readonly name: string;
  /** The tag of a request that is followed. */
  readonly trace: string | undefined;
  /** On whose behalf it was made. */
  readonly context: RequestContext;
}

/** Hears of calls that were begun, for those who count and trace. */
export interface CallObserver {
  arrived?(trace: string): void;
  /** `status` as an HTTP path would have it. */
  answered?(call: ServedCall, status: 200 | 500, durationMs: number): void;
}

interface HandledCall {
  readonly call: Call<unknown, unknown>;
  readonly handler: CallHandler<unknown, unknown>;
}

interface HeardNotice {
  readonly notice: Notice<unknown>;
  readonly listener: NoticeListener<unknown>;
}

/** What this process answers and hears on the line, whoever opened the connection. */
@Injectable()
export class RpcHandlers {
  private readonly calls = new Map<string, HandledCall>();
  private readonly notices = new Map<string, HeardNotice>();
  private readonly admissions: CallAdmission[] = [];
  private readonly observers: CallObserver[] = [];
  /** The span of a call that is part of those (`Span.parents`), whatever they were given as. */
  continueTrace: (name: string, parents: unknown) => Span | undefined = () => undefined;
  /** Calls that came in and are not answered yet. */
  underWay = 0;

  handle<Request, Answer>(call: Call<Request, Answer>, handler: CallHandler<Request, Answer>): void {
    this.calls.set(call.name, { call, handler: handler as CallHandler<unknown, unknown> });
  }

  hear<Content>(notice: Notice<Content>, listener: NoticeListener<Content>): void {
    this.notices.set(notice.name, { notice, listener: listener as NoticeListener<unknown> });
  }

  guard(admission: CallAdmission): void {
    this.admissions.push(admission);
  }

  observe(observer: CallObserver): void {
    this.observers.push(observer);
  }

  callNamed(name: string, audience: Audience): HandledCall | undefined {
    const handled = this.calls.get(name);
    return handled?.call.audience === audience ? handled : undefined;
  }

  noticeNamed(name: string, audience: Audience): HeardNotice | undefined {
    const heard = this.notices.get(name);
    return heard?.notice.audience === audience ? heard : undefined;
  }

  admits(): boolean {
    return this.admissions.every((admission) => admission());
  }

  arrived(trace: string | undefined): void {
    this.underWay += 1;
    if (trace !== undefined) for (const observer of this.observers) observer.arrived?.(trace);
  }

  answered(call: ServedCall, status: 200 | 500, durationMs: number): void {
    this.underWay -= 1;
    for (const observer of this.observers) observer.answered?.(call, status, durationMs);
  }
}
