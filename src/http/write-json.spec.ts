import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { writeWhole } from './write-json.js';

const TEXT = Buffer.from('{"title":"Ünïcode"}').toString('latin1');
const headers = (): string[] => ['content-type', 'text/plain', 'content-length', String(TEXT.length)];

const whole = (response: ServerResponse) => writeWhole(response, 200, headers(), TEXT);
const usual = (response: ServerResponse) => response.writeHead(200, headers()).end(TEXT, 'latin1');

let servers: Server[] = [];
afterEach(() => {
  for (const server of servers) server.close();
  servers = [];
});

/** All that a server sends to these requests, which come at once, without the dates. */
async function sent(answer: RequestListener, methods: readonly string[]): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const requests = methods.map((method, at) => {
    const isLast = at === methods.length - 1;
    return `${method} /${at} HTTP/1.1\r\nHost: x\r\n${isLast ? 'Connection: close\r\n' : ''}\r\n`;
  });
  socket.write(requests.join(''));
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks)
    .toString('latin1')
    .replaceAll(/^Date: .*\r\n/gm, '');
}

describe('an answer written whole', () => {
  it.each([[['GET']], [['HEAD', 'GET']], [['GET', 'GET', 'GET']]])(
    'is to the byte what Node makes of it: %j',
    async (methods) => {
      const expected = await sent((_request, response) => usual(response), methods);
      expect(expected.split('HTTP/1.1 200 OK').length - 1).toBe(methods.length);
      expect(await sent((_request, response) => whole(response), methods)).toBe(expected);
    },
  );

  it('waits for the answers before it on its connection', async () => {
    let first: ServerResponse | undefined;
    const answered = await sent(
      (request, response) => {
        if (request.url === '/0') return void (first = response);
        whole(response);
        if (request.url === '/2' && first !== undefined) first.end('the first');
      },
      ['GET', 'GET', 'GET'],
    );
    expect(answered.indexOf('the first')).toBeGreaterThan(0);
    expect(answered.indexOf('the first')).toBeLessThan(answered.indexOf('title'));
  });

  it('is one write of the system’s', async () => {
    let writes = 0;
    const answered = await sent(
      (request, response) => {
        const { socket } = request;
        const before = socket.bytesWritten;
        const write = socket._write.bind(socket);
        socket._write = (...args) => ((writes += 1), write(...args));
        socket._writev = undefined;
        whole(response);
        expect(socket.bytesWritten).toBeGreaterThan(before);
      },
      ['GET'],
    );
    expect(answered).toContain('title');
    expect(writes).toBe(1);
  });
});
