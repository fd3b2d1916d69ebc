import { ConflictException, Controller, Get, Header, Inject, Res } from '@nestjs/common';
import { ApiConflictResponse, ApiOkResponse, ApiOperation, ApiProduces } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { type CatalogConfig } from '../../config/index.js';
import { ClusterOnly } from '../../http/cluster-secret.guard.js';
import { CONFIG } from '../../runtime/config.token.js';
import { SqliteStore } from '../store/sqlite-store.js';
import { CATALOG_HEADER } from './backup-files.js';

@ClusterOnly('ops')
@Controller('backup')
export class BackupController {
  constructor(
    private readonly store: SqliteStore,
    @Inject(CONFIG) private readonly config: Pick<CatalogConfig, 'advertisedAddress'>,
  ) {}

  @ApiOperation({
    summary: 'A copy of the database as it is at this moment; what npm run backup stores, and verifies',
  })
  @ApiProduces('application/vnd.sqlite3')
  @ApiOkResponse({ description: 'The file; cut short if it is read too slowly' })
  @ApiConflictResponse({ description: 'Another copy is being taken' })
  @Header('content-type', 'application/vnd.sqlite3')
  @Get()
  take(@Res() reply: FastifyReply): void {
    const snapshot = this.store.snapshot();
    if (snapshot === null) throw new ConflictException('Another copy of this catalog is being taken');
    const { advertisedAddress } = this.config;
    void reply
      .headers({ 'content-length': snapshot.bytes, [CATALOG_HEADER]: advertisedAddress })
      .send(snapshot.content);
  }
}
