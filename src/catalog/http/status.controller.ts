import {
  Controller,
  Get,
  Param,
  ServiceUnavailableException,
  UnprocessableEntityException,
} from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiServiceUnavailableResponse } from '@nestjs/swagger';
import { type RecordStatus, type ReplicaStatus } from '../../core/replication/api.js';
import { ReplicaHost } from '../replica/replica.host.js';
import { Internal } from './internal.decorator.js';

@Internal('operations')
@Controller('status')
export class StatusController {
  constructor(private readonly host: ReplicaHost) {}

  @ApiOperation({ summary: 'What this replica knows of itself, its peers and its front-ends' })
  @ApiOkResponse({ description: 'ReplicaStatus' })
  @ApiServiceUnavailableResponse({ description: 'The replica does not run: its store failed' })
  @Get()
  replica(): ReplicaStatus {
    return this.host.status() ?? this.stopped();
  }

  @ApiOperation({ summary: 'What this replica knows of one book; 0 is the catalogue itself' })
  @ApiOkResponse({ description: 'RecordStatus' })
  @ApiServiceUnavailableResponse({ description: 'The replica does not run: its store failed' })
  @Get(':bookId')
  record(@Param('bookId') text: string): RecordStatus {
    if (!/^\d{1,15}$/.test(text)) {
      throw new UnprocessableEntityException({ message: 'Book ID must be a number' });
    }
    return this.host.recordStatus(Number(text)) ?? this.stopped();
  }

  private stopped(): never {
    const reason = this.host.failure() ?? 'it is stopping';
    throw new ServiceUnavailableException({ message: `The replica does not run: ${reason}` });
  }
}
