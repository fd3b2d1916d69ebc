import { applyDecorators } from '@nestjs/common';
import { ApiBearerAuth, ApiTags, ApiUnauthorizedResponse } from '@nestjs/swagger';
import { ClusterSecretGuard } from './cluster-secret.guard.js';
import { Guarded } from './route-rules.js';
import { CLUSTER_SECRET_AUTH } from './swagger.js';

/** Paths for the other roles: 401 without the cluster's secret. */
export const Internal = (tag: string): ClassDecorator & MethodDecorator =>
  applyDecorators(
    Guarded(ClusterSecretGuard),
    ApiTags(tag),
    ApiBearerAuth(CLUSTER_SECRET_AUTH),
    ApiUnauthorizedResponse({ description: 'The cluster secret is missing or wrong' }),
  );
