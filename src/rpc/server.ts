import { type IncomingMessage, type Server, ServerResponse } from 'node:http';
import { type Duplex } from 'node:stream';
import { type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { WebSocketServer } from 'ws';
import { addressKey } from '../http/address-key.js';
import { distrust } from './distrust.js';
import { type Connection } from './connection.js';
import { MOST_FRAME_BYTES } from './frames.js';
import { type RpcHandlers } from './handlers.js';
import { type Hello } from './handshake.js';
import { acceptLine, LINE_PATH, type LineIdentity } from './opening.js';
import { Unproven } from './unproven.js';

/** Proven ones: every process of a bookstore opens one or two. */
const MOST_CONNECTIONS = 2_048;
/** So long calls under way may take when this process stops. */
const LEAVE_MS = 3_000;

type ConnectionHandler = (connection: Connection, hello: Hello) => void;

/** Takes connections of other roles on the port where this one answers HTTP. */
export class RpcServer {
  private readonly upgrades = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MOST_FRAME_BYTES,
    skipUTF8Validation: true,
    clientTracking: false,
  });
  private readonly connections = new Set<Connection>();
  private readonly listeners: ConnectionHandler[] = [];
  private readonly unproven = new Unproven();
  private stopping = false;

  constructor(
    private readonly identity: LineIdentity,
    private readonly handlers: RpcHandlers,
  ) {}

  attach(server: Server): void {
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      if (isLine(request)) this.upgrade(request, socket as Socket, head);
      else ignoreUpgrade(server, request, socket as Socket);
    });
  }

  /** Called for each connection once both sides have shown who they are. */
  onConnection(listener: ConnectionHandler): void {
    this.listeners.push(listener);
  }

  get open(): readonly Connection[] {
    return [...this.connections];
  }

  /** Takes none any more; those that stand take no new calls, answer what they have, and end. */
  async leave(): Promise<void> {
    this.stopping = true;
    await Promise.all([...this.connections].map((connection) => connection.leave(LEAVE_MS)));
  }

  private upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    socket.on('error', () => undefined);
    if (this.stopping || this.connections.size >= MOST_CONNECTIONS) {
      socket.end(
        'HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\ncontent-length: 0\r\nconnection: close\r\n\r\n',
      );
      return;
    }
    const untrusted = this.distrusted(socket);
    if (untrusted !== null) {
      distrust(addressKey(socket.remoteAddress ?? ''), untrusted);
      // As nginx says it.
      socket.end('HTTP/1.1 495 SSL Certificate Error\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
      return;
    }
    socket.setNoDelay(true);
    const proven = this.unproven.add(socket);
    this.upgrades.handleUpgrade(request, socket, head, (upgraded) => {
      void acceptLine(upgraded, socket, this.identity, this.handlers).then((accepted) => {
        // One that was refused counts until it has closed.
        if (accepted === null) return;
        proven();
        this.take(accepted.connection, accepted.hello);
      });
    });
  }

  /** Why the certificate of who opens a line does not do, where one is asked for; null: it does. */
  private distrusted(socket: Socket): string | null {
    if ((this.identity.tls?.ca ?? null) === null) return null;
    if (!(socket instanceof TLSSocket)) return 'it came without TLS';
    return socket.authorized ? null : String(socket.authorizationError ?? 'none was shown');
  }

  private take(connection: Connection, hello: Hello): void {
    if (this.stopping) return connection.destroy('this process stops');
    this.connections.add(connection);
    connection.listen({
      silent: () => undefined,
      leaving: () => undefined,
      closed: () => this.connections.delete(connection),
    });
    for (const listener of this.listeners) listener(connection, hello);
  }
}

function isLine({ method, url, headers }: IncomingMessage): boolean {
  return method === 'GET' && url === LINE_PATH && headers.upgrade?.toLowerCase() === 'websocket';
}

/**
 * A server may go on as if nobody had asked for another protocol (RFC 9110, 7.8), as Node does when nobody listens: curl offers HTTP/2
 * with every request. What has a body is refused: Node has let go of it by now.
 */
function ignoreUpgrade(server: Server, request: IncomingMessage, socket: Socket): void {
  socket.on('error', () => undefined);
  const hasBody =
    request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) > 0;
  if (hasBody) {
    socket.end('HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n');
    return;
  }
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.once('finish', () => socket.end());
  server.emit('request', request, response);
}
