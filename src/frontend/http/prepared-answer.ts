import { createHash } from 'node:crypto';
import { type ServerResponse } from 'node:http';
import { type FastifyReply } from 'fastify';
import { prepareWhole, type WholeAnswer, writeWhole } from '../../platform/whole-answer.js';

/** A JSON answer as the bytes that leave, made once. */
export interface PreparedAnswer {
  readonly body: Buffer;
  /** Strong, from the bytes alone: it does not depend on which catalog or front-end gave them. */
  readonly etag: string;
  /** Names and values in turn: what 200 and 304 share. Clients may keep the answer, but have to ask before each use. */
  readonly validators: readonly string[];
  /** The same of 200, the length included. */
  readonly headers: readonly string[];
  /** All of 200; null if it is large. */
  readonly whole: WholeAnswer | null;
}

const CONTENT_TYPE = 'application/json; charset=utf-8';

/** `link`: a `Link` header. */
export function prepare(value: unknown, link: string | null = null): PreparedAnswer {
  const body = bytesOf(value);
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
  const validators = ['etag', etag, 'cache-control', 'no-cache', ...(link === null ? [] : ['link', link])];
  const headers = [...validators, ...contentHeaders(body)];
  return { body, etag, validators, headers, whole: prepareWhole(200, headers, body) };
}

/** 304 if the client has these bytes already (RFC 9110, 13.1.2). */
export function sendPrepared(
  reply: FastifyReply,
  answer: PreparedAnswer,
  ifNoneMatch: string | undefined,
): void {
  for (let at = 0; at < answer.validators.length; at += 2) {
    void reply.header(answer.validators[at] ?? '', answer.validators[at + 1]);
  }
  const isKnown = ifNoneMatch !== undefined && names(ifNoneMatch, answer.etag);
  if (isKnown) void reply.status(304);
  // To HEAD, Fastify says the length of what it is given; that of nothing would be wrong (RFC 9110, 8.6).
  if (isKnown && reply.request.method !== 'HEAD') void reply.send();
  else void reply.header('content-type', CONTENT_TYPE).send(answer.body);
}

/** The same, ahead of Fastify. Returns the status. Node itself leaves the body out of an answer to HEAD. */
export function writePrepared(
  response: ServerResponse,
  answer: PreparedAnswer,
  ifNoneMatch: string | undefined,
): 200 | 304 {
  if (ifNoneMatch !== undefined && names(ifNoneMatch, answer.etag)) {
    response.writeHead(
      304,
      (response.req.method === 'HEAD' ? answer.headers : answer.validators) as string[],
    );
    response.end();
    return 304;
  }
  if (answer.whole !== null && writeWhole(response, answer.whole)) return 200;
  response.writeHead(200, answer.headers as string[]).end(answer.body);
  return 200;
}

/** An error as the error filter would send it. */
export interface PreparedError {
  readonly status: number;
  readonly body: Buffer;
  readonly headers: readonly string[];
}

export function prepareError(status: number, message: string): PreparedError {
  const body = bytesOf({ message });
  return { status, body, headers: contentHeaders(body) };
}

function contentHeaders(body: Buffer): string[] {
  return ['content-type', CONTENT_TYPE, 'content-length', String(body.length)];
}

function bytesOf(value: unknown): Buffer {
  const text = JSON.stringify(value);
  // Memory of its own: a slice would keep the whole block it was cut from.
  const body = Buffer.allocUnsafeSlow(Buffer.byteLength(text));
  body.write(text);
  return body;
}

function names(ifNoneMatch: string, etag: string): boolean {
  if (ifNoneMatch.trim() === '*') return true;
  return ifNoneMatch.split(',').some((given) => given.trim().replace(/^W\//, '') === etag);
}
