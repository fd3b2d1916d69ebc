import { type FastifyInstance } from 'fastify';

/** Bodies are JSON, and nothing else unless a role says so (415). An empty one counts as none, as the original took it. */
export function takeJsonBodies(instance: FastifyInstance): void {
  const parse = instance.getDefaultJsonParser('error', 'error');
  instance.removeAllContentTypeParsers();
  instance.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body.length === 0) return done(null, undefined);
    return parse(request, body, done);
  });
}
