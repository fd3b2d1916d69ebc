import { randomBytes } from 'node:crypto';
import { connect as connectPlain, isIP, type Socket, type TcpNetConnectOpts } from 'node:net';
import { connect as connectSecure, type ConnectionOptions } from 'node:tls';
import { type ClientOptions, WebSocket } from 'ws';
import { type TlsConfig } from '../config/index.js';
import { type Audience } from '../contract/call.js';
import { type Shape } from '../contract/shapes.js';
import { distrust, isAboutCertificates } from './distrust.js';
import { Connection } from './connection.js';
import { MOST_FRAME_BYTES } from './frames.js';
import {
  type Channel,
  type Challenge,
  commonVersion,
  type Hello,
  isProven,
  type LineEnd,
  proofs,
  readChallenge,
  readHello,
  readProofs,
  WIRE_VERSIONS,
} from './handshake.js';
import { type RpcHandlers } from './handlers.js';
import { sharedLookUp } from './look-up.js';

/** The one path that is upgraded, on the role's one port. */
export const LINE_PATH = '/line';
/** Everything until both have shown who they are; connecting has a bound of its own. */
const HANDSHAKE_MS = 1_000;
/** Who has not shown who it is may say so much. */
const MOST_HANDSHAKE_BYTES = 16 * 1024;
const REFUSED = 4401;
const NONCE_BYTES = 18;

/** What this process says of itself, and how it tells that the other one belongs here. */
export interface LineIdentity {
  readonly self: LineEnd;
  keys(audience: Audience): readonly string[];
  readonly tls?: TlsConfig | null;
}

export interface LineAddress {
  /** `http://host:port` of the role, or `https:`. */
  readonly address: string;
  readonly audience: Audience;
  readonly channel: Channel;
}

export type Opened =
  | { readonly kind: 'open'; readonly connection: Connection }
  | { readonly kind: 'refused'; readonly reason: string }
  /** A connection, and then nothing. */
  | { readonly kind: 'silent'; readonly reason: string };

/** One for the whole process: so is the pool of threads that it spares. */
const lookup = sharedLookUp();

/** Opens a connection to a role; never rejects. */
export function openLine(
  { address, audience, channel }: LineAddress,
  identity: LineIdentity,
  handlers: RpcHandlers,
  connectTimeoutMs: number,
): Promise<Opened> {
  return new Promise((resolve) => {
    const connecting = setTimeout(
      () => end('refused', `no connection within ${connectTimeoutMs} ms`),
      connectTimeoutMs,
    );
    let handshake: NodeJS.Timeout | undefined;
    const socket = new WebSocket(`${address.replace(/^http/, 'ws')}${LINE_PATH}`, {
      perMessageDeflate: false,
      maxPayload: MOST_FRAME_BYTES,
      skipUTF8Validation: true,
      createConnection: dialler(address, identity.tls ?? null, () => {
        clearTimeout(connecting);
        handshake = setTimeout(() => end('silent', `no handshake within ${HANDSHAKE_MS} ms`), HANDSHAKE_MS);
      }),
    });
    const end = (kind: 'refused' | 'silent', reason: string): void => {
      settle({ kind, reason });
      socket.terminate();
    };
    const settle = (opened: Opened): void => {
      clearTimeout(connecting);
      clearTimeout(handshake);
      resolve(opened);
    };
    socket.on('error', (error) => {
      if (isAboutCertificates(error)) distrust(address, error.message);
      settle({ kind: 'refused', reason: error.message });
    });
    socket.on('close', (_code, reason) => settle({ kind: 'refused', reason: reason.toString() || 'closed' }));
    socket.on('open', () => {
      const hello: Hello = { ...identity.self, versions: WIRE_VERSIONS, nonce: nonce(), audience, channel };
      const helloText = JSON.stringify(hello);
      socket.send(`["hello",${helloText}]`);
      socket.once('message', (data: Buffer) => {
        const read = answerTo(data.toString(), helloText, identity.keys(audience));
        if (read === null)
          return end('refused', 'the other side has not proven that it belongs to this bookstore');
        socket.send(`["proof",${JSON.stringify(read.proofs)}]`);
        settle({
          kind: 'open',
          connection: new Connection(socket, read.challenge, audience, channel, handlers),
        });
      });
    });
  });
}

