import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { WebSocketServer } from 'ws';
import { atEndOfTurn, framed, reader } from './framing.js';

/** Answers calls in each of the ways that are compared; told by its parent to say what CPU it has used. */
const http = createHttpServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => response.end(Buffer.concat(chunks)));
});
const sockets = new WebSocketServer({ server: http, perMessageDeflate: false, skipUTF8Validation: true });
sockets.on('connection', (socket) => {
  const turn = atEndOfTurn((messages) => socket.send(`[${messages.join(',')}]`));
  socket.on('message', (data: Buffer) => {
    const frame = JSON.parse(data.toString()) as unknown;
    if (Array.isArray(frame)) for (const message of frame) turn(JSON.stringify(message));
    else socket.send(JSON.stringify(frame));
  });
});
const plain = createServer((socket: Socket) => {
  socket.setNoDelay(true);
  const turn = atEndOfTurn((messages) => socket.write(framed(`[${messages.join(',')}]`)));
  socket.on('error', () => undefined);
  socket.on(
    'data',
    reader((text) => {
      for (const message of JSON.parse(text) as unknown[]) turn(JSON.stringify(message));
    }),
  );
});

process.on('message', () => process.send?.(process.cpuUsage()));
process.on('disconnect', () => process.exit());
http.listen(0, '127.0.0.1', () =>
  plain.listen(0, '127.0.0.1', () => {
    const portOf = (server: { address(): unknown }): number => (server.address() as AddressInfo).port;
    process.send?.({ http: portOf(http), plain: portOf(plain) });
  }),
);
