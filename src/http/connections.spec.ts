import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { until } from '../../test/support/until.js';
import { Bodies } from './bodies.js';
import { ClientAddresses } from './client-addresses.js';
import { Connections } from './connections.js';

const MOST_OF_ONE_ADDRESS = 1_024;
const LATER = 31_000;

describe('connections', () => {
  let server: Server;
  let connections: Connections;
  let serve: (request: IncomingMessage, response: ServerResponse) => void;
  let clients: Socket[];

  beforeEach(async () => {
    clients = [];
    connections = new Connections(new ClientAddresses({ role: 'catalog' }));
    server = createServer((request, response) => serve(request, response));
    connections.watch(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    for (const client of clients) client.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  async function client(text = ''): Promise<Socket> {
    const { port } = server.address() as AddressInfo;
    const socket = connect(port, '127.0.0.1');
    clients.push(socket);
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    socket.on('error', () => undefined);
    if (text !== '') socket.write(text);
    return socket;
  }

  const hold = (request: IncomingMessage, response: ServerResponse): void =>
    connections.takePlace(request, response, 'client');

  it('give places back with the socket, though most answers wait behind another', async () => {
    serve = hold;
    const sockets = await Promise.all(
      [1, 2, 3].map(() => client('GET / HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(1500))),
    );
    await until('all are in', () => connections.places === 4500);
    expect(connections.placesOf('client')).toBe(4500);
    for (const socket of sockets) socket.resetAndDestroy();
    await until('all places are free', () => connections.places === 0);
    expect(connections.placesOf('client')).toBe(0);
  });

  it('give each place back once: at the end of its answer, not again with the socket', async () => {
    const answers: ServerResponse[] = [];
    serve = (request, response) => {
      hold(request, response);
      answers.push(response);
    };
    const socket = await client('GET / HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(3));
    await until('three are in', () => connections.places === 3);
    answers[1]?.end();
    answers[0]?.end();
    await until('two are answered', () => connections.places === 1);
    socket.destroy();
    await until('the last is free', () => connections.places === 0);
    answers[2]?.end();
    expect(connections.places).toBe(0);
  });

  it('of one address make room for new ones: the oldest goes that waits for nothing and is nobody of ours', async () => {
    serve = hold;
    const known: Socket[] = [];
    server.prependListener('request', ({ url, socket }) => {
      if (url === '/known') connections.know(socket);
    });
    server.on('connection', (socket) => known.push(socket));
    const role = await client('GET /known HTTP/1.1\r\nHost: a\r\n\r\n');
    const waiting = await client('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await until('both are in', () => connections.places === 2);
    const idle = await client();
    const closed = new Promise((resolve) => idle.once('close', resolve));
    for (let at = 0; at < MOST_OF_ONE_ADDRESS - 1; at += 1) await client();
    await closed;
    await until('one was closed', () => connections.closedForRoom === 1);
    expect([role.destroyed, waiting.destroyed]).toEqual([false, false]);
    expect(connections.open).toBe(MOST_OF_ONE_ADDRESS + 1);
  });

  it('are closed when nothing of an answer was taken for long, and only then', async () => {
    const big = Buffer.alloc(64 * 1024 * 1024);
    serve = (_request, response) => void response.end(big);
    const reader = await client('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    const idle = await client();
    reader.pause();
    await until('the answer waits', () => server.listening && connections.open === 2);
    const closed = new Promise((resolve) => reader.once('close', resolve));
    await until('it was given up', () => {
      connections.closeUnread(performance.now());
      connections.closeUnread(performance.now() + LATER);
      return connections.open === 1;
    });
    reader.resume();
    await closed;
    expect(idle.destroyed).toBe(false);
  });

  it('of another protocol are left alone', async () => {
    serve = hold;
    server.on('upgrade', (_request, socket: Socket) => {
      clients.push(socket);
      socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n');
    });
    const line = await client('GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n');
    await new Promise((resolve) => line.once('data', resolve));
    for (let at = 0; at < MOST_OF_ONE_ADDRESS; at += 1) await client();
    expect(connections.closedForRoom).toBe(0);
    expect(line.destroyed).toBe(false);
  });

  describe('with a body on its way', () => {
    let bodies: Bodies;
    const givenUp: Socket[] = [];
    beforeEach(() => {
      bodies = new Bodies();
      bodies.watch(server, (socket) => givenUp.push(socket));
      givenUp.length = 0;
      serve = (request) => {
        bodies.expect(request);
        if (request.url === '/import') bodies.expectByProgress(request);
        if (request.url !== '/import-unread') request.resume();
        connections.takePlace(request, { once: () => undefined } as unknown as ServerResponse, 'client');
      };
    });
    const look = (inMs: number): void => bodies.look(performance.now() + inMs);
    const post = (path: string, sent: string): string =>
      `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n${sent}`;

    it('are given up when it is late, and not when it has come', async () => {
      await client(post('/', '12345'));
      await client(post('/', '1234567890'));
      await until('both have begun', () => connections.places === 2);
      await until('one is whole', () => {
        look(9_000);
        return true;
      });
      expect(givenUp).toHaveLength(0);
      look(10_001);
      expect(givenUp).toHaveLength(1);
      look(10_001);
      expect(givenUp).toHaveLength(1);
    });

    it('by progress are given up only when nothing comes', async () => {
      const socket = await client(post('/import', '1'));
      await until('it has begun', () => connections.places === 1);
      look(9_000);
      socket.write('2');
      // Now something has come: the time begins anew, whenever that is seen.
      await until('progress is seen', () => {
        look(15_000);
        return true;
      });
      expect(givenUp.length).toBeLessThanOrEqual(1);
      look(60_000);
      look(75_000);
      expect(givenUp).toHaveLength(1);
    });
  });
});
