import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePorts } from '../../test/support/ports.js';
import { Running } from '../processes.js';

const SERVER = fileURLToPath(new URL('bare-server.js', import.meta.url));
/** Node writes these itself. */
const OWN = new Set(['date', 'connection', 'keep-alive']);

export interface Peer {
  readonly url: string;
  readonly running: Running;
}

/** A bare `node:http` server that sends the very bytes that `url` answered. */
export async function startBare(url: string, folder: string, core: number): Promise<Peer> {
  const answer = await fetch(url);
  const headers = Object.fromEntries([...answer.headers].filter(([name]) => !OWN.has(name)));
  const file = join(folder, 'answer.json');
  writeFileSync(file, JSON.stringify({ headers, body: await answer.text() }));
  const [port = 0] = await freePorts(1);
  const args = [SERVER, String(port), file];
  const running = new Running({ command: process.execPath, args, core, folder, name: 'bare' });
  const own = `http://127.0.0.1:${port}/`;
  await running.ready(async () => (await fetch(own)).status === 200);
  return { url: own, running };
}
