import {
  type CanActivate,
  type ExecutionContext,
  Inject,
  Injectable,
  UnauthorizedException,
} from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { type Config } from '../config/index.js';
import { bearerCheck } from './bearer.js';
import { CONFIG } from '../runtime/config.token.js';

/** Internal paths: only processes that share CLUSTER_SECRET may call them; 401 for others. */
@Injectable()
export class ClusterSecretGuard implements CanActivate {
  /** Takes an Authorization header; for plain Fastify routes too. */
  readonly allows: (authorization: string | undefined) => boolean;

  constructor(@Inject(CONFIG) config: Config) {
    this.allows = bearerCheck(config.clusterSecret);
  }

  canActivate(context: ExecutionContext): boolean {
    const { authorization } = context.switchToHttp().getRequest<FastifyRequest>().headers;
    if (!this.allows(authorization))
      throw new UnauthorizedException('The cluster secret is missing or wrong');
    return true;
  }
}
