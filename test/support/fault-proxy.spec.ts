import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { type Fault, FaultProxy } from './fault-proxy.js';
import { until } from './until.js';

/** Answers each line with itself. */
let echo: Server;
let proxy: FaultProxy;
const sockets: Socket[] = [];

interface Client {
  readonly socket: Socket;
  heard: string;
  /** How the connection ended. */
  ending: string;
}

beforeEach(async () => {
  echo = createServer((socket) => {
    sockets.push(socket.on('error', () => undefined));
    socket.pipe(socket);
  });
  await new Promise<void>((resolve) => echo.listen(0, '127.0.0.1', resolve));
  proxy = (await FaultProxy.open()).leadTo((echo.address() as AddressInfo).port);
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  proxy.close();
  await new Promise((resolve) => echo.close(resolve));
});

function join(): Client {
  const socket = connect(Number(new URL(proxy.address).port), '127.0.0.1');
  const client: Client = { socket, heard: '', ending: 'open' };
  sockets.push(socket);
  socket.on('data', (chunk: Buffer) => (client.heard += chunk.toString()));
  socket.on('error', (error: NodeJS.ErrnoException) => (client.ending = error.code ?? error.message));
  socket.on('end', () => (client.ending = 'ended'));
  return client;
}

async function joined(): Promise<Client> {
  const client = join();
  await says(client, 'hello ');
  return client;
}

async function says(client: Client, text: string): Promise<void> {
  const expected = client.heard + text;
  client.socket.write(text);
  await until(`it heard ${expected}`, () => client.heard === expected);
}

/** Time in which whatever could arrive would have: another connection, unharmed, goes there and back. */
async function aRoundTripElsewhere(): Promise<void> {
  const other = (await FaultProxy.open()).leadTo((echo.address() as AddressInfo).port);
  await fetchEcho(other);
  other.close();
}

async function fetchEcho(through: FaultProxy): Promise<void> {
  const socket = connect(Number(new URL(through.address).port), '127.0.0.1');
  await new Promise<void>((resolve) => {
    socket.once('data', () => resolve());
    socket.write('x');
  });
  socket.destroy();
}

describe('FaultProxy', () => {
  it('lets everything through, and the end too', async () => {
    const client = await joined();
    client.socket.end();
    await until('it ended', () => client.ending === 'ended');
  });

  it('delays, and keeps the order', async () => {
    const client = await joined();
    proxy.break({ kind: 'delay', byMs: 50 });
    const from = performance.now();
    client.socket.write('a');
    client.socket.write('b');
    await until('both arrived', () => client.heard === 'hello ab');
    // There and back.
    expect(performance.now() - from).toBeGreaterThanOrEqual(99);
  });

  it.each<[string, Fault]>([
    ['drops', { kind: 'drop' }],
    ['leaves half open', { kind: 'half-open' }],
  ])('%s: nothing arrives, and nobody is told', async (_, fault) => {
    const client = await joined();
    proxy.break(fault);
    const late = join();
    for (const each of [client, late]) each.socket.write('lost?');
    await aRoundTripElsewhere();
    expect([client.heard, client.ending, late.heard, late.ending]).toEqual(['hello ', 'open', '', 'open']);
  });

  it('delivers what was dropped when it is mended', async () => {
    const client = await joined();
    proxy.break({ kind: 'drop' });
    const late = join();
    client.socket.write('late');
    late.socket.write('later');
    await aRoundTripElsewhere();
    proxy.mend();
    await until('it arrived', () => client.heard === 'hello late' && late.heard === 'later');
  });

  it('resets what was half open when it is mended, and takes new connections', async () => {
    const client = await joined();
    proxy.break({ kind: 'half-open' });
    client.socket.write('lost');
    proxy.mend();
    await until('it was reset', () => client.ending === 'ECONNRESET');
    await joined();
  });

  it('resets in the middle of an answer', async () => {
    const client = await joined();
    proxy.break({ kind: 'reset mid-answer' });
    client.socket.write('0123456789');
    await until('it was cut off', () => client.ending !== 'open');
    expect(client.heard).toBe('hello 01234');
  });
});
