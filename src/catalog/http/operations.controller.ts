import {
  Body,
  Controller,
  Headers,
  HttpCode,
  Inject,
  Post,
  UnprocessableEntityException,
} from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiUnprocessableEntityResponse } from '@nestjs/swagger';
import { type IncomingHttpHeaders } from 'node:http';
import { type CatalogConfig } from '../../config/index.js';
import { parseOperations } from '../../contract/catalog-operations.js';
import { type OperationsResponse } from '../../contract/internal.js';
import { CONFIG } from '../../platform/config.token.js';
import { CatalogMetrics } from '../catalog.metrics.js';
import { ReplicaHost } from '../replica/replica.host.js';
import { replicaTimeoutMs } from './deadline.js';
import { Internal } from './internal.decorator.js';

@Internal('writing')
@Controller('operations')
export class OperationsController {
  constructor(
    private readonly host: ReplicaHost,
    private readonly metrics: CatalogMetrics,
    @Inject(CONFIG) private readonly config: CatalogConfig,
  ) {}

  @ApiOperation({
    summary: 'Sales, edits, restocks and creations, in one request',
    description: 'Each stands for itself and is applied at most once; results come in the order asked.',
  })
  @ApiOkResponse({ description: '`{results}`: each decided, refused, not started, or unknown' })
  @ApiUnprocessableEntityResponse({ description: 'One of them is malformed: none was started' })
  @HttpCode(200)
  @Post()
  async submit(@Body() body: unknown, @Headers() headers: IncomingHttpHeaders): Promise<OperationsResponse> {
    const request = parseOperations(body);
    if ('mistake' in request) throw new UnprocessableEntityException({ message: request.mistake });
    const timeoutMs = replicaTimeoutMs(headers, this.config.requestTimeoutMs);
    const results = await Promise.all(
      request.operations.map(({ bookId, operation }) => this.host.submit(bookId, operation, timeoutMs)),
    );
    for (const result of results) this.metrics.count(result);
    return { results };
  }
}
