import {
  Controller,
  Get,
  type MessageEvent,
  Param,
  ServiceUnavailableException,
  Sse,
  UseGuards,
} from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiServiceUnavailableResponse } from '@nestjs/swagger';
import { type Observable } from 'rxjs';
import { type BookOnCatalogs } from '../../contract/operations.js';
import { type BookId } from '../../core/replication/types.js';
import { AdminTokenGuard } from '../administration/admin-token.guard.js';
import * as docs from '../administration/administration.docs.js';
import { BookIdPipe } from '../http/book-id.pipe.js';
import { ClusterWatch } from './cluster-watch.js';

/** What the operations page shows. */
@docs.Administration()
@UseGuards(AdminTokenGuard)
@Controller('ops')
export class OperationsController {
  constructor(private readonly cluster: ClusterWatch) {}

  @ApiOperation({ summary: 'The whole bookstore, each second, as server-sent events (ClusterSnapshot)' })
  @ApiProduces('text/event-stream')
  @ApiServiceUnavailableResponse({ description: 'Too many are watching' })
  @Sse('events')
  events(): Observable<MessageEvent> {
    const events = this.cluster.watch();
    if (events === null) throw new ServiceUnavailableException({ message: 'Too many are watching already' });
    return events;
  }

  @ApiOperation({ summary: 'One book on every catalog (BookOnCatalogs)' })
  @ApiOkResponse({ description: 'Null where a catalog did not answer' })
  @Get('books/:id')
  book(@Param('id', BookIdPipe) bookId: BookId): Promise<BookOnCatalogs> {
    return this.cluster.book(bookId);
  }
}
