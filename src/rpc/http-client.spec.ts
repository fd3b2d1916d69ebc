import 'reflect-metadata';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server as TcpServer } from 'node:net';
import { HttpClient, type HttpClientLimits, jsonOf } from './http-client.js';

class SmallClient extends HttpClient {
  protected override readonly limits: HttpClientLimits = {
    connectionsPerOrigin: 1,
    requestsPerOrigin: 2,
    origins: 2,
    answerBytes: 1000,
  };
}

const SECRET = 's'.repeat(32);
const clients: HttpClient[] = [];
const servers: (Server | TcpServer)[] = [];

function client(Client = HttpClient, connectTimeoutMs = 5000): HttpClient {
  const made = new Client({ clusterKeys: { used: SECRET, accepted: [SECRET] }, connectTimeoutMs });
  clients.push(made);
  return made;
}

async function listening(server: Server | TcpServer): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const serve = (listener: RequestListener) => listening(createServer(listener));

afterEach(async () => {
  await Promise.all(clients.splice(0).map((each) => each.onApplicationShutdown()));
  for (const server of servers.splice(0)) {
    if ('closeAllConnections' in server) server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

describe('HttpClient', () => {
  it('sends JSON, the secret and the time left, and gives the answer', async () => {
    const seen: IncomingMessage[] = [];
    const origin = await serve((request, response) => {
      seen.push(request);
      request.pipe(response.setHeader('x-here', 'yes').writeHead(409));
    });
    const result = await client().request(origin, {
      method: 'POST',
      path: '/sales?x=1',
      body: { copies: 2 },
      headers: { 'x-own': 'a' },
      timeoutMs: 60_000.5,
    });
    expect(result).toMatchObject({ kind: 'answered', status: 409, headers: { 'x-here': 'yes' } });
    expect(result.kind === 'answered' && jsonOf(result)).toEqual({ copies: 2 });
    expect(seen[0]).toMatchObject({
      url: '/sales?x=1',
      headers: {
        authorization: `Bearer ${SECRET}`,
        'x-bazar-time-left-ms': '60000',
        'content-type': 'application/json',
        'x-own': 'a',
      },
    });
  });

  it('keeps connections alive', async () => {
    const ports = new Set<number | undefined>();
    const origin = await serve((request, response) => {
      ports.add(request.socket.remotePort);
      response.end();
    });
    const one = client();
    for (let call = 0; call < 10; call += 1) {
      await one.request(origin, { method: 'GET', path: '/', timeoutMs: 5000 });
    }
    // A second one opens while the first is not yet marked free.
    expect(ports.size).toBeLessThanOrEqual(2);
  });

  it('calls a refused connection definite', async () => {
    const server = createServer();
    const origin = await listening(server);
    await new Promise((resolve) => server.close(resolve));
    servers.length = 0;
    await expect(
      client().request(origin, { method: 'POST', path: '/', body: {}, timeoutMs: 5000 }),
    ).resolves.toMatchObject({ kind: 'refused', reason: expect.stringContaining('ECONNREFUSED') });
  });

  it('calls an answer that does not come in time indefinite', async () => {
    let arrived: () => void = () => undefined;
    const sent = new Promise<void>((resolve) => (arrived = resolve));
    const origin = await serve(() => arrived());
    const result = client().request(origin, { method: 'GET', path: '/', timeoutMs: 1000 });
    await sent;
    await expect(result).resolves.toEqual({ kind: 'lost', reason: 'no answer in time' });
  });

  it('calls a connection that ends before the whole answer indefinite', async () => {
    const reset = await listening(
      createTcpServer((socket) =>
        socket.on('error', () => undefined).once('data', () => socket.resetAndDestroy()),
      ),
    );
    const half = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('{"half":', () => response.destroy());
    });
    const one = client();
    for (const origin of [reset, half]) {
      await expect(one.request(origin, { method: 'GET', path: '/', timeoutMs: 5000 })).resolves.toMatchObject(
        {
          kind: 'lost',
        },
      );
    }
  });

  it('never sends a request that was given up while it waited for a connection', async () => {
    const paths: (string | undefined)[] = [];
    let finishFirst: () => void = () => undefined;
    const origin = await serve((request, response) => {
      paths.push(request.url);
      if (request.url === '/first') finishFirst = () => response.end();
      else response.end();
    });
    const small = client(SmallClient);
    const first = small.request(origin, { method: 'POST', path: '/first', timeoutMs: 5000 });
    const waiting = small.request(origin, { method: 'POST', path: '/waiting', timeoutMs: 20 });
    await expect(waiting).resolves.toEqual({ kind: 'refused', reason: 'no answer in time' });
    finishFirst();
    await first;
    await small.request(origin, { method: 'GET', path: '/last', timeoutMs: 5000 });
    expect(paths).toEqual(['/first', '/last']);
  });

  it('lets one that hangs take no connection from another', async () => {
    const hung = await serve(() => undefined);
    const well = await serve((_request, response) => response.end());
    const shared = client();
    const patience = new AbortController();
    const get = { method: 'GET', path: '/', timeoutMs: 60_000 } as const;
    // More than the sockets to one origin.
    const waiting = Array.from({ length: 500 }, () =>
      shared.request(hung, { ...get, signal: patience.signal }),
    );
    const served = await Promise.all(Array.from({ length: 500 }, () => shared.request(well, get)));
    expect(served.every((result) => result.kind === 'answered')).toBe(true);
    patience.abort();
    const given = new Set((await Promise.all(waiting)).map(({ kind }) => kind));
    expect(given).toEqual(new Set(['refused', 'lost']));
  });

  it('refuses more than its bound at once', async () => {
    const origin = await serve(() => undefined);
    const small = client(SmallClient);
    const ask = () => small.request(origin, { method: 'GET', path: '/', timeoutMs: 50 });
    const kept = [ask(), ask()];
    await expect(ask()).resolves.toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('too many'),
    });
    await Promise.all(kept);
  });

  it('gives up when cancelled', async () => {
    const cancel = new AbortController();
    const origin = await serve(() => cancel.abort());
    const one = client();
    const ask = () =>
      one.request(origin, { method: 'GET', path: '/', timeoutMs: 5000, signal: cancel.signal });
    await expect(ask()).resolves.toEqual({ kind: 'lost', reason: 'cancelled' });
    await expect(ask()).resolves.toEqual({ kind: 'refused', reason: 'cancelled' });
  });

  it('reads no answer above its bound', async () => {
    const origin = await serve((_request, response) => response.end('x'.repeat(1001)));
    await expect(
      client(SmallClient).request(origin, { method: 'GET', path: '/', timeoutMs: 5000 }),
    ).resolves.toEqual({ kind: 'lost', reason: 'the answer is too large' });
  });

  it('forgets the oldest origin when there are too many, and still reaches it', async () => {
    const small = client(SmallClient);
    const origins = await Promise.all([0, 1, 2].map(() => serve((_request, response) => response.end())));
    for (const origin of [...origins, ...origins]) {
      await expect(
        small.request(origin, { method: 'GET', path: '/', timeoutMs: 5000 }),
      ).resolves.toMatchObject({
        kind: 'answered',
      });
    }
  });

  it('gives undefined for a body that is no JSON', async () => {
    const origin = await serve((_request, response) => response.end('<html>'));
    const result = await client().request(origin, { method: 'GET', path: '/', timeoutMs: 5000 });
    expect(result.kind === 'answered' && jsonOf(result)).toBeUndefined();
  });
});
