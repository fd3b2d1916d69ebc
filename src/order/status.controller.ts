import { Controller, Get, UseGuards } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
  ApiUnauthorizedResponse,
} from '@nestjs/swagger';
import { type OrderStatus } from '../contract/operations.js';
import { AnswerCounter } from '../platform/answer-counter.js';
import { ClusterSecretGuard } from '../platform/cluster-secret.guard.js';
import { CLUSTER_SECRET_AUTH } from '../platform/swagger.js';
import { Upstreams } from '../platform/upstream/upstreams.js';

const SALES = /^\/(sales|buy)(\/|$)/;

@ApiTags('operations')
@ApiBearerAuth(CLUSTER_SECRET_AUTH)
@ApiUnauthorizedResponse({ description: 'The cluster secret is missing or wrong' })
@UseGuards(ClusterSecretGuard)
@Controller('status')
export class StatusController {
  constructor(
    private readonly counter: AnswerCounter,
    private readonly upstreams: Upstreams,
  ) {}

  @ApiOperation({ summary: 'What this order server has answered, and how the catalogs stand with it' })
  @ApiOkResponse({ description: 'OrderStatus' })
  @Get()
  async status(): Promise<OrderStatus> {
    return { answers: await this.counter.read(SALES), upstreams: this.upstreams.views() };
  }
}
