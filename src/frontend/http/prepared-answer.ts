import { createHash } from 'node:crypto';
import { type FastifyReply } from 'fastify';

/** A JSON answer as the bytes that leave, made once. */
export interface PreparedAnswer {
  readonly body: Buffer;
  /** Strong, from the bytes alone: it does not depend on which catalog or front-end gave them. */
  readonly etag: string;
  /** A `Link` header. */
  readonly link: string | null;
}

export function prepare(value: unknown, link: string | null = null): PreparedAnswer {
  const text = JSON.stringify(value);
  // Memory of its own: a slice would keep the whole block it was cut from.
  const body = Buffer.allocUnsafeSlow(Buffer.byteLength(text));
  body.write(text);
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
  return { body, etag, link };
}

/** 304 if the client has these bytes already (RFC 9110, 13.1.2). Clients may keep the answer, but have to ask before each use. */
export function sendPrepared(
  reply: FastifyReply,
  answer: PreparedAnswer,
  ifNoneMatch: string | undefined,
): void {
  void reply.header('etag', answer.etag).header('cache-control', 'no-cache');
  if (answer.link !== null) void reply.header('link', answer.link);
  if (ifNoneMatch !== undefined && names(ifNoneMatch, answer.etag)) {
    void reply.status(304).send();
    return;
  }
  void reply.header('content-type', 'application/json; charset=utf-8').send(answer.body);
}

function names(ifNoneMatch: string, etag: string): boolean {
  if (ifNoneMatch.trim() === '*') return true;
  return ifNoneMatch.split(',').some((given) => given.trim().replace(/^W\//, '') === etag);
}
