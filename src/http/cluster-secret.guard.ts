import { Inject, Injectable, UnauthorizedException } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { type Config } from '../config/index.js';
import { bearerCheck } from './bearer.js';
import { CONFIG } from '../runtime/config.token.js';
import { Connections } from './connections.js';
import { type Gate } from './route-rules.js';

/** Internal paths: only processes that share CLUSTER_SECRET may call them; 401 for others. */
@Injectable()
export class ClusterSecretGuard implements Gate {
  /** Takes an Authorization header; for plain Fastify routes too. */
  readonly allows: (authorization: string | undefined) => boolean;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly connections: Connections,
  ) {
    this.allows = bearerCheck(config.clusterKeys.accepted);
  }

  check({ headers, raw }: Pick<FastifyRequest, 'headers' | 'raw'>): void {
    if (!this.allows(headers.authorization))
      throw new UnauthorizedException('The cluster secret is missing or wrong');
    this.connections.know(raw.socket);
  }
}
