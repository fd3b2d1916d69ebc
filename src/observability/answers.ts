import { Injectable } from '@nestjs/common';
import { type FastifyInstance } from 'fastify';
import { type IncomingMessage } from 'node:http';

/** One answer of this process, whichever way it took. */
export interface Answered {
  readonly method: string;
  readonly url: string;
  /** The pattern of the path, `/lookup/:id`; `unknown` if there is none, `refused` if it was not let in. */
  readonly route: string;
  readonly status: number;
  readonly durationMs: number;
  /** Of the request, or of the requests that a call was made for. */
  readonly requestId?: string;
  /** By which its context is known (`knownContextOf`); of a call there is none. */
  readonly request?: IncomingMessage;
}

export type AnswerObserver = (answered: Answered) => void;

/** Tells everybody who counts, logs or traces of each answer, once: those of Fastify and Nest, and those given ahead of them. */
@Injectable()
export class Answers {
  private readonly observers: AnswerObserver[] = [];

  observe(observer: AnswerObserver): void {
    this.observers.push(observer);
  }

  tell(answered: Answered): void {
    for (const observer of this.observers) observer(answered);
  }

  /** Also what no controller sees. */
  watch(instance: FastifyInstance): void {
    instance.addHook('onResponse', (request, reply, done) => {
      this.tell({
        method: request.method,
        url: request.url,
        route: request.is404 ? 'unknown' : (request.routeOptions.url ?? 'unknown'),
        status: reply.statusCode,
        durationMs: reply.elapsedTime,
        requestId: request.id,
        request: request.raw,
      });
      done();
    });
  }
}
