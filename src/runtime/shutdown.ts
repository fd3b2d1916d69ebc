import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { setTimeout as sleep } from 'node:timers/promises';
import { Entrance } from '../http/entrance.js';
import { Readiness } from '../observability/readiness.js';

export interface ShutdownTimes {
  /** For how long everything is still served, so that those who look at readiness, and clients on open connections, go elsewhere first. */
  readonly drainMs: number;
  /** Bound of all of it. */
  readonly withinMs: number;
  /** Ends the drain before its time. */
  readonly hurry?: AbortSignal;
}

/** Node closes idle connections once, when a server closes; one whose last answer leaves later would keep it open. */
const REAP_PERIOD_MS = 50;

/**
 * Stops in good order: not ready any more but serving, each answer sending its client away; then the roles' shutdown hooks, and the
 * requests in flight. New connections are then refused, which others take as definite. Answers whether all of it ended within the bound.
 */
export async function shutDown(app: NestFastifyApplication, times: ShutdownTimes): Promise<boolean> {
  app.get(Readiness).drain();
  const entrance = app.get(Entrance);
  const server = app.getHttpServer();
  // Beneath Fastify, for some answers leave past its hooks. The answer then says `connection: close`.
  server.prependListener('request', (_request, response) => {
    response.shouldKeepAlive = false;
  });
  let bound: NodeJS.Timeout | undefined;
  let reaper: NodeJS.Timeout | undefined;
  const stop = async (): Promise<true> => {
    await sleep(times.drainMs, undefined, { signal: times.hurry }).catch(() => undefined);
    const closed = app.close();
    reaper = setInterval(() => {
      if (server.listening) return;
      server.closeIdleConnections();
      // Node takes one on which nothing was sent yet for busy.
      if (entrance.requestsInFlight === 0) server.closeAllConnections();
    }, REAP_PERIOD_MS);
    await closed;
    return true;
  };
  const late = new Promise<false>((resolve) => {
    bound = setTimeout(() => resolve(false), times.withinMs);
  });
  try {
    return await Promise.race([stop(), late]);
  } finally {
    clearTimeout(bound);
    clearInterval(reaper);
  }
}
