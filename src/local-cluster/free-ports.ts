import { createServer } from 'node:net';
import { type PlannedProcess } from './plan.js';

/** Those whose port somebody else uses. */
export async function withBusyPort(plans: readonly PlannedProcess[]): Promise<PlannedProcess[]> {
  const isFree = await Promise.all(plans.map(({ settings, port }) => canListen(port, settings['HOST'])));
  return plans.filter((_, index) => isFree[index] === false);
}

function canListen(port: number, host: string | undefined): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}
