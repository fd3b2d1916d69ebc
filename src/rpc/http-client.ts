import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type IncomingHttpHeaders } from 'node:http';
import { type Dispatcher, Pool } from 'undici';
import { type Config } from '../config/index.js';
import { TIME_LEFT_HEADER } from '../contract/internal.js';
import { TRACE_HEADER } from '../contract/traces.js';
import { CONFIG } from '../runtime/config.token.js';
import { type AttemptObserver } from './attempt-observer.js';
import { connectorWithin } from './connector.js';

export interface HttpRequest {
  readonly method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE';
  /** With its query, from `/` on. */
  readonly path: string;
  /** Sent as JSON; a Buffer is JSON already. */
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
  /** Bound of this attempt, connecting and waiting for a free connection included. */
  readonly timeoutMs: number;
  /** Gives the attempt up before its time. */
  readonly signal?: AbortSignal;
  /** Of a request that is followed. */
  readonly observer?: AttemptObserver<HttpResult> | undefined;
}

export interface HttpAnswer {
  readonly kind: 'answered';
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What became of one attempt. */
export type HttpResult =
  | HttpAnswer
  /** Definite: not one byte of it was sent. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** Indefinite: it was sent, at least in part, and its answer did not come. */
  | { readonly kind: 'lost'; readonly reason: string };

export interface HttpClientLimits {
  /** Sockets to one origin. Each origin has its own, so that a slow one takes none from the others. */
  readonly connectionsPerOrigin: number;
  /** Requests to one origin, sent or waiting for a connection; more are refused. */
  readonly requestsPerOrigin: number;
  readonly origins: number;
  readonly answerBytes: number;
}

const LIMITS: HttpClientLimits = {
  connectionsPerOrigin: 64,
  requestsPerOrigin: 4096,
  origins: 256,
  answerBytes: 32 * 1024 * 1024,
};

interface Upstream {
  readonly pool: Pool;
  open: number;
}

/** Calls between the roles: keep-alive, the cluster secret, the time left, and answers that tell definite from indefinite. Never throws. */
@Injectable()
export class HttpClient implements OnApplicationShutdown {
  protected readonly limits: HttpClientLimits = LIMITS;
  private readonly upstreams = new Map<string, Upstream>();
  /** Null: nothing is shown. */
  protected readonly authorization: string | null;
  private readonly connectTimeoutMs: number;

  constructor(@Inject(CONFIG) config: Pick<Config, 'clusterKeys' | 'connectTimeoutMs'>) {
    this.authorization = `Bearer ${config.clusterKeys.used}`;
    this.connectTimeoutMs = config.connectTimeoutMs;
  }

  /** `origin` is a base address, `http://host:port`. */
  request(origin: string, request: HttpRequest): Promise<HttpResult> {
    const upstream = this.upstream(origin);
    if (upstream.open >= this.limits.requestsPerOrigin) {
      return Promise.resolve({ kind: 'refused', reason: 'too many requests are waiting for it' });
    }
    if (request.signal?.aborted === true) return Promise.resolve({ kind: 'refused', reason: 'cancelled' });
    upstream.open += 1;
    const observed = request.observer?.attempt(origin);
    return new Promise<HttpResult>((resolve) => {
      const attempt = new Attempt(request, this.limits.answerBytes, (result) => {
        upstream.open -= 1;
        observed?.ended(result);
        resolve(result);
      });
      try {
        upstream.pool.dispatch(this.dispatchOptions(request, observed?.header), attempt);
      } catch (error) {
        attempt.onResponseError(undefined, error);
      }
    });
  }

  async onApplicationShutdown(): Promise<void> {
    const pools = [...this.upstreams.values()].map(({ pool }) => pool);
    this.upstreams.clear();
    await Promise.all(pools.map((pool) => pool.destroy()));
  }

  private dispatchOptions(request: HttpRequest, trace: string | undefined): Dispatcher.DispatchOptions {
    const { method, path, body, timeoutMs } = request;
    const headers: Record<string, string> = {
      ...(this.authorization !== null && { authorization: this.authorization }),
      [TIME_LEFT_HEADER]: String(Math.max(0, Math.floor(timeoutMs))),
      ...request.headers,
    };
    if (trace !== undefined) headers[TRACE_HEADER] = trace;
    if (body === undefined) return { method, path, headers };
    headers['content-type'] = 'application/json';
    return { method, path, headers, body: Buffer.isBuffer(body) ? body : JSON.stringify(body) };
  }

  private upstream(origin: string): Upstream {
    const known = this.upstreams.get(origin);
    if (known !== undefined) return known;
    if (this.upstreams.size >= this.limits.origins) this.forgetOldest();
    const upstream = {
      open: 0,
      pool: new Pool(origin, {
        connections: this.limits.connectionsPerOrigin,
        connect: connectorWithin(this.connectTimeoutMs),
        // undici's own timeouts tick in seconds; `Attempt` keeps time instead.
        headersTimeout: 0,
        bodyTimeout: 0,
        keepAliveTimeout: 30_000,
      }),
    };
    this.upstreams.set(origin, upstream);
    return upstream;
  }

  /** Front-ends come and go under new addresses. Closing lets open requests finish. */
  private forgetOldest(): void {
    const oldest = this.upstreams.entries().next();
    if (oldest.done === true) return;
    const [origin, { pool }] = oldest.value;
    this.upstreams.delete(origin);
    void pool.close();
  }
}

/** One request under way. undici tells a queued request nothing of its signal or time, so both are watched here. */
class Attempt implements Dispatcher.DispatchHandler {
  private controller: Dispatcher.DispatchController | undefined;
  private settled = false;
  private status = 0;
  private headers: IncomingHttpHeaders = {};
  private readonly chunks: Buffer[] = [];
  private bytes = 0;
  private readonly timer: NodeJS.Timeout;
  private readonly cancel = (): void => this.giveUp('cancelled');

  constructor(
    private readonly request: HttpRequest,
    private readonly answerBytes: number,
    private readonly done: (result: HttpResult) => void,
  ) {
    this.timer = setTimeout(() => this.giveUp('no answer in time'), Math.max(0, request.timeoutMs));
    request.signal?.addEventListener('abort', this.cancel, { once: true });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // Given up while it waited for a connection: stopped here it is never written.
    if (this.settled) controller.abort(new Error('given up'));
    else this.controller = controller;
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
  ): void {
    this.status = status;
    this.headers = headers;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.bytes += chunk.length;
    if (this.bytes > this.answerBytes) this.giveUp('the answer is too large');
    else this.chunks.push(chunk);
  }

  onResponseEnd(): void {
    const [first] = this.chunks;
    const body = this.chunks.length === 1 && first !== undefined ? first : Buffer.concat(this.chunks);
    this.settle({ kind: 'answered', status: this.status, headers: this.headers, body });
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.settle({ kind: this.controller === undefined ? 'refused' : 'lost', reason });
  }

  private giveUp(reason: string): void {
    this.settle({ kind: this.controller === undefined ? 'refused' : 'lost', reason });
    this.controller?.abort(new Error(reason));
  }

  private settle(result: HttpResult): void {
    if (this.settled) return;
    this.settled = true;
    clearTimeout(this.timer);
    this.request.signal?.removeEventListener('abort', this.cancel);
    this.done(result);
  }
}

/** The JSON value of an answer, or undefined if it is none. The caller knows its shape: it comes from a role of the same release. */
export function jsonOf(answer: HttpAnswer): unknown {
  try {
    return JSON.parse(answer.body.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}
