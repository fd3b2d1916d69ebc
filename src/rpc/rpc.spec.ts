import { createServer, get, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { WebSocket } from 'ws';
import { FaultProxy } from '../../test/support/fault-proxy.js';
import { until } from '../../test/support/until.js';
import { type Call, type Notice } from '../contract/call.js';
import { listOf, record, text, whole } from '../contract/shapes.js';
import { RpcHandlers } from './handlers.js';
import { type LineEnd } from './handshake.js';
import { Link } from './link.js';
import { LINE_PATH, type LineIdentity, openLine } from './opening.js';
import { RpcServer } from './server.js';

const double: Call<{ n: number }, { n: number }> = {
  name: 'double',
  audience: 'roles',
  vital: false,
  request: record({ n: whole(0, 1000) }),
  answer: record({ n: whole(0, 2000) }),
};
const news: Notice<readonly string[]> = { name: 'news', audience: 'roles', content: listOf(text(1, 10), 3) };
const unknown: Call<{ n: number }, { n: number }> = { ...double, name: 'treble' };
const forPeers: Call<{ n: number }, { n: number }> = { ...double, name: 'for peers', audience: 'peers' };
const SELF: LineEnd = { role: 'order', id: 'me', address: 'http://me', operations: ['sale'] };
const identity = (key = 'secret', id = 'me'): LineIdentity => ({ self: { ...SELF, id }, keys: () => [key] });

const UPGRADE = `GET ${LINE_PATH} HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: ${Buffer.alloc(16).toString('base64')}\r\n\r\n`;

describe('the line between two roles', () => {
  let http: Server;
  let server: RpcServer;
  let handlers: RpcHandlers;
  let address: string;
  const links: Link[] = [];

  beforeEach(async () => {
    handlers = new RpcHandlers();
    server = new RpcServer(identity('secret', 'server'), handlers);
    http = createServer((_request, response) => response.end('plain'));
    server.attach(http);
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    address = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
    handlers.handle(double, ({ n }) => ({ n: 2 * n }));
    handlers.handle(forPeers, ({ n }) => ({ n }));
  });

  afterEach(async () => {
    for (const link of links.splice(0)) link.close();
    await server.leave();
    http.closeAllConnections();
    http.close();
  });

  function linkTo(at = address, own = new RpcHandlers(), self = identity()): Link {
    const to = { address: at, audience: 'roles', channel: 'calls' } as const;
    const link = new Link(to, () => openLine(to, self, own, 500));
    links.push(link);
    return link;
  }

  it('answers calls in either direction over one connection', async () => {
    const own = new RpcHandlers();
    own.handle(double, ({ n }) => ({ n: n + n }));
    const link = linkTo(address, own);
    const answers = await Promise.all([1, 2, 3].map((n) => link.call(double, { n }, { timeoutMs: 5_000 })));
    expect(answers).toEqual([2, 4, 6].map((n) => ({ kind: 'answered', answer: { n } })));
    const [connection] = server.open;
    expect(server.open).toHaveLength(1);
    expect(connection?.other).toMatchObject({ role: 'order', id: 'me', operations: ['sale'] });
    expect(await connection?.call(double, { n: 7 }, { timeoutMs: 5_000 })).toEqual({
      kind: 'answered',
      answer: { n: 14 },
    });
  });

  it('refuses alone what is not understood, malformed, or for peers', async () => {
    const link = linkTo();
    const of = (call: typeof double, n: number) => link.call(call, { n }, { timeoutMs: 5_000 });
    const [strange, wrong, foreign, good] = await Promise.all([
      of(unknown, 1),
      of(double, 1e308),
      of(forPeers, 1),
      of(double, 1),
    ]);
    expect(strange).toEqual({ kind: 'not understood', reason: 'there is no call treble' });
    expect(wrong).toEqual({ kind: 'not understood', reason: 'n must be a whole number from 0 to 1000' });
    expect(foreign).toMatchObject({ kind: 'not understood' });
    expect(good).toEqual({ kind: 'answered', answer: { n: 2 } });
  });

  it('sheds what is not vital before it is begun', async () => {
    handlers.guard(() => false);
    const vital: typeof double = { ...double, name: 'vital', vital: true };
    handlers.handle(vital, ({ n }) => ({ n }));
    const link = linkTo();
    expect(await link.call(double, { n: 1 }, { timeoutMs: 5_000 })).toMatchObject({ kind: 'overloaded' });
    expect(await link.call(vital, { n: 1 }, { timeoutMs: 5_000 })).toMatchObject({ kind: 'answered' });
  });

  it('takes an answer that cannot be read, and one that never comes, for lost', async () => {
    const broken: typeof double = { ...double, name: 'broken' };
    const strange: typeof double = { ...double, name: 'strange' };
    const never: typeof double = { ...double, name: 'never' };
    handlers.handle(broken, () => Promise.reject(new Error('told to nobody')));
    handlers.handle(strange, () => ({ n: -1 }));
    handlers.handle(never, () => new Promise(() => undefined));
    const link = linkTo();
    expect(await link.call(broken, { n: 1 }, { timeoutMs: 5_000 })).toEqual({
      kind: 'lost',
      reason: 'Internal error',
    });
    expect(await link.call(strange, { n: 1 }, { timeoutMs: 5_000 })).toMatchObject({ kind: 'lost' });
    expect(await link.call(never, { n: 1 }, { timeoutMs: 20 })).toEqual({
      kind: 'lost',
      reason: 'no answer in time',
    });
  });

  it('takes a large call that comes with the proof', async () => {
    const long: Call<readonly string[], { n: number }> = {
      ...double,
      name: 'long',
      request: listOf(text(1, 100), 10_000),
    };
    handlers.handle(long, (texts) => ({ n: texts.length % 1000 }));
    const texts = Array.from({ length: 2_345 }, () => 'x'.repeat(100));
    expect(await linkTo().call(long, texts, { timeoutMs: 5_000 })).toEqual({
      kind: 'answered',
      answer: { n: 345 },
    });
  });

  it('keeps what may leave soon for the next message, but not for ever, and in order', async () => {
    const heard: unknown[] = [];
    handlers.hear(news, ([word]) => heard.push(word));
    const link = linkTo();
    await link.call(double, { n: 1 }, { timeoutMs: 5_000 });
    link.tell(news, '["a"]', 'soon');
    link.tell(news, '["b"]');
    link.tell(news, '["c"]', 'soon');
    await link.call(double, { n: 1 }, { timeoutMs: 5_000 });
    expect(heard).toEqual(['a', 'b', 'c']);
    link.tell(news, '["d"]', 'soon');
    await until('it left alone', () => Promise.resolve(heard.length === 4));
  });

  it('hears notices, and drops a bad one alone', async () => {
    const heard: unknown[] = [];
    handlers.hear(news, (content, from) => heard.push([content, from.id]));
    const link = linkTo();
    await link.call(double, { n: 1 }, { timeoutMs: 5_000 });
    for (const content of ['["a"]', '["far too long for news"]', '["b","c"]']) link.tell(news, content);
    await until('both were heard', () => heard.length === 2);
    expect(heard).toEqual([
      [['a'], 'me'],
      [['b', 'c'], 'me'],
    ]);
  });

  it.each([
    ['a wrong secret', (): LineIdentity => identity('another')],
    ['none', (): LineIdentity => ({ ...identity(), keys: () => [] })],
  ])('lets nobody in with %s', async (_, self) => {
    const link = linkTo(address, new RpcHandlers(), self());
    expect(await link.call(double, { n: 1 }, { timeoutMs: 5_000 })).toMatchObject({ kind: 'refused' });
    expect(server.open).toHaveLength(0);
  });

  it('takes either of two secrets while they are changed', async () => {
    const both: LineIdentity = { ...identity(), keys: () => ['new', 'secret'] };
    expect(
      await linkTo(address, new RpcHandlers(), both).call(double, { n: 1 }, { timeoutMs: 5_000 }),
    ).toMatchObject({
      kind: 'answered',
    });
  });

  it('ends what does not shake hands, and goes on for what asks for another protocol', async () => {
    const stranger = new WebSocket(`${address.replace('http', 'ws')}${LINE_PATH}`);
    await new Promise((resolve) => stranger.once('open', resolve));
    stranger.send('["hello",{"versions":[99]}]');
    const code = await new Promise((resolve) => stranger.once('close', resolve));
    expect(code).toBe(4401);
    const plain = await new Promise<string>((resolve, reject) => {
      const headers = { connection: 'Upgrade, HTTP2-Settings', upgrade: 'h2c', 'http2-settings': '' };
      get(`${address}/x`, { headers }, (answer) => answer.on('data', (chunk) => resolve(String(chunk)))).on(
        'error',
        reject,
      );
    });
    expect(plain).toBe('plain');
  });

  it.each([
    ['another address', '127.0.0.2'],
    ['their own address', '127.0.0.1'],
  ])('lets roles in while strangers at %s open connections and say nothing', async (_, localAddress) => {
    const strangers = Array.from({ length: 200 }, () => silentLine(localAddress));
    await until('the strangers have come', () => strangers.every(({ state }) => state !== 'connecting'));
    expect(await linkTo().call(double, { n: 1 }, { timeoutMs: 5_000 })).toEqual({
      kind: 'answered',
      answer: { n: 2 },
    });
    await until('none of them is left', () => strangers.every(({ state }) => state === 'closed'));
    expect(server.open).toHaveLength(1);
  });

  /** A connection that is upgraded, and then nothing. */
  function silentLine(localAddress: string): { state: 'connecting' | 'upgraded' | 'closed' } {
    const line: ReturnType<typeof silentLine> = { state: 'connecting' };
    const socket = connect({
      port: (http.address() as AddressInfo).port,
      host: '127.0.0.1',
      localAddress,
    });
    socket.on('error', () => undefined);
    socket.once('data', () => (line.state = 'upgraded'));
    socket.once('close', () => (line.state = 'closed'));
    socket.write(UPGRADE);
    return line;
  }

  it('tells who says too much before it has shown who it is to go', async () => {
    const socket = connect((http.address() as AddressInfo).port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(UPGRADE);
    await new Promise((resolve) => socket.once('data', resolve));
    // The head of a frame of 10 MB that never ends.
    const head = Buffer.alloc(14);
    head.set([0x81, 0xff]);
    head.writeBigUInt64BE(10_000_000n, 2);
    socket.write(Buffer.concat([head, Buffer.alloc(100_000)]));
    socket.resume();
    await new Promise((resolve) => socket.once('close', resolve));
    expect(server.open).toHaveLength(0);
  });

  it('answers what it has when it stops, and takes nothing more', async () => {
    let release: () => void = () => undefined;
    const slow: typeof double = { ...double, name: 'slow' };
    handlers.handle(slow, ({ n }) => new Promise((resolve) => (release = () => resolve({ n }))));
    const link = linkTo();
    const first = link.call(slow, { n: 5 }, { timeoutMs: 5_000 });
    await until('it was begun', () => handlers.underWay === 1);
    const left = server.leave();
    await until('it was told', () => !link.isUp);
    expect(await link.call(double, { n: 1 }, { timeoutMs: 5_000 })).toMatchObject({ kind: 'refused' });
    release();
    expect(await first).toEqual({ kind: 'answered', answer: { n: 5 } });
    await left;
    expect(server.open).toHaveLength(0);
  });

  it('refuses at once where nobody listens, and finds who comes back', async () => {
    const { port } = http.address() as AddressInfo;
    const link = linkTo();
    await link.call(double, { n: 1 }, { timeoutMs: 5_000 });
    for (const connection of server.open) connection.destroy('test');
    http.closeAllConnections();
    await new Promise((resolve) => http.close(resolve));
    await until(
      'it is refused',
      async () => (await link.call(double, { n: 1 }, { timeoutMs: 5_000 })).kind === 'refused',
    );
    http.listen(port, '127.0.0.1');
    await until(
      'it is found',
      async () => (await link.call(double, { n: 1 }, { timeoutMs: 5_000 })).kind === 'answered',
    );
  });

  it('finds out a black hole, loses what is under way, and opens anew when it is over', async () => {
    const proxy = (await FaultProxy.open()).leadTo((http.address() as AddressInfo).port);
    try {
      const found: string[] = [];
      const link = linkTo(proxy.address);
      link.listen({ found: (readiness) => found.push(readiness) });
      await link.call(double, { n: 1 }, { timeoutMs: 5_000 });
      proxy.break({ kind: 'drop' });
      expect(await link.call(double, { n: 1 }, { timeoutMs: 60_000 })).toEqual({
        kind: 'lost',
        reason: 'it has fallen silent',
      });
      expect(found.slice(0, 2)).toEqual(['there', 'silent']);
      proxy.mend();
      await until(
        'it is found',
        async () => (await link.call(double, { n: 1 }, { timeoutMs: 500 })).kind === 'answered',
      );
    } finally {
      proxy.close();
    }
  });
});
