import { Controller, Get, UseGuards } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
  ApiUnauthorizedResponse,
} from '@nestjs/swagger';
import { type FrontEndStatus } from '../../contract/operations.js';
import { ClusterSecretGuard } from '../../platform/cluster-secret.guard.js';
import { CLUSTER_SECRET_AUTH } from '../../platform/swagger.js';
import { OwnStatus } from './own-status.js';

/** What the other front-ends show of this one. */
@ApiTags('operations')
@ApiBearerAuth(CLUSTER_SECRET_AUTH)
@ApiUnauthorizedResponse({ description: 'The cluster secret is missing or wrong' })
@UseGuards(ClusterSecretGuard)
@Controller('status')
export class StatusController {
  constructor(private readonly own: OwnStatus) {}

  @ApiOperation({ summary: 'What this front-end has answered, and how those that it asks stand with it' })
  @ApiOkResponse({ description: 'FrontEndStatus' })
  @Get()
  status(): Promise<FrontEndStatus> {
    return this.own.read();
  }
}
