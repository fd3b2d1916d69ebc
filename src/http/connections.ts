import { Injectable } from '@nestjs/common';
import { type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Server as SecureServer } from 'node:https';
import { type Socket } from 'node:net';
import { addressKey } from './address-key.js';
import { ClientAddresses } from './client-addresses.js';

/** Of this process. Node takes none beyond. */
export const MOST_CONNECTIONS = 8_192;
/** Of one client address; those that bear the cluster's secret do not count, nor do trusted proxies. */
const MOST_OF_ONE_ADDRESS = 1_024;
/** An answer of which its client has taken nothing for so long is given up, and its connection with it. */
const UNREAD_MS = 30_000;
const LOOK_EVERY_MS = 1_000;

/** One connection, and the places that requests which came over it hold. */
interface Line {
  readonly socket: Socket;
  readonly address: string;
  /** Answers that have not ended, and whose place each is. */
  readonly held: Map<ServerResponse, string>;
  closed: boolean;
  /** Bytes that had come when the last request did, and how many requests came with these. */
  readBytes: number;
  requests: number;
  /** Whoever is at the other end has shown the cluster's secret. */
  known: boolean;
  /** Bytes that had left when somebody looked, and when that changed last (monotonic ms). */
  takenBytes: number;
  takenAt: number;
}

/**
 * Who is connected, and who holds places. A place is given back when its answer has ended or its connection is gone, whichever is
 * first: on Node 20 and 22 a response that waits behind another of its connection never hears that the socket closed.
 */
@Injectable()
export class Connections {
  private readonly lines = new WeakMap<Socket, Line>();
  /** In the order in which they came. */
  private readonly ofAddress = new Map<string, Set<Line>>();
  private readonly placesOfAddress = new Map<string, number>();
  private count = 0;
  private taken = 0;
  private crowdedOut = 0;

  constructor(private readonly addresses: ClientAddresses) {}

  /** Before the server listens. */
  watch(server: Server): void {
    server.maxConnections = MOST_CONNECTIONS;
    // Requests come over the inner one of the two sockets of TLS.
    const opens = server instanceof SecureServer ? 'secureConnection' : 'connection';
    server.on(opens, (socket: Socket) => this.opened(socket));
    // Whoever speaks another protocol from here on has rules of its own.
    server.on('upgrade', (_request, socket) => this.forget(this.line(socket as Socket)));
    const timer = setInterval(() => this.closeUnread(performance.now()), LOOK_EVERY_MS);
    timer.unref();
    server.on('close', () => clearInterval(timer));
  }

  get open(): number {
    return this.count;
  }

  /** Closed to make room for newer ones of the same address. */
  get closedForRoom(): number {
    return this.crowdedOut;
  }

  get places(): number {
    return this.taken;
  }

  /** Of all connections of a client's address. */
  placesOf(address: string): number {
    return this.placesOfAddress.get(address) ?? 0;
  }

  /** For a request that is whole, until its answer has ended or its connection is gone. */
  takePlace(request: IncomingMessage, response: ServerResponse, address: string): void {
    const line = this.line(request.socket);
    if (line.closed) return;
    line.held.set(response, address);
    this.add(address, 1);
    response.once('close', () => this.giveBack(line, response));
  }

  /** For each request that comes: how many, this one among them, came over its connection in one read. */
  cameTogether(socket: Socket): number {
    const line = this.line(socket);
    const { bytesRead } = socket;
    line.requests = bytesRead === line.readBytes ? line.requests + 1 : 1;
    line.readBytes = bytesRead;
    return line.requests;
  }

  /** The other end of this connection has shown the cluster's secret. */
  know(socket: Socket): void {
    const line = this.line(socket);
    if (line.known || line.closed) return;
    line.known = true;
    this.strike(line);
  }

  private opened(socket: Socket): void {
    const line = this.line(socket);
    if (line.closed) return;
    this.count += 1;
    socket.once('close', () => {
      this.forget(line);
      this.count -= 1;
    });
    const others = this.ofAddress.get(line.address) ?? new Set();
    this.ofAddress.set(line.address, others);
    others.add(line);
    if (others.size > MOST_OF_ONE_ADDRESS && !this.addresses.isProxy(socket.remoteAddress))
      this.makeRoom(others);
  }

  /** The oldest that waits for nothing goes: it is idle, or has not managed to say yet what it wants. Else the new one. */
  private makeRoom(others: ReadonlySet<Line>): void {
    this.crowdedOut += 1;
    for (const line of others) {
      if (line.held.size > 0) continue;
      this.strike(line);
      line.socket.destroy();
      return;
    }
  }

  private line(socket: Socket): Line {
    const known = this.lines.get(socket);
    if (known !== undefined) return known;
    const line = {
      socket,
      address: addressKey(socket.remoteAddress ?? ''),
      held: new Map<ServerResponse, string>(),
      closed: socket.destroyed,
      readBytes: -1,
      requests: 0,
      known: false,
      takenBytes: 0,
      takenAt: performance.now(),
    };
    this.lines.set(socket, line);
    return line;
  }

  private forget(line: Line): void {
    line.closed = true;
    this.strike(line);
    for (const response of [...line.held.keys()]) this.giveBack(line, response);
  }

  private giveBack(line: Line, response: ServerResponse): void {
    const address = line.held.get(response);
    if (address === undefined) return;
    line.held.delete(response);
    this.add(address, -1);
  }

  private strike(line: Line): void {
    const others = this.ofAddress.get(line.address);
    others?.delete(line);
    if (others?.size === 0) this.ofAddress.delete(line.address);
  }

  private add(address: string, places: 1 | -1): void {
    this.taken += places;
    const left = this.placesOf(address) + places;
    if (left === 0) this.placesOfAddress.delete(address);
    else this.placesOfAddress.set(address, left);
  }

  /** Each second; `now` is monotonic ms. */
  closeUnread(now: number): void {
    for (const lines of this.ofAddress.values()) {
      for (const line of lines) {
        const { socket } = line;
        const takenBytes = socket.bytesWritten - socket.writableLength;
        if (socket.writableLength === 0 || takenBytes !== line.takenBytes) {
          line.takenBytes = takenBytes;
          line.takenAt = now;
        } else if (now - line.takenAt >= UNREAD_MS) socket.destroy();
      }
    }
  }
}
