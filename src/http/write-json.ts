import { type ServerResponse } from 'node:http';
import { NOT_KEPT, SAFETY_LINES } from './safety-headers.js';

/** An answer as Fastify sends it, ahead of Fastify. The values of `headers` are ours: nobody looks for line breaks in them. */
export function writeJson(
  response: ServerResponse,
  status: number,
  body: object,
  headers: readonly string[] = [],
): void {
  const text = JSON.stringify(body);
  const length = Buffer.byteLength(text);
  const all = [
    ...SAFETY_LINES,
    ...headers,
    'content-type',
    'application/json; charset=utf-8',
    'cache-control',
    NOT_KEPT,
    'content-length',
    String(length),
  ];
  const bytes = length === text.length ? text : Buffer.from(text).toString('latin1');
  response.writeHead(status, all).end(bytes, 'latin1');
}
