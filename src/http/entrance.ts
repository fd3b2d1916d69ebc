import { Injectable, Logger } from '@nestjs/common';
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { type TlsConfig } from '../config/index.js';
import { Answers } from '../observability/answers.js';
import { type FastifyInstance } from 'fastify';
import { asRequest, contextOf, requestIdOf } from '../observability/request-context.js';
import { REQUEST_ID_HEADER } from '../observability/request-id.js';
import { Tracing } from '../observability/tracing/tracing.js';
import { awaitsBody, Bodies, hasBody } from './bodies.js';
import { ClientAddresses } from './client-addresses.js';
import { Connections } from './connections.js';
import { Overloaded, RETRY_AFTER_SECONDS, TOO_BUSY } from './overload/overloaded.js';
import { writeJson } from './write-json.js';

const logger = new Logger('Entrance');

/** What is refused at the entrance: definite, nothing was done for it. */
export interface Refusal {
  readonly status: 429 | 503;
  readonly message: string;
  readonly retryAfterSeconds: number;
  /** Further ones: names and values in turn. */
  readonly headers?: readonly string[];
}

/** Node's parser hands on all requests of one read (64 kB) in one turn: so many of them are handled at once. */
const MOST_AT_ONCE = 64;
/** Of all connections: those that wait for a later turn. */
const MOST_POSTPONED = 16_384;
/** Of TLS: who has not shown by then what it wants is let go. */
const HANDSHAKE_MS = 10_000;
const TOO_MANY: Refusal = { status: 503, message: TOO_BUSY, retryAfterSeconds: RETRY_AFTER_SECONDS };

/** Says whether a request may come in. Asked once for every request, before anything is done for it: it has to be cheap. */
export interface Admission {
  /** Null: it may. */
  admit(request: IncomingMessage): Refusal | null;
}

/** What was answered ahead of Nest, as the path would have been counted there. */
export interface ShortAnswer {
  /** The pattern of the path: `/lookup/:id`. */
  readonly route: string;
  readonly status: number;
}

/** Answers at once what it has at hand, to the byte as the path's controller would. */
export interface Shortcut {
  /** Null, and nothing written: the request goes the long way. */
  answer(request: IncomingMessage, response: ServerResponse): ShortAnswer | null;
}

/** Answers what takes a moment, as the path's controller would, where Fastify and Nest around it would cost more than the work itself. */
export interface DirectPath {
  /** Null, and nothing written: the request goes the long way. What is thrown nobody expected: 500. */
  serve(request: IncomingMessage, response: ServerResponse): Promise<ShortAnswer> | null;
}

export type Pipeline = (request: IncomingMessage, response: ServerResponse) => void;

type ServerTimeouts = Pick<
  ServerOptions,
  'keepAliveTimeout' | 'headersTimeout' | 'requestTimeout' | 'connectionsCheckingInterval'
>;

/**
 * Where every request of a process comes in: it is admitted or refused, then answered by a shortcut or a direct path, or else
 * by Fastify and Nest. What leaves here is told to `Answers` as what leaves there. (`app.inject()` goes past it.)
 * What no shortcut answers gets an id, and bears it in its answer.
 */
@Injectable()
export class Entrance {
  private readonly admissions: Admission[] = [];
  private readonly pipelineAdmissions: Admission[] = [];
  private readonly shortcuts: Shortcut[] = [];
  private readonly directPaths: DirectPath[] = [];
  private readonly postponed: (() => void)[] = [];

  constructor(
    private readonly answers: Answers,
    private readonly connections: Connections,
    private readonly addresses: ClientAddresses,
    private readonly bodies: Bodies,
    private readonly tracing: Tracing,
  ) {}

  /** Requests that are under way: those that a shortcut did not answer at once. */
  get requestsInFlight(): number {
    return this.connections.places;
  }

  /** The first that refuses decides. */
  guard(admission: Admission): void {
    this.admissions.push(admission);
  }

  /** The same, asked only of requests that no shortcut answers. */
  guardPipeline(admission: Admission): void {
    this.pipelineAdmissions.push(admission);
  }

  shorten(shortcut: Shortcut): void {
    this.shortcuts.push(shortcut);
  }

  /** Asked of what no shortcut answers. */
  addDirectPath(direct: DirectPath): void {
    this.directPaths.push(direct);
  }

  /** A request with a body takes its place when that has come: one that is still sending holds nobody up. */
  watch(instance: FastifyInstance): void {
    instance.addHook('preValidation', (request, reply, done) => {
      const crowded = awaitsBody(request.raw) ? this.takePlace(request.raw, reply.raw) : null;
      if (crowded === null) done();
      else done(new Overloaded(crowded.message));
    });
  }

