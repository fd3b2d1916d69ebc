import { Controller, Get, NotImplementedException } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { ClusterOnly } from '../../http/cluster-secret.guard.js';

/** In the place of a copy of the file, which a catalog on PostgreSQL does not have. */
@ClusterOnly('ops')
@Controller('backup')
export class NoBackupController {
  @ApiOperation({ summary: 'Not with PostgreSQL, which is backed up by its own means' })
  @Get()
  take(): never {
    throw new NotImplementedException({
      message: 'The books are in PostgreSQL: back that up by its own means, as pg_dump or pg_basebackup',
    });
  }
}
