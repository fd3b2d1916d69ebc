import {
  Body,
  Controller,
  Delete,
  HttpCode,
  Inject,
  Param,
  Put,
  ServiceUnavailableException,
  UnprocessableEntityException,
} from '@nestjs/common';
import {
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiServiceUnavailableResponse,
} from '@nestjs/swagger';
import { type CatalogConfig } from '../../config/index.js';
import { SessionAsked } from '../../contract/catalog.js';
import { type SessionResponse } from '../../contract/internal.js';
import { CONFIG } from '../../runtime/config.token.js';
import { ReplicaHost } from '../replica/replica.host.js';
import { Internal } from '../../http/internal.decorator.js';
import { SessionAddresses } from './session-addresses.js';

const FRONT_END_ID = /^[\w-]{1,64}$/;

@Internal('sessions')
@Controller('sessions')
export class SessionsController {
  constructor(
    private readonly host: ReplicaHost,
    private readonly addresses: SessionAddresses,
    @Inject(CONFIG) private readonly config: CatalogConfig,
  ) {}

  @ApiOperation({
    summary: 'Begin or renew the session of a front-end: how long it may use the answers of this replica',
  })
  @ApiOkResponse({ description: '`{replicaId, startNumber, durationMs, leaseMs}`' })
  @ApiServiceUnavailableResponse({ description: 'No majority lease now, or the front-end owes an answer' })
  @Put(':frontEndId')
  renew(@Param('frontEndId') frontEndId: string, @Body() { address }: SessionAsked): SessionResponse {
    if (!FRONT_END_ID.test(frontEndId)) {
      throw new UnprocessableEntityException({
        message: 'A front-end id is 1 to 64 letters, digits, - and _',
      });
    }
    this.addresses.asked(frontEndId, address);
    const grant = this.host.session(frontEndId, address);
    if (grant === null) {
      throw new ServiceUnavailableException({
        message: 'No session now: this replica holds no majority of leases, or the front-end owes an answer',
      });
    }
    return { ...grant, leaseMs: this.config.leaseMs };
  }

  @ApiOperation({ summary: 'End the session of a front-end that stops' })
  @ApiNoContentResponse()
  @HttpCode(204)
  @Delete(':frontEndId')
  end(@Param('frontEndId') frontEndId: string): void {
    this.host.endSession(frontEndId);
  }
}
