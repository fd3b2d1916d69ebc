import { type INestApplication } from '@nestjs/common';
import { Readiness } from './readiness.js';

/**
 * Stops in good order: not ready any more, then the roles' shutdown hooks and the requests in flight. New connections
 * are refused, which others take as definite. Answers whether all of it ended within the bound.
 */
export async function shutDown(app: INestApplication, withinMs: number): Promise<boolean> {
  app.get(Readiness).drain();
  let timer: NodeJS.Timeout | undefined;
  const bound = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), withinMs);
  });
  const closed = app.close().then(() => true as const);
  try {
    return await Promise.race([closed, bound]);
  } finally {
    clearTimeout(timer);
  }
}
