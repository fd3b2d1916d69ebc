import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { type OrderStatus } from '../contract/operations.js';
import { AnswerCounter } from '../observability/answer-counter.js';
import { Internal } from '../http/internal.decorator.js';
import { Upstreams } from '../rpc/upstream/upstreams.js';

const SALES = /^\/(sales|buy)(\/|$)/;

@Internal('operations')
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
