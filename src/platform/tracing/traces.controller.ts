import { Controller, Get, Param, UseGuards } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
  ApiUnauthorizedResponse,
} from '@nestjs/swagger';
import { type TraceAnswer } from '../../contract/traces.js';
import { ClusterSecretGuard } from '../cluster-secret.guard.js';
import { CLUSTER_SECRET_AUTH } from '../swagger.js';
import { TraceRecorder } from './trace-recorder.js';

@ApiTags('operations')
@ApiBearerAuth(CLUSTER_SECRET_AUTH)
@ApiUnauthorizedResponse({ description: 'The cluster secret is missing or wrong' })
@UseGuards(ClusterSecretGuard)
@Controller('traces')
export class TracesController {
  constructor(private readonly recorder: TraceRecorder) {}

  @ApiOperation({ summary: 'What this process recorded of one request that was followed' })
  @ApiOkResponse({ description: '`{events}`: none, if it took no part or has forgotten it' })
  @Get(':traceId')
  events(@Param('traceId') traceId: string): TraceAnswer {
    return { events: this.recorder.events(traceId) };
  }
}
