import { hash } from 'node:crypto';
import { type ServerResponse } from 'node:http';
import { type FastifyReply } from 'fastify';
import { SAFETY_LINES } from '../../http/safety-headers.js';
import { writeWhole } from '../../http/write-json.js';

/** A JSON answer as the bytes that leave, made once. */
export interface PreparedAnswer {
  /** Of a small one as a text with a character for each byte: Node joins it with the head, and both leave in one go. */
  readonly body: Buffer | string;
  /** Strong, from the bytes alone: it does not depend on which catalog or front-end gave them. */
  readonly etag: string;
  /** The `Link` header. */
  readonly link: string | null;
}

const CONTENT_TYPE = 'application/json; charset=utf-8';
const SMALL_BYTES = 16 * 1024;
/** Bytes that one takes beside its texts: objects, and the entity tag with what it was cut from. Measured on Node 20 and 24. */
const OBJECT_BYTES = 280;

/** `link`: a `Link` header. */
export function prepare(json: Buffer, link: string | null = null): PreparedAnswer {
  const etag = `"${hash('sha256', json, 'base64url').slice(0, 22)}"`;
  // Memory of its own: a slice would keep the whole block it was cut from.
  const body =
    json.length <= SMALL_BYTES ? json.toString('latin1') : Buffer.from(new Uint8Array(json).buffer);
  return { body, etag, link };
}

/** Bytes of memory, roughly. */
export function sizeOf({ body, link }: PreparedAnswer): number {
  return OBJECT_BYTES + body.length + (link?.length ?? 0);
}

/** The JSON text of an answer. */
export function jsonIn({ body }: PreparedAnswer): string {
  return bytesOf(body).toString();
}

/** 304 if the client has these bytes already (RFC 9110, 13.1.2). */
export function sendPrepared(
  reply: FastifyReply,
  answer: PreparedAnswer,
  ifNoneMatch: string | undefined,
): void {
  const validators = validatorsOf(answer);
  for (let at = 0; at < validators.length; at += 2) {
    void reply.header(validators[at] ?? '', validators[at + 1]);
  }
  const isKnown = ifNoneMatch !== undefined && names(ifNoneMatch, answer.etag);
  if (isKnown) void reply.status(304);
  // To HEAD, Fastify says the length of what it is given; that of nothing would be wrong (RFC 9110, 8.6).
  if (isKnown && reply.request.method !== 'HEAD') void reply.send();
  else void reply.header('content-type', CONTENT_TYPE).send(bytesOf(answer.body));
}

/** The same, ahead of Fastify. Returns the status. Node itself leaves the body out of an answer to HEAD. */
export function writePrepared(
  response: ServerResponse,
  answer: PreparedAnswer,
  ifNoneMatch: string | undefined,
): 200 | 304 {
  const { body } = answer;
  if (ifNoneMatch !== undefined && names(ifNoneMatch, answer.etag)) {
    const isHead = response.req.method === 'HEAD';
    response.writeHead(304, isHead ? headersOf(answer) : validatorsOf(answer)).end();
    return 304;
  }
  writeWhole(response, 200, headersOf(answer), body);
  return 200;
}

/** What 200 and 304 share: names and values in turn. Clients may keep the answer, but have to ask before each use. */
function validatorsOf({ etag, link }: Pick<PreparedAnswer, 'etag' | 'link'>): string[] {
  return [
    ...SAFETY_LINES,
    'etag',
    etag,
    'cache-control',
    'no-cache',
    ...(link === null ? [] : ['link', link]),
  ];
}

function headersOf(answer: PreparedAnswer): string[] {
  const length = String(answer.body.length);
  return [...validatorsOf(answer), 'content-type', CONTENT_TYPE, 'content-length', length];
}

function bytesOf(body: Buffer | string): Buffer {
  return typeof body === 'string' ? Buffer.from(body, 'latin1') : body;
}

function names(ifNoneMatch: string, etag: string): boolean {
  if (ifNoneMatch.trim() === '*') return true;
  return ifNoneMatch.split(',').some((given) => given.trim().replace(/^W\//, '') === etag);
}
