import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { headOf, KEEP_ALIVE_SECONDS, writeWhole } from './whole-answer.js';

const BODY = Buffer.from('{"title":"Ünïcode 😀"}');
const HEADERS = [
  'etag',
  '"x"',
  'content-type',
  'application/json; charset=utf-8',
  'content-length',
  `${BODY.length}`,
];
const HEAD = headOf(200, HEADERS);
const TEXT = BODY.toString('latin1');

function asNode(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, HEADERS).end(BODY);
}

/** What a client gets that sends these requests at once, the last of them with `Connection: close`; but for the times. */
async function asked(
  serve: (request: IncomingMessage, response: ServerResponse) => void,
  requests: readonly string[],
): Promise<string> {
  const server: Server = createServer({ keepAliveTimeout: KEEP_ALIVE_SECONDS * 1000 }, serve);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const text = requests.map((line, at) => `${line}\r\nHost: a\r\n${ending(at === requests.length - 1)}`);
  const answer = await new Promise<string>((resolve, reject) => {
    let got = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(text.join('')));
    socket.on('data', (chunk) => (got += chunk.toString('latin1')));
    socket.on('close', () => resolve(got)).on('error', reject);
  });
  await new Promise((resolve) => server.close(resolve));
  return answer.replace(/^date: .*$/gim, 'date: now');
}

const ending = (isLast: boolean): string => (isLast ? 'Connection: close\r\n\r\n' : '\r\n');

describe('whole answers', () => {
  it.each<[string, boolean[], string[]]>([
    ['one after the other', [true, false], ['GET /1 HTTP/1.1', 'GET /2 HTTP/1.1']],
    ['to HEAD', [false, false], ['HEAD /1 HTTP/1.1', 'GET /2 HTTP/1.1']],
    ['to one that wants no more', [false], ['GET /1 HTTP/1.1']],
    ['to an old client', [false], ['GET /1 HTTP/1.0']],
  ])("are Node's own bytes, %s", async (_, written, requests) => {
    const seen: boolean[] = [];
    const answer = await asked((request, response) => {
      // Those of several requests at once stand in line: this one's turn has come.
      const inTurn = new Promise<void>((resolve) =>
        response.socket === null ? response.once('socket', () => resolve()) : resolve(),
      );
      void inTurn.then(() => {
        const isWritten = writeWhole(response, HEAD, TEXT);
        if (!isWritten) asNode(request, response);
        seen.push(isWritten && response.headersSent);
      });
    }, requests);
    expect(answer).toBe(await asked(asNode, requests));
    expect(answer.match(/HTTP\/1\.1 200/g)).toHaveLength(requests.length);
    expect(seen).toEqual(written);
  });

  it('wait for their turn', async () => {
    const waiting: (() => void)[] = [];
    const answer = await asked(
      (request, response) => {
        if (request.url === '/1') waiting.push(() => response.end('first'));
        else {
          if (!writeWhole(response, HEAD, TEXT)) asNode(request, response);
          waiting.forEach((each) => each());
        }
      },
      ['GET /1 HTTP/1.1', 'GET /2 HTTP/1.1'],
    );
    expect(answer.indexOf('first')).toBeLessThan(answer.indexOf('title'));
    expect(answer.indexOf('first')).toBeGreaterThan(0);
  });

  it('end the response: whoever waits for that hears of it', async () => {
    let finished = 0;
    await asked(
      (request, response) => {
        response.once('close', () => (finished += 1));
        if (!writeWhole(response, HEAD, TEXT)) asNode(request, response);
      },
      ['GET /1 HTTP/1.1', 'GET /2 HTTP/1.1'],
    );
    expect(finished).toBe(2);
  });
});
