import { type ChildProcess, fork } from 'node:child_process';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { Pool } from 'undici';
import { WebSocket } from 'ws';
import { atEndOfTurn, framed, reader } from './framing.js';

/** Calls between two processes, by the ways that were open to the line between roles: microseconds of CPU of both sides together for each. */
const CALLS = 40_000;
const WARM_UP = 10_000;
const ROUNDS = 3;
const TEXT = 'x'.repeat(150);

type Ask = (message: { readonly id: number; readonly text: string }) => Promise<unknown>;

async function main(): Promise<void> {
  const child = fork(fileURLToPath(new URL('server.js', import.meta.url)));
  const ports = await said<{ http: number; plain: number }>(child);
  const ways: [string, Ask][] = [
    ['undici to node:http', overHttp(ports.http)],
    ['ws, a frame for each message', await overWebSocket(ports.http, false)],
    ['ws, a frame for each turn', await overWebSocket(ports.http, true)],
    ['node:net, a frame for each turn', await overSocket(ports.plain)],
  ];
  for (const atOnce of [1, 25]) {
    const taken = new Map<string, number[]>(ways.map(([name]) => [name, []]));
    for (let round = 0; round < ROUNDS; round++) {
      for (const [name, ask] of ways) taken.get(name)?.push(await measure(child, ask, atOnce));
    }
    for (const [name, each] of taken) {
      const sorted = [...each].sort((a, b) => a - b);
      process.stdout.write(
        `${atOnce} at once, ${name}: ${sorted.map((us) => us.toFixed(0)).join(' / ')} us\n`,
      );
    }
  }
  child.kill();
  process.exit();
}

/** Microseconds of CPU of both processes for one call. */
async function measure(child: ChildProcess, ask: Ask, atOnce: number): Promise<number> {
  await run(ask, atOnce, WARM_UP);
  const before = process.cpuUsage();
  child.send('cpu');
  const childBefore = await said<NodeJS.CpuUsage>(child);
  await run(ask, atOnce, CALLS);
  child.send('cpu');
  const childAfter = await said<NodeJS.CpuUsage>(child);
  const own = process.cpuUsage(before);
  const childUs = childAfter.user + childAfter.system - childBefore.user - childBefore.system;
  return (own.user + own.system + childUs) / CALLS;
}

async function run(ask: Ask, atOnce: number, calls: number): Promise<void> {
  let next = 0;
  const one = async (): Promise<void> => {
    while (next < calls) await ask({ id: next++, text: TEXT });
  };
  await Promise.all(Array.from({ length: atOnce }, one));
}

function said<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve) => child.once('message', (message) => resolve(message as T)));
}

function overHttp(port: number): Ask {
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: 64 });
  return async (message) => {
    const { body } = await pool.request({ method: 'POST', path: '/', body: JSON.stringify(message) });
    return body.json();
  };
}

async function overWebSocket(port: number, inTurns: boolean): Promise<Ask> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`, {
    perMessageDeflate: false,
    skipUTF8Validation: true,
  });
  await new Promise((resolve) => socket.once('open', resolve));
  const turn = atEndOfTurn((messages) => socket.send(`[${messages.join(',')}]`));
  const send = inTurns ? turn : (message: string): void => socket.send(message);
  return answeredBy(send, (take) => socket.on('message', (data: Buffer) => take(data.toString())));
}

async function overSocket(port: number): Promise<Ask> {
  const socket = connect(port, '127.0.0.1').setNoDelay(true);
  await new Promise((resolve) => socket.once('connect', resolve));
  const turn = atEndOfTurn((messages) => socket.write(framed(`[${messages.join(',')}]`)));
  return answeredBy(turn, (take) => socket.on('data', reader(take)));
}

function answeredBy(send: (message: string) => void, listen: (take: (text: string) => void) => void): Ask {
  const open = new Map<number, (answer: unknown) => void>();
  listen((text) => {
    const frame = JSON.parse(text) as { id: number } | { id: number }[];
    for (const answer of [frame].flat()) {
      open.get(answer.id)?.(answer);
      open.delete(answer.id);
    }
  });
  return (message) =>
    new Promise((resolve) => {
      open.set(message.id, resolve);
      send(JSON.stringify(message));
    });
}

void main();