  serve(request: IncomingMessage, response: ServerResponse, pipeline: Pipeline): void {
    const arrivedAt = performance.now();
    if (hasBody(request)) this.bodies.expect(request);
    if (this.connections.cameTogether(request.socket) <= MOST_AT_ONCE)
      return this.handle(request, response, pipeline, arrivedAt);
    if (this.postponed.length >= MOST_POSTPONED)
      return this.tell(request, answerRefused(response, TOO_MANY), arrivedAt);
    this.postponed.push(() => this.handle(request, response, pipeline, arrivedAt));
    if (this.postponed.length === 1) setImmediate(() => this.handlePostponed());
  }

  /** So many in a turn, and everybody else in between. */
  private handlePostponed(): void {
    for (const handle of this.postponed.splice(0, MOST_AT_ONCE)) handle();
    if (this.postponed.length > 0) setImmediate(() => this.handlePostponed());
  }

  private handle(
    request: IncomingMessage,
    response: ServerResponse,
    pipeline: Pipeline,
    arrivedAt: number,
  ): void {
    if (request.socket.destroyed) return;
    if (this.tracing.isOn) this.tracing.arrived(request, response);
    const refused = refuse(this.admissions, request, response) ?? this.shortAnswer(request, response);
    if (refused !== null) return this.tell(request, refused, arrivedAt);
    if (!awaitsBody(request)) {
      const crowded = this.takePlace(request, response);
      if (crowded !== null) return this.tell(request, answerRefused(response, crowded), arrivedAt);
    }
    response.setHeader(REQUEST_ID_HEADER, requestIdOf(request));
    const direct = this.serveDirectly(request, response);
    if (direct === null) return pipeline(request, response);
    void direct.then((answer) => this.tell(request, answer, arrivedAt));
  }

  /** For what is whole: it takes a place until it is answered. Null: it has one. */
  private takePlace(request: IncomingMessage, response: ServerResponse): Refusal | null {
    const refusal = refusalOf(this.pipelineAdmissions, request);
    if (refusal === null) this.connections.takePlace(request, response, this.addresses.of(request));
    return refusal;
  }

  /** What never became a request is counted all the same. */
  refusedByParser(status: number): void {
    this.answers.tell({ method: 'none', url: '', route: 'refused', status, durationMs: 0 });
  }

  private tell(request: IncomingMessage, { route, status }: ShortAnswer, arrivedAt: number): void {
    this.answers.tell({
      method: request.method ?? '',
      url: request.url ?? '',
      route,
      status,
      durationMs: performance.now() - arrivedAt,
      request,
    });
  }

  private serveDirectly(request: IncomingMessage, response: ServerResponse): Promise<ShortAnswer> | null {
    for (const direct of this.directPaths) {
      const answered = asRequest(contextOf(request), () => direct.serve(request, response));
      if (answered !== null) return answered.catch((error: unknown) => fail(request, response, error));
    }
    return null;
  }

  private shortAnswer(request: IncomingMessage, response: ServerResponse): ShortAnswer | null {
    for (const shortcut of this.shortcuts) {
      const answered = shortcut.answer(request, response);
      if (answered !== null) return answered;
    }
    return null;
  }
}

function refuse(
  admissions: readonly Admission[],
  request: IncomingMessage,
  response: ServerResponse,
): ShortAnswer | null {
  const refusal = refusalOf(admissions, request);
  return refusal === null ? null : answerRefused(response, refusal);
}

function refusalOf(admissions: readonly Admission[], request: IncomingMessage): Refusal | null {
  for (const admission of admissions) {
    const refusal = admission.admit(request);
    if (refusal !== null) return refusal;
  }
  return null;
}

function answerRefused(response: ServerResponse, refusal: Refusal): ShortAnswer {
  const { status, message, retryAfterSeconds, headers = [] } = refusal;
  writeJson(response, status, { message }, ['retry-after', String(retryAfterSeconds), ...headers]);
  return { route: 'refused', status };
}

function fail(request: IncomingMessage, response: ServerResponse, error: unknown): ShortAnswer {
  asRequest(contextOf(request), () => logger.error(error));
  if (response.headersSent) response.destroy();
  else writeJson(response, 500, { message: 'Internal server error' });
  return { route: 'unknown', status: 500 };
}

/** A server that hands each request to the entrance; what Fastify would set on one of its own is set here. */
export function createEntranceServer(
  timeouts: ServerTimeouts,
  onRequest: (request: IncomingMessage, response: ServerResponse) => void,
  tls: TlsConfig | null = null,
): Server {
  if (tls === null) return createServer({ ...timeouts }, onRequest);
  const { cert, key, ca } = tls;
  // Browsers and who bears the cluster's secret show no certificate; who opens a line has to (`RpcServer`).
  const asked = ca === null ? {} : { ca, requestCert: true, rejectUnauthorized: false };
  const options = { ...timeouts, cert, key, ...asked, handshakeTimeout: HANDSHAKE_MS };
  return createSecureServer(options, onRequest);
}
