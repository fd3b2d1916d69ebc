import { HttpException } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { type IncomingHttpHeaders } from 'node:http';
import {
  IDEMPOTENCY_KEY_HEADER,
  isIdempotencyKey,
  KEY_LENGTH,
  KEY_REFUSALS,
  KEY_RULE,
  REPLAYED_HEADER,
} from '../contract/idempotency-key.js';
import { ownKey } from './own-key.js';

export class KeyRefused extends HttpException {
  constructor(code: keyof typeof KEY_REFUSALS) {
    const [status, message] = KEY_REFUSALS[code];
    super({ message }, status);
  }
}

/** The key that a client gave; undefined when it gave none. 400 for one that is malformed. */
export function givenKey(headers: IncomingHttpHeaders): string | undefined {
  const key = headers[IDEMPOTENCY_KEY_HEADER];
  if (key === undefined) return undefined;
  if (typeof key === 'string' && isIdempotencyKey(key)) return key;
  throw new KeyRefused('key malformed');
}

/** 400 without a key. */
export function requiredKey(headers: IncomingHttpHeaders): string {
  const key = givenKey(headers);
  if (key === undefined) throw new KeyRefused('key missing');
  return key;
}

/** The client's key, or one of our own for a client that will not ask again. */
export function keyOrOwn(headers: IncomingHttpHeaders): string {
  return givenKey(headers) ?? ownKey();
}

/** Hears what was decided, before it is answered or refused. */
export type HearDecided = (decided: { readonly repeated?: boolean }) => void;

/** Tells the client when its key had been used for this before. */
export function tellRepeats(reply: FastifyReply): HearDecided {
  return ({ repeated }) => {
    if (repeated === true) void reply.header(REPLAYED_HEADER, 'true');
  };
}

/** The key, in the document of the paths that take one. `what`: what the same key does once. */
export function IdempotencyKey(what: string, required = false): MethodDecorator {
  return ApiHeader({
    name: 'Idempotency-Key',
    required,
    example: '5f0c8f9e-6d0b-4a52-9d8e-0a6a3f1f7d11',
    description:
      `The same key, with the same wish, ${what} once and answers the same again, through whichever server; such an answer bears ` +
      `\`Idempotency-Replayed: true\`. ${KEY_RULE}. Whoever knows a key and its wish is told the outcome: make it random, as a UUID.`,
    schema: { type: 'string', minLength: KEY_LENGTH.shortest, maxLength: KEY_LENGTH.longest },
  });
}
