import { type FastifyInstance } from 'fastify';

interface KnownRoute {
  readonly method: string;
  readonly pattern: RegExp;
}

/** Every route that an app was given, to tell a wrong method (405) from an unknown path (404). */
export class KnownRoutes {
  private readonly routes: KnownRoute[] = [];

  /** Before any route is added. */
  watch(instance: FastifyInstance): void {
    instance.addHook('onRoute', ({ url, method }) => {
      // A wildcard (pages, middleware) says nothing about which paths exist.
      if (url.includes('*')) return;
      for (const each of [method].flat()) this.routes.push({ method: each, pattern: patternOf(url) });
    });
  }

  /** Methods that the path of `url` takes, sorted; none for an unknown path. */
  methodsOf(url: string): string[] {
    const [path = '/'] = url.split('?', 1);
    const fitting = this.routes.filter(({ pattern }) => pattern.test(path));
    return [...new Set(fitting.map(({ method }) => method))].sort();
  }
}

/** Fastify's `/lookup/:id` as an expression; a trailing slash is ignored. */
function patternOf(url: string): RegExp {
  const source = url
    .replace(/\/$/, '')
    .split('/')
    .map((part) => (part.startsWith(':') ? '[^/]+' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')))
    .join('/');
  return new RegExp(`^${source}/?$`);
}
