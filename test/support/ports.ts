import { createServer, type Server } from 'node:net';

/** Below those that the system gives to outgoing connections: one of these may take the port of a process that is down for a moment. */
const LOWEST = 10_000;
const HIGHEST = 32_000;
const MOST_TRIES = 100;

/**
 * Free ports on this machine, for processes that must know each other's addresses before they listen. Somebody else may
 * take one before it is used: rare, and the process that needs it then says so.
 */
export async function freePorts(count: number): Promise<number[]> {
  // All are held at once, or the same port would be given twice.
  const held = await Promise.all(Array.from({ length: count }, hold));
  await Promise.all(held.map(({ server }) => new Promise((resolve) => server.close(resolve))));
  return held.map(({ port }) => port);
}

async function hold(): Promise<{ server: Server; port: number }> {
  for (let attempt = 0; attempt < MOST_TRIES; attempt += 1) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (isFree) return { server, port };
  }
  throw new Error(`no free port in ${MOST_TRIES} tries`);
}
