import { connect, type Socket } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';

const SLOW_BODIES = 2_000;
const WIDE_BODIES = 30;
const FIELDS = 100_000;
const PIPELINED = 1_500;
const PIPELINING = 3;
const PAUSE_MS = 200;

/** What one address can do to a front-end, again and again: bodies that never end, bodies of 100,000 fields, pipelined requests that are reset. */
async function flood(port: number, isOver: () => boolean): Promise<number> {
  const sockets = new Set<Socket>();
  let rounds = 0;
  const open = (text: string): Promise<Socket> => {
    const socket = connect({ port, host: '127.0.0.1', localAddress: '127.0.0.1' });
    sockets.add(socket);
    socket.resume();
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    return new Promise((resolve) => {
      socket.once('connect', () => socket.write(text, () => resolve(socket)));
      socket.once('close', () => resolve(socket));
    });
  };
  const many = (count: number, text: string): Promise<Socket[]> =>
    Promise.all(Array.from({ length: count }, () => open(text)));
  const fields = Object.fromEntries(Array.from({ length: FIELDS }, (_, at) => [`field${at}`, at]));
  const wide = JSON.stringify(fields);
  while (!isOver()) {
    const [, , pipelining] = await Promise.all([
      many(SLOW_BODIES, post(100, '{')),
      many(WIDE_BODIES, post(wide.length, wide)),
      many(PIPELINING, 'GET /lookup/999999 HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(PIPELINED)),
    ]);
    for (const socket of pipelining) socket.resetAndDestroy();
    rounds += 1;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  for (const socket of sockets) socket.destroy();
  return rounds;
}

const post = (length: number, body: string): string =>
  `POST /orders HTTP/1.1\r\nHost: a\r\nIdempotency-Key: key-of-a-flood-0001\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n${body}`;

let over = false;
parentPort?.once('message', () => (over = true));
const { port } = workerData as { readonly port: number };
void flood(port, () => over).then((rounds) => parentPort?.postMessage(rounds));
