import { createServer } from 'node:net';
import { LOOPBACK, type PlannedProcess } from './plan.js';

/** Those whose port somebody else uses. */
export async function withBusyPort<T extends Pick<PlannedProcess, 'name' | 'port'>>(
  plans: readonly T[],
): Promise<T[]> {
  const isFree = await Promise.all(plans.map(({ port }) => canListen(port, LOOPBACK)));
  return plans.filter((_, index) => isFree[index] === false);
}

function canListen(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}
