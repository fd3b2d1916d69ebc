import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { type OrderStatus } from '../contract/ops.js';
import { ClusterOnly } from '../http/cluster-secret.guard.js';
import { OrderCalls } from './order.calls.js';

/** What the line tells of this order server, for people. */
@ClusterOnly('ops')
@Controller('status')
export class StatusController {
  constructor(private readonly calls: OrderCalls) {}

  @ApiOperation({ summary: 'What this order server has answered, and how the catalogs stand with it' })
  @ApiOkResponse({ description: 'OrderStatus' })
  @Get()
  status(): Promise<OrderStatus> {
    return this.calls.status();
  }
}
