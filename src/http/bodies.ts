import { Injectable } from '@nestjs/common';
import { type IncomingMessage, type Server } from 'node:http';
import { type Socket } from 'node:net';

/** A body is whole within so long. */
const BODY_MS = 10_000;
/** Of one that comes by progress: so long may pass in which nothing comes. */
const SILENCE_MS = 10_000;
const LOOK_EVERY_MS = 500;

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

  /** `giveUp` answers 408 and closes the connection. */
  watch(server: Server, giveUp: (socket: Socket) => void): void {
    const timer = setInterval(() => this.look(performance.now(), giveUp), LOOK_EVERY_MS);
    timer.unref();
    server.on('close', () => clearInterval(timer));
  }

  expect(request: IncomingMessage): void {
    const now = performance.now();
    const { bytesRead } = request.socket;
    this.arrivals.set(request, { request, since: now, byProgress: false, bytes: bytesRead, progressAt: now });
  }

  /** One that is long (an import) may take as long as something of it comes. */
  expectByProgress(request: IncomingMessage): void {
    const arrival = this.arrivals.get(request);
    if (arrival !== undefined) arrival.byProgress = true;
  }

  /** Twice a second; `now` is monotonic ms. */
  look(now: number, giveUp: (socket: Socket) => void): void {
    for (const [request, arrival] of this.arrivals) {
      if (request.complete || request.socket.destroyed) this.arrivals.delete(request);
      else if (isLate(arrival, now)) {
        this.arrivals.delete(request);
        giveUp(request.socket);
      }
    }
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
