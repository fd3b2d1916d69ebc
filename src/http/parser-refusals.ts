import { STATUS_CODES } from 'node:http';
import { type Socket } from 'node:net';
import { NOT_KEPT, SAFETY_HEADERS } from './safety-headers.js';

export interface ParserRefusal {
  readonly status: 400 | 408 | 413 | 431;
  readonly message: string;
}

/** By the `code` of what Node's parser throws. */
const REFUSALS: Readonly<Record<string, ParserRefusal>> = {
  HPE_HEADER_OVERFLOW: { status: 431, message: 'The headers are too large' },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: { status: 413, message: 'The chunk extensions are too large' },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, message: 'The request did not come in time' },
};
const NO_HTTP: ParserRefusal = { status: 400, message: 'This is no HTTP request' };
export const TOO_MANY_CHUNKS: ParserRefusal = {
  status: 413,
  message: 'The body comes in too many chunks for what it holds',
};
export const TOO_SLOW: ParserRefusal = { status: 408, message: 'The body did not come in time' };

/** For what never became a request, or never will be whole. Null: there is nobody to answer. */
export function parserRefusal(error: NodeJS.ErrnoException, socket: Socket): ParserRefusal | null {
  if (error.code === 'ECONNRESET' || !socket.writable) return null;
  return REFUSALS[error.code ?? ''] ?? NO_HTTP;
}

/** In the form of every other error; closes the connection. Into the midst of another answer nothing is written. */
export function refuseConnection(socket: Socket, { status, message }: ParserRefusal): void {
  if (!socket.writable || socket.writableLength > 0) {
    socket.destroy();
    return;
  }
  const body = JSON.stringify({ message });
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'connection: close',
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    `cache-control: ${NOT_KEPT}`,
    ...Object.entries(SAFETY_HEADERS).map(([name, value]) => `${name}: ${value}`),
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}
