import { Injectable } from '@nestjs/common';
import { type IncomingMessage, type Server } from 'node:http';
import { type Socket } from 'node:net';
import { type ParserRefusal, TOO_MANY_CHUNKS, TOO_SLOW } from './parser-refusals.js';

/** A body is whole within so long. */
const BODY_MS = 10_000;
/** Of one that comes by progress: so long may pass in which nothing comes. */
const SILENCE_MS = 10_000;
const LOOK_EVERY_MS = 500;
/** In how many chunks a body may come, and for each further one how many bytes have to have come: each costs as much as a small request. */
const FREE_CHUNKS = 256;
const BYTES_A_CHUNK = 16;

interface Arrival {
  readonly request: IncomingMessage;
  readonly since: number;
  byProgress: boolean;
  bytes: number;
  progressAt: number;
}

/** Bodies that are on their way, and when it is too late for them. */
@Injectable()
export class Bodies {
  private readonly arrivals = new Map<IncomingMessage, Arrival>();
  private refuse: (socket: Socket, refusal: ParserRefusal) => void = (socket) => socket.destroy();

  /** `refuse` answers and closes the connection. */
  watch(server: Server, refuse: (socket: Socket, refusal: ParserRefusal) => void): void {
    this.refuse = refuse;
    const timer = setInterval(() => this.look(performance.now()), LOOK_EVERY_MS);
    timer.unref();
    server.on('close', () => clearInterval(timer));
  }

  expect(request: IncomingMessage): void {
    const now = performance.now();
    if (request.headers['transfer-encoding'] !== undefined) this.countChunks(request);
    const { bytesRead } = request.socket;
    this.arrivals.set(request, { request, since: now, byProgress: false, bytes: bytesRead, progressAt: now });
  }

  /** One that is long (an import) may take as long as something of it comes. */
  expectByProgress(request: IncomingMessage): void {
    const arrival = this.arrivals.get(request);
    if (arrival !== undefined) arrival.byProgress = true;
  }

  /** Twice a second; `now` is monotonic ms. */
  look(now: number): void {
    for (const [request, arrival] of this.arrivals) {
      if (request.complete || request.socket.destroyed) this.arrivals.delete(request);
      else if (isLate(arrival, now)) {
        this.arrivals.delete(request);
        this.refuse(request.socket, TOO_SLOW);
      }
    }
  }

  /**
   * Node's parser hands on each chunk of a body by itself, and all that came together in one turn: thousands of a byte each would keep
   * everybody else waiting. They are counted where they come in, for whoever reads the body has paid for them already.
   */
  private countChunks(request: IncomingMessage): void {
    const push = request.push.bind(request);
    let chunks = 0;
    let bytes = 0;
    request.push = (chunk: Buffer | null, encoding) => {
      if (chunk === null) return push(null, encoding);
      chunks += 1;
      bytes += chunk.length;
      if (chunks <= FREE_CHUNKS + bytes / BYTES_A_CHUNK) return push(chunk, encoding);
      // The rest of what came with it is passed over.
      request.push = () => false;
      this.arrivals.delete(request);
      this.refuse(request.socket, TOO_MANY_CHUNKS);
      return false;
    };
  }
}

function isLate(arrival: Arrival, now: number): boolean {
  if (!arrival.byProgress) return now - arrival.since >= BODY_MS;
  const { request } = arrival;
  const { bytesRead } = request.socket;
  // What has come and was not read yet waits for us, not for the client.
  if (bytesRead !== arrival.bytes || request.readableLength > 0) {
    arrival.bytes = bytesRead;
    arrival.progressAt = now;
  }
  return now - arrival.progressAt >= SILENCE_MS;
}

/** Whether a request has a body that is to be waited for. That of GET and HEAD means nothing (RFC 9110, 9.3.1), and nobody reads it. */
export function awaitsBody(request: IncomingMessage): boolean {
  return request.method !== 'GET' && request.method !== 'HEAD' && hasBody(request);
}

export function hasBody({ headers }: IncomingMessage): boolean {
  if (headers['transfer-encoding'] !== undefined) return true;
  const length = headers['content-length'];
  return length !== undefined && length !== '0';
}
