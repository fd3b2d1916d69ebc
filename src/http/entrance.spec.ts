import { type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { Answers } from '../observability/answers.js';
import { Metrics } from '../observability/metrics.js';
import { Tracing } from '../observability/tracing/tracing.js';
import { Bodies } from './bodies.js';
import { ClientAddresses } from './client-addresses.js';
import { Connections } from './connections.js';
import { createEntranceServer, Entrance } from './entrance.js';
import { refuseConnection } from './parser-refusals.js';

const MOST_AT_ONCE = 64;

describe('the entrance', () => {
  let server: Server;
  let pipeline: (request: IncomingMessage, response: ServerResponse) => void;
  const clients: Socket[] = [];

  beforeEach(async () => {
    const addresses = new ClientAddresses({ role: 'catalog' });
    const connections = new Connections(addresses);
    const bodies = new Bodies();
    const answers = new Answers();
    const tracing = new Tracing({ tracing: null }, new Metrics({ role: 'catalog' }, answers), answers);
    const entrance = new Entrance(answers, connections, addresses, bodies, tracing);
    server = createEntranceServer({}, (request, response) => entrance.serve(request, response, pipeline));
    connections.watch(server);
    bodies.watch(server, refuseConnection);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  /** All that comes until the server closes the connection. */
  function answerTo(text: string): Promise<string> {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    clients.push(socket);
    let answer = '';
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString())).on('error', () => undefined);
    socket.write(text);
    return new Promise((resolve) => socket.once('close', () => resolve(answer)));
  }

  it('handles many pipelined requests some at a time, and answers all of them in their order', async () => {
    const asked = 1_000;
    let inThisTurn = 0;
    let most = 0;
    pipeline = (request, response) => {
      if (inThisTurn === 0) setImmediate(() => (inThisTurn = 0));
      inThisTurn += 1;
      most = Math.max(most, inThisTurn);
      response.end(`<${request.url}>`);
    };
    const requests = Array.from({ length: asked }, (_, at) => `GET /${at} HTTP/1.1\r\nHost: a\r\n\r\n`);
    const answer = await answerTo(
      `${requests.join('')}GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
    );
    const answered = [...answer.matchAll(/<\/(\w+)>/g)].map(([, url]) => url);
    expect(answered).toEqual([...Array.from({ length: asked }, (_, at) => String(at)), 'last']);
    // Two slices may meet in what is one turn to this count.
    expect(most).toBeLessThanOrEqual(2 * MOST_AT_ONCE);
  });

  const chunked = (chunks: readonly string[]): string =>
    'POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n' +
    chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join('') +
    '0\r\n\r\n';

  it.each([
    ['16,000 of a byte each', Array<string>(16_000).fill('x'), 300],
    ['many after few that are long', ['x'.repeat(1_000), ...Array<string>(5_000).fill('x')], 400],
  ])('refuses a body in %s before most of them are read', async (_, chunks, readAtMost) => {
    let read = 0;
    pipeline = (request) => void request.on('data', () => (read += 1));
    const answer = await answerTo(chunked(chunks));
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain('too many chunks');
    expect(read).toBeLessThan(readAtMost);
  });

  it.each([
    ['200 of a byte each', Array<string>(200).fill('x')],
    ['2,000 lines', Array<string>(2_000).fill('A book,A topic,1.50,2\n')],
  ])('takes a body in %s', async (_, chunks) => {
    let body = '';
    pipeline = (request, response) =>
      void request
        .on('data', (chunk: Buffer) => (body += chunk.toString()))
        .on('end', () => response.end('taken'));
    expect(await answerTo(chunked(chunks))).toContain('taken');
    expect(body).toBe(chunks.join(''));
  });
});
