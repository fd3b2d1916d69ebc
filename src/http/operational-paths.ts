import { Inject, Injectable, UnauthorizedException } from '@nestjs/common';
import { type FastifyInstance, type FastifyRequest } from 'fastify';
import { type IncomingMessage } from 'node:http';
import { type Config } from '../config/index.js';
import { isLoopback } from '../config/listening.js';
import { CONFIG } from '../runtime/config.token.js';
import { ClusterSecretGuard } from './cluster-secret.guard.js';
import { NotWellAsked } from './not-well-asked.js';
import { type Gate } from './route-rules.js';

/** By the patterns of their routes, for a path may be written in many ways. */
const CLOSED = /^\/(metrics|api|api-json|api-yaml)(\/|$)/;
const SWAGGER = /^\/api(\/|$)/;

/** Swagger UI styles itself inline; its scripts are files. */
const SWAGGER_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/**
 * What tells more of a process than buyers need: figures, Swagger, and why it is not ready. Open to those who bear the cluster's secret or
 * the administration token, on METRICS_PORT, and where the process listens on loopback only.
 */
@Injectable()
export class OperationalPaths implements Gate {
  private readonly credentials: ((authorization: string | undefined) => boolean)[];
  private readonly isOpen: boolean;
  private readonly byOwnPort = new WeakSet<IncomingMessage>();

  constructor(@Inject(CONFIG) { host }: Pick<Config, 'host'>, guard: ClusterSecretGuard) {
    this.isOpen = isLoopback(host);
    this.credentials = [guard.allows];
  }

  /** Who bears this may look as well. */
  openTo(allows: (authorization: string | undefined) => boolean): void {
    this.credentials.push(allows);
  }

  /** It came in on METRICS_PORT. */
  cameByOwnPort(request: IncomingMessage): void {
    this.byOwnPort.add(request);
  }

  allows({ headers, raw }: Pick<FastifyRequest, 'headers' | 'raw'>): boolean {
    if (this.isOpen || this.byOwnPort.has(raw)) return true;
    return this.credentials.some((allows) => allows(headers.authorization));
  }

  check(request: Pick<FastifyRequest, 'headers' | 'raw'>): void {
    if (this.allows(request)) return;
    throw new UnauthorizedException('This path takes the cluster secret or the administration token');
  }

  /** Before any route is added. */
  watch(instance: FastifyInstance): void {
    instance.addHook('onRequest', (request, reply, done) => {
      try {
        const { url = '' } = request.routeOptions;
        if (CLOSED.test(url)) this.check(request);
        if (SWAGGER.test(url)) {
          // The package's own page shows a shop of pets.
          const { '*': file = url.slice('/api/'.length) } = request.params as { '*'?: string };
          if (file === 'index.html') {
            throw new NotWellAsked(404, 'There is nothing at this path');
          }
          void reply.header('content-security-policy', SWAGGER_POLICY);
        }
        done();
      } catch (error) {
        done(error as Error);
      }
    });
  }
}
