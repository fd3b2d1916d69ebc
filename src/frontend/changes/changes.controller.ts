import { Controller, Get, Headers, Query, Res } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { type Readable } from 'node:stream';
import { changeAnswer, type ChangesPage, ChangesQuery } from '../../contract/public-changes.js';
import { readCursor } from '../../core/feed/feed-cursor.js';
import { Guarded } from '../../http/route-rules.js';
import { AdminTokenGuard } from '../admin/admin-token.guard.js';
import * as docs from '../admin/administration.docs.js';
import { ShopError } from '../shop/shop.error.js';
import { queryOf } from '../upstream/catalog.client.js';
import { ChangesReader } from './changes.reader.js';
import { ChangeStreams } from './change-streams.js';
import { FeedOfChanges } from './changes.docs.js';

const STREAM = /(^|,)\s*text\/event-stream\s*(;|,|$)/i;

/** What was sold, held, given back and changed, for programs that follow. */
@docs.Administration()
@Guarded(AdminTokenGuard)
@Controller()
export class ChangesController {
  constructor(
    private readonly reader: ChangesReader,
    private readonly streams: ChangeStreams,
  ) {}

  @FeedOfChanges()
  @Get('changes')
  async changes(
    @Query() { since: given, limit }: ChangesQuery,
    @Headers('accept') accept: string = '',
    @Headers('last-event-id') lastEventId: string = '',
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ChangesPage | Readable> {
    const since = given ?? null;
    if (STREAM.test(accept) && reply.request.method === 'GET') {
      // A browser sends the id of the last event with the address that it was given at first.
      const stream = await this.streams.stream(lastEventId === '' ? since : checkedId(lastEventId));
      void reply.header('content-type', 'text/event-stream; charset=utf-8').header('x-accel-buffering', 'no');
      return stream;
    }
    const { changes, next, more } = await this.reader.page(since, limit);
    void reply.header('link', `</changes${queryOf({ since: next, limit })}>; rel="next"`);
    return { changes: changes.map(changeAnswer), next, more };
  }
}

function checkedId(lastEventId: string): string {
  if (readCursor(lastEventId) !== null) return lastEventId;
  throw new ShopError('since unknown', {
    message: 'Last-Event-ID is not a cursor of this bookstore',
    fields: ['Last-Event-ID'],
  });
}
