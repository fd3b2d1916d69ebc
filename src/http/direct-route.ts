import { Logger } from '@nestjs/common';
import { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { TRACE_HEADER } from '../contract/traces.js';

const logger = new Logger('DirectRoute');

export interface DirectAnswer {
  readonly status: number;
  /** Sent as JSON; none for an answer without a body. */
  readonly body?: object;
  /** Instead of `body`: its JSON. */
  readonly json?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * A path between the roles that is asked for each sale: Fastify and Nest around it would cost more than the work itself. Only
 * plain requests are taken here (`takes`); the same path stands in a controller too, which answers the others and is in Swagger.
 */
export interface DirectRoute {
  readonly method: 'POST';
  readonly path: string;
  readonly bodyLimitBytes: number;
  allows(authorization: string | undefined): boolean;
  /** `body` is undefined when it is no JSON. What it throws nobody expected: 500. */
  answer(body: unknown, headers: IncomingHttpHeaders): DirectAnswer | Promise<DirectAnswer>;
}

/** From one that may ask, JSON, of a length that is known and within the limit, and not followed by a trace. */
export function takes(route: DirectRoute, { method, headers }: IncomingMessage): boolean {
  return (
    method === route.method &&
    headers['content-type'] === 'application/json' &&
    Number(headers['content-length']) <= route.bodyLimitBytes &&
    headers[TRACE_HEADER] === undefined &&
    route.allows(headers.authorization)
  );
}

/** `answered` hears the status once, unless the other side went before its request was whole. */
export function serveDirect(
  route: DirectRoute,
  request: IncomingMessage,
  response: ServerResponse,
  answered: (status: number) => void,
): void {
  const chunks: Buffer[] = [];
  const send = (answer: DirectAnswer): void => {
    write(response, answer);
    answered(answer.status);
  };
  const fail = (error: unknown): void => {
    logger.error(error);
    send({ status: 500, body: { message: 'Internal server error' } });
  };
  // Node reads no more than Content-Length says.
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('error', () => undefined);
  request.on('end', () => {
    try {
      const answer = route.answer(parsed(chunks), request.headers);
      if (answer instanceof Promise) answer.then(send, fail);
      else send(answer);
    } catch (error) {
      fail(error);
    }
  });
}

function parsed(chunks: readonly Buffer[]): unknown {
  const [first] = chunks;
  const bytes = chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks);
  try {
    return JSON.parse(bytes.toString()) as unknown;
  } catch {
    return undefined;
  }
}

function write(response: ServerResponse, { status, body, json, headers }: DirectAnswer): void {
  const text = json ?? (body && JSON.stringify(body));
  if (text === undefined) {
    response.writeHead(status, headers).end();
    return;
  }
  response.writeHead(status, {
    ...headers,
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}