/** Asks for names and waits for connections as all of this process does. */
function dialler(
  address: string,
  tls: TlsConfig | null,
  connected: () => void,
): ClientOptions['createConnection'] {
  const isSecure = address.startsWith('https:');
  // ws calls it with the options of a request, whose `path` is that of the URL; a socket would take it for a Unix socket's.
  const dial = (options: TcpNetConnectOpts & ConnectionOptions): Socket => {
    const given = { ...options, path: undefined, lookup, ...shown(tls, options.host ?? '') };
    const socket = isSecure ? connectSecure(given) : connectPlain(given);
    socket.once('connect', connected);
    return socket;
  };
  return dial as ClientOptions['createConnection'];
}

/** A name, but no address, is said to the other side before it shows its certificate. */
function shown(tls: TlsConfig | null, host: string): ConnectionOptions {
  const servername = isIP(host) === 0 ? host : '';
  if (tls === null) return { servername };
  const { cert, key, ca } = tls;
  return { servername, cert, key, ...(ca !== null && { ca }) };
}

function answerTo(
  frame: string,
  hello: string,
  keys: readonly string[],
): { readonly challenge: Challenge; readonly proofs: string[] } | null {
  const message = handshakeMessage(frame, 'challenge', 3);
  if (message === null) return null;
  const given = readOrNull(readProofs, message[2]);
  const challenge = readOrNull(readChallenge, message[1]);
  if (given === null || challenge === null || !WIRE_VERSIONS.includes(challenge.version)) return null;
  const said = JSON.stringify(message[1]);
  if (!isProven(given, proofs(keys, 'accepter', hello, said))) return null;
  return { challenge, proofs: proofs(keys, 'opener', hello, said) };
}

export interface Accepted {
  readonly connection: Connection;
  readonly hello: Hello;
}

/** The other side of it, once the upgrade is done. Answers null when who opened it does not belong here; then it is closed. */
export function acceptLine(
  socket: WebSocket,
  raw: Pick<Socket, 'on' | 'off' | 'bytesRead'>,
  identity: LineIdentity,
  handlers: RpcHandlers,
): Promise<Accepted | null> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => refuse('no handshake in time'), HANDSHAKE_MS);
    let isSettled = false;
    // Hears of bytes after ws has read them: what follows a good proof in the same bytes is no part of the handshake.
    const watch = (): void => {
      if (!isSettled && raw.bytesRead > MOST_HANDSHAKE_BYTES) refuse('too much before the handshake');
    };
    raw.on('data', watch);
    const settle = (accepted: Accepted | null): void => {
      isSettled = true;
      clearTimeout(timer);
      raw.off('data', watch);
      resolve(accepted);
    };
    const refuse = (reason: string): void => {
      settle(null);
      socket.close(REFUSED, reason);
      setTimeout(() => socket.terminate(), HANDSHAKE_MS).unref();
    };
    socket.on('error', () => undefined);
    socket.on('close', () => settle(null));
    socket.once('message', (data: Buffer) => {
      const message = handshakeMessage(data.toString(), 'hello', 2);
      const hello = message === null ? null : readOrNull(readHello, message[1]);
      if (message === null || hello === null) return refuse('this is no line of a bookstore');
      const version = commonVersion(hello.versions);
      if (version === null) return refuse(`no common version: here ${WIRE_VERSIONS.join(', ')}`);
      const challenge: Challenge = { ...identity.self, version, nonce: nonce() };
      const [helloText, said] = [JSON.stringify(message[1]), JSON.stringify(challenge)];
      const keys = identity.keys(hello.audience);
      socket.send(`["challenge",${said},${JSON.stringify(proofs(keys, 'accepter', helloText, said))}]`);
      socket.once('message', (proof: Buffer) => {
        const given = readOrNull(readProofs, handshakeMessage(proof.toString(), 'proof', 2)?.[1]);
        if (given === null || !isProven(given, proofs(keys, 'opener', helloText, said))) {
          return refuse('the secret is missing or wrong');
        }
        settle({ connection: new Connection(socket, hello, hello.audience, hello.channel, handlers), hello });
      });
    });
  });
}

function handshakeMessage(frame: string, name: string, length: number): readonly unknown[] | null {
  try {
    const message = JSON.parse(frame) as unknown;
    return Array.isArray(message) && message[0] === name && message.length === length ? message : null;
  } catch {
    return null;
  }
}

function readOrNull<T>(shape: Shape<T>, value: unknown): T | null {
  try {
    return shape(value);
  } catch {
    return null;
  }
}

function nonce(): string {
  return randomBytes(NONCE_BYTES).toString('base64url');
}
