import { Controller, Get, Param, ServiceUnavailableException } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiServiceUnavailableResponse } from '@nestjs/swagger';
import { type BookRecord, type CatalogStatus } from '../contract/ops.js';
import { type Stopped } from '../contract/watching.js';
import { CATALOGUE } from '../core/replication/types.js';
import { ClusterOnly } from '../http/cluster-secret.guard.js';
import { BookIdPipe } from './original/book-id.pipe.js';
import { StatusCalls } from './status.calls.js';

/** What the line tells of this replica, for people. */
@ClusterOnly('ops')
@Controller('status')
export class StatusController {
  private readonly bookIds = new BookIdPipe();

  constructor(private readonly calls: StatusCalls) {}

  @ApiOperation({ summary: 'What this replica knows of itself, its peers and its front-ends' })
  @ApiOkResponse({ description: 'CatalogStatus' })
  @ApiServiceUnavailableResponse({ description: 'The replica does not run: its store failed' })
  @Get()
  async replica(): Promise<CatalogStatus> {
    const answer = await this.calls.status();
    if (answer.kind === 'stopped') throw stopped(answer);
    return answer.status;
  }

  @ApiOperation({
    summary:
      'What this replica knows of one book, with the newest entries of its ledger; 0 is the catalogue itself',
  })
  @ApiOkResponse({ description: 'BookRecord' })
  @ApiServiceUnavailableResponse({ description: 'The replica does not run: its store failed' })
  @Get(':bookId')
  async record(@Param('bookId') text: string): Promise<BookRecord> {
    const answer = await this.calls.record(/^0+$/.test(text) ? CATALOGUE : this.bookIds.transform(text));
    if (answer.kind === 'stopped') throw stopped(answer);
    return answer.record;
  }
}

function stopped({ reason }: Stopped): ServiceUnavailableException {
  return new ServiceUnavailableException({ message: `The replica does not run: ${reason}` });
}
