import { applyDecorators, Inject, Injectable, UnauthorizedException } from '@nestjs/common';
import { ApiBearerAuth, ApiTags, ApiUnauthorizedResponse } from '@nestjs/swagger';
import { type FastifyRequest } from 'fastify';
import { type Config } from '../config/index.js';
import { bearerCheck } from './bearer.js';
import { CONFIG } from '../runtime/config.token.js';
import { Connections } from './connections.js';
import { type Gate, Guarded } from './route-rules.js';
import { CLUSTER_SECRET_AUTH } from './swagger.js';

/** Only those who know CLUSTER_SECRET may ask; 401 for others. */
@Injectable()
export class ClusterSecretGuard implements Gate {
  /** Takes an Authorization header. */
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

/** Of a controller: its paths are for those who know the cluster's secret. */
export const ClusterOnly = (tag: string): ClassDecorator & MethodDecorator =>
  applyDecorators(
    Guarded(ClusterSecretGuard),
    ApiTags(tag),
    ApiBearerAuth(CLUSTER_SECRET_AUTH),
    ApiUnauthorizedResponse({ description: 'The cluster secret is missing or wrong' }),
  );
