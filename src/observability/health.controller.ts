import { Controller, Get, Req, ServiceUnavailableException } from '@nestjs/common';
import { HealthCheck, type HealthCheckResult, HealthCheckService } from '@nestjs/terminus';
import { ApiOkResponse, ApiOperation, ApiServiceUnavailableResponse, ApiTags } from '@nestjs/swagger';
import { type FastifyRequest } from 'fastify';
import { OperationalPaths } from '../http/operational-paths.js';
import { Readiness } from './readiness.js';

/** Reasons and details only for those whom they concern: see `OperationalPaths`. */
type ReadinessAnswer = Pick<HealthCheckResult, 'status'> & Partial<HealthCheckResult>;

/** Terminus would load all of Swagger as it starts, past the bundle: a third of a role's start. */
const UNDOCUMENTED = { swaggerDocumentation: false };

const answered = (status: string): { schema: object } => ({
  schema: { type: 'object', properties: { status: { type: 'string', example: status } } },
});

@ApiTags('health')
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly readiness: Readiness,
    private readonly operational: OperationalPaths,
  ) {}

  @ApiOperation({ summary: 'Whether the process runs at all' })
  @HealthCheck(UNDOCUMENTED)
  @ApiOkResponse(answered('ok'))
  @ApiServiceUnavailableResponse(answered('error'))
  @Get('live')
  live(): Promise<HealthCheckResult> {
    return this.health.check([]);
  }

  @ApiOperation({ summary: 'Whether it should be sent requests; 503 when not' })
  @HealthCheck(UNDOCUMENTED)
  @ApiOkResponse(answered('ok'))
  @ApiServiceUnavailableResponse(answered('error'))
  @Get('ready')
  async ready(@Req() request: FastifyRequest): Promise<ReadinessAnswer> {
    const isTold = this.operational.allows(request);
    try {
      const result = await this.readiness.look();
      return isTold ? result : { status: result.status };
    } catch (error) {
      if (!(error instanceof ServiceUnavailableException)) throw error;
      const status = this.readiness.draining ? 'shutting_down' : 'error';
      const told = isTold ? (error.getResponse() as object) : {};
      throw new ServiceUnavailableException({ ...told, status });
    }
  }
}
