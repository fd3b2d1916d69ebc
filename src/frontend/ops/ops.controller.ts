import {
  Body,
  ConflictException,
  Controller,
  Get,
  HttpCode,
  type MessageEvent,
  NotFoundException,
  Param,
  Post,
  Query,
  ServiceUnavailableException,
  Sse,
} from '@nestjs/common';
import {
  ApiConflictResponse,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiProduces,
  ApiQuery,
  ApiServiceUnavailableResponse,
} from '@nestjs/swagger';
import { type Observable } from 'rxjs';
import { type Observation } from '../../contract/observation.js';
import { type BookOnCatalogs } from '../../contract/ops.js';
import { type FollowedRequest } from '../../contract/traces.js';
import { type BookId } from '../../core/replication/types.js';
import { Guarded } from '../../http/route-rules.js';
import { AdminTokenGuard } from '../admin/admin-token.guard.js';
import * as docs from '../admin/administration.docs.js';
import { BookIdPipe } from '../shop/book-id.pipe.js';
import { Observer } from '../observer/observer.js';
import { ClusterWatch } from './cluster-watch.js';
import { ProcessToTouch, RequestToFollow } from './ops.dto.js';
import { OpsGuard } from './ops.guard.js';
import { Playground } from './playground.js';
import { RequestFollower } from './request-follower.js';

/** What the ops page shows and does. */
@docs.Administration()
@Guarded(OpsGuard)
@Controller('ops')
export class OpsController {
  private readonly bookIds = new BookIdPipe();

  constructor(
    private readonly cluster: ClusterWatch,
    private readonly follower: RequestFollower,
    private readonly playground: Playground,
    private readonly observer: Observer,
  ) {}

  @ApiOperation({ summary: 'Whether one may watch: with the token, or without it under npm start' })
  @ApiNoContentResponse()
  @HttpCode(204)
  @Get('access')
  access(): void {
    // The guard has answered.
  }

  @ApiOperation({
    summary: 'The whole bookstore, each second, as server-sent events: cluster (ClusterSnapshot)',
    description: 'With a book: `book` events as well (BookOnCatalogs).',
  })
  @ApiQuery({ name: 'book', required: false, example: '2' })
  @ApiProduces('text/event-stream')
  @ApiServiceUnavailableResponse({ description: 'Too many are watching' })
  @Sse('events')
  events(@Query('book') book: string | undefined): Observable<MessageEvent> {
    const bookId = book === undefined ? null : this.bookIds.transform(book);
    const events = this.cluster.watch(bookId);
    if (events === null) throw new ServiceUnavailableException({ message: 'Too many are watching already' });
    return events;
  }

  @ApiOperation({ summary: 'One book on every catalog (BookOnCatalogs)' })
  @ApiOkResponse({ description: 'Null where a catalog did not answer' })
  @ApiParam({ name: 'id', type: String, example: '2' })
  @Get('books/:id')
  book(@Param('id', BookIdPipe) bookId: BookId): Promise<BookOnCatalogs> {
    return this.cluster.book(bookId);
  }

  @ApiOperation({
    summary: 'What this front-end has found as it compares all places (Observation): N stale of so many',
  })
  @ApiOkResponse({ description: 'All zero without OBSERVE_EVERY' })
  @Get('observer')
  observation(): Observation {
    return this.observer.observation();
  }

  @ApiOperation({ summary: 'Make a look-up or a buy, a real one, and record its messages' })
  @ApiCreatedResponse({ description: '`{traceId}`, when the request has its answer' })
  @Post('traces')
  async follow(@Body() request: RequestToFollow): Promise<{ traceId: string }> {
    return { traceId: await this.follower.follow(request) };
  }

  @ApiOperation({
    summary: 'One followed request, message by message, as far as it is recorded (FollowedRequest)',
  })
  @ApiOkResponse({ description: 'Commits may come a moment after the answer' })
  @ApiNotFoundResponse({ description: 'It was not made through this front-end, or is forgotten' })
  @Get('traces/:traceId')
  async followed(@Param('traceId') traceId: string): Promise<FollowedRequest> {
    const followed = await this.follower.collect(traceId);
    if (followed === null) throw new NotFoundException({ message: 'This front-end does not remember it' });
    return followed;
  }

  @ApiOperation({
    summary: 'Stop, hang, cut off or bring back a process; only under npm start, with the token',
  })
  @ApiNoContentResponse({ description: 'The supervisor was asked; the snapshots tell when it is done' })
  @ApiNotFoundResponse({ description: 'Nobody supervises this bookstore, or there is no such process' })
  @ApiConflictResponse({ description: 'It is the front-end that was asked' })
  @Guarded(AdminTokenGuard)
  @HttpCode(204)
  @Post('processes')
  touch(@Body() { name, action }: ProcessToTouch): void {
    const result = this.playground.act(name, action);
    switch (result) {
      case 'asked':
        return;
      case 'closed':
        throw new NotFoundException({ message: 'Only npm start lets its processes be stopped' });
      case 'no such process':
        throw new NotFoundException({ message: `There is no process ${name}` });
      case 'own':
        throw new ConflictException({ message: 'You look through this process: use another front-end' });
      default:
        return result satisfies never;
    }
  }
}
