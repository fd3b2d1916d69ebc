import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { type TraceAnswer } from '../../contract/traces.js';
import { Internal } from '../../http/internal.decorator.js';
import { TraceRecorder } from './trace-recorder.js';

@Internal('operations')
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
