import { type FastifyInstance } from 'fastify';

/** What every answer bears: a browser takes it for what it says it is, and shows it in no frame. */
export const SAFETY_HEADERS = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
} as const;

/** The same, names and values in turn. */
export const SAFETY_LINES: readonly string[] = Object.entries(SAFETY_HEADERS).flat();

/** `Cache-Control` of an answer that does not say how long it may be kept: orders, administration, mistakes. */
export const NOT_KEPT = 'no-store';

/** Before any route is added, and before all other hooks: what they refuse bears them too. */
export function addSafetyHeaders(instance: FastifyInstance): void {
  instance.addHook('onRequest', (_request, reply, done) => {
    void reply.headers(SAFETY_HEADERS);
    done();
  });
  instance.addHook('onSend', (_request, reply, payload, done) => {
    if (!reply.hasHeader('cache-control')) void reply.header('cache-control', NOT_KEPT);
    done(null, payload);
  });
}
