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
import { type OperationsResponse } from '../../contract/internal.js';
import { submitCall } from '../../contract/rpc.js';
import { Mistake } from '../../contract/shapes.js';
import { CONFIG } from '../../runtime/config.token.js';
import { BodyLimit } from '../../http/route-rules.js';
import { CatalogMetrics } from '../catalog.metrics.js';
import { ReplicaHost } from '../replica/replica.host.js';
import { replicaTimeoutMs } from './deadline.js';
import { Internal } from '../../http/internal.decorator.js';

const BODY_LIMIT_BYTES = 1024 * 1024;

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
  @BodyLimit(BODY_LIMIT_BYTES)
  @Post()
  async submit(@Body() body: unknown, @Headers() headers: IncomingHttpHeaders): Promise<OperationsResponse> {
    const { operations } = requestIn(body);
    const timeoutMs = replicaTimeoutMs(headers, this.config.requestTimeoutMs);
    const results = await Promise.all(
      operations.map(({ bookId, operation }) => this.host.submit(bookId, operation, timeoutMs)),
    );
    for (const result of results) this.metrics.count(result);
    return { results };
  }
}

function requestIn(body: unknown): ReturnType<typeof submitCall.request> {
  try {
    return submitCall.request(body);
  } catch (error) {
    if (error instanceof Mistake) throw new UnprocessableEntityException({ message: error.message });
    throw error;
  }
}
