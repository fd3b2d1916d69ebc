import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { type FrontEndStatus } from '../../contract/ops.js';
import { ClusterOnly } from '../../http/cluster-secret.guard.js';
import { OwnStatus } from './own-status.js';

/** What the line tells of this front-end, for people. */
@ClusterOnly('ops')
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
