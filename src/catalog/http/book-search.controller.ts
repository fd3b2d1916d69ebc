import { Controller, Get, Headers, Inject, Query, Res } from '@nestjs/common';
import {
  ApiOkResponse,
  ApiOperation,
  ApiServiceUnavailableResponse,
  ApiUnprocessableEntityResponse,
} from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { type IncomingHttpHeaders } from 'node:http';
import { type CatalogConfig } from '../../config/index.js';
import { BookSearchQuery } from '../../contract/book-search.js';
import { type FoundBookIds } from '../../contract/internal.js';
import { Internal } from '../../http/internal.decorator.js';
import { CONFIG } from '../../runtime/config.token.js';
import { ReplicaHost } from '../replica/replica.host.js';
import { CATALOGUE_INDEX, type CatalogueIndex } from '../store/catalogue-index.js';
import { tellAlone } from './answers.js';
import { wrongCursor } from './cursors.js';
import { replicaTimeoutMs } from './deadline.js';
import { unavailable } from './refusals.js';

@Internal('reading')
@Controller()
export class BookSearchController {
  constructor(
    private readonly host: ReplicaHost,
    @Inject(CATALOGUE_INDEX) private readonly index: CatalogueIndex,
    @Inject(CONFIG) private readonly config: CatalogConfig,
  ) {}

  @ApiOperation({ summary: 'Ids of the books that hold some words, the best first' })
  @ApiOkResponse({ description: '`{ids, next, near}`' })
  @ApiUnprocessableEntityResponse({ description: 'A parameter is wrong' })
  @ApiServiceUnavailableResponse({ description: 'This replica cannot answer now; another may' })
  @Get('books')
  async find(
    @Query() { q, topic, sort, limit, cursor }: BookSearchQuery,
    @Headers() headers: IncomingHttpHeaders,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<FoundBookIds> {
    const query = { text: q, topic: topic ?? null, order: sort, after: cursor ?? null, limit };
    // Which books come first by price depends on prices that are changing now as well (F7).
    const wanted = sort === 'price' ? 'everything' : 'titles';
    const timeoutMs = replicaTimeoutMs(headers, this.config.requestTimeoutMs);
    const view = await this.host.viewBehindBarrier(wanted, timeoutMs, () => this.index.findBooks(query));
    if (view === null) throw unavailable();
    const { seen } = view;
    switch (seen.kind) {
      case 'wrong cursor':
        throw wrongCursor();
      case 'not filled':
        throw unavailable();
      case 'found':
        tellAlone(reply, view.alone && sort !== 'price' && !seen.cutShort);
        return { ids: seen.ids, next: seen.next, near: seen.near };
      default:
        return seen satisfies never;
    }
  }
}
