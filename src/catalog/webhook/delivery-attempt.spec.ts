import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { freePorts } from '../../../test/support/ports.js';
import { attempt } from './delivery-attempt.js';

describe('an attempt to deliver', () => {
  let server: Server;
  let url: string;
  let asked: {
    method: string | undefined;
    path: string | undefined;
    body: string;
    type: string | undefined;
  }[] = [];
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        asked.push({
          method: request.method,
          path: request.url,
          body,
          type: request.headers['content-type'],
        });
        answer(request, response);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  beforeEach(() => (asked = []));
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const never = new AbortController().signal;
  const deliver = (timeoutMs?: number) =>
    attempt(`${url}/hook`, { 'webhook-id': 'a' }, '{"é":1}', never, timeoutMs);
  const says = (status: number, headers: Record<string, string> = {}) => {
    answer = (_, response) => response.writeHead(status, headers).end('{}');
  };

  it.each([200, 201, 204])('is taken with %d', async (status) => {
    says(status);
    expect(await deliver()).toEqual({ kind: 'taken' });
    expect(asked).toEqual([{ method: 'POST', path: '/hook', body: '{"é":1}', type: 'application/json' }]);
  });

  it.each([
    [400, {}, 'it answered 400', null],
    [500, {}, 'it answered 500', null],
    [503, { 'retry-after': '7' }, 'it answered 503', 7_000],
    [429, { 'retry-after': 'Fri, 27 Nov 2026 00:00:00 GMT' }, 'it answered 429', null],
  ])('has failed with %d', async (status, headers, reason, askedMs) => {
    says(status, headers);
    expect(await deliver()).toEqual({ kind: 'failed', reason, askedMs });
  });

  it('has failed with a redirect, and goes nowhere else', async () => {
    says(307, { location: `${url}/elsewhere` });
    expect(await deliver()).toMatchObject({ reason: 'it answered 307, and redirects are not followed' });
    expect(asked.map(({ path }) => path)).toEqual(['/hook']);
  });

  it('is the last one with 410', async () => {
    says(410);
    expect(await deliver()).toEqual({ kind: 'gone' });
  });

  it('does not wait for a body that never ends', async () => {
    let closed = false;
    answer = (_, response) => {
      response.writeHead(200);
      const more = setInterval(() => response.write('x'.repeat(100_000)), 1);
      response.on('close', () => {
        closed = true;
        clearInterval(more);
      });
    };
    expect(await deliver()).toEqual({ kind: 'taken' });
    while (!closed) await new Promise((resolve) => setTimeout(resolve, 5));
  });

  it('has failed when nothing comes, the connection closes, or nobody is there', async () => {
    answer = () => undefined;
    expect(await deliver(50)).toMatchObject({ kind: 'failed', reason: 'no answer within 0.05 s' });
    answer = (request) => request.socket.destroy();
    expect(await deliver()).toMatchObject({ kind: 'failed', reason: 'UND_ERR_SOCKET' });
    const [port] = await freePorts(1);
    expect(await attempt(`http://127.0.0.1:${port}/`, {}, '', never)).toMatchObject({
      reason: 'ECONNREFUSED',
    });
  });
});
