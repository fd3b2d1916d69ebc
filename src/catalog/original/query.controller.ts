import {
  Controller,
  Get,
  Headers,
  Inject,
  NotFoundException,
  Param,
  Query,
  Res,
  UnprocessableEntityException,
} from '@nestjs/common';
import {
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiServiceUnavailableResponse,
  ApiUnprocessableEntityResponse,
} from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { type IncomingHttpHeaders } from 'node:http';
import { type CatalogConfig } from '../../config/index.js';
import { BOOK_LIMITS } from '../../contract/book-limits.js';
import { BookAnswer, FoundBook, PageQuery } from '../../contract/catalog.js';
import { bookAnswerOf } from '../../contract/public-answers.js';
import { type BookId } from '../../core/replication/types.js';
import { CONFIG } from '../../runtime/config.token.js';
import { ReplicaHost } from '../replica/replica.host.js';
import { CATALOGUE_INDEX, type CatalogueIndex } from '../store/catalogue-index.js';
import { linkNext } from '../http/answers.js';
import { BookIdPipe } from '../http/book-id.pipe.js';
import { pageAfterId } from '../http/cursors.js';
import { replicaTimeoutMs } from '../http/deadline.js';
import { Internal } from '../../http/internal.decorator.js';
import { NOT_FOUND, unavailable } from '../http/refusals.js';

/** What a client of the original catalog would ask. No role of this release does. */
@Internal('original')
@Controller('query')
export class QueryController {
  constructor(
    private readonly host: ReplicaHost,
    @Inject(CATALOGUE_INDEX) private readonly index: CatalogueIndex,
    @Inject(CONFIG) private readonly config: CatalogConfig,
  ) {}

  @ApiOperation({ summary: 'One book, as every write acknowledged before left it' })
  @ApiOkResponse({ type: BookAnswer })
  @ApiNotFoundResponse({ description: 'No book has this id' })
  @ApiUnprocessableEntityResponse({ description: 'The id is no number' })
  @ApiServiceUnavailableResponse({ description: 'This replica cannot answer now; another may' })
  @ApiParam({ name: 'id', type: String, example: '2' })
  @Get('item/:id')
  async item(
    @Param('id', BookIdPipe) bookId: BookId,
    @Headers() headers: IncomingHttpHeaders,
  ): Promise<BookAnswer> {
    const timeoutMs = replicaTimeoutMs(headers, this.config.requestTimeoutMs);
    const result = await this.host.read(bookId, timeoutMs, null);
    switch (result.kind) {
      case 'found':
        return bookAnswerOf(result.bookId, result.book, result.sequenceNumber);
      case 'not found':
        throw new NotFoundException({ message: NOT_FOUND });
      case 'unavailable':
        throw unavailable();
      default:
        return result satisfies never;
    }
  }

  @ApiOperation({ summary: 'Books whose topic contains a text, in id order; case is ignored' })
  @ApiOkResponse({ type: [FoundBook] })
  @ApiUnprocessableEntityResponse({ description: 'The text is too long, or limit or cursor are wrong' })
  @ApiServiceUnavailableResponse({ description: 'This replica cannot answer now; another may' })
  @Get('topic/:topic')
  async topic(
    @Param('topic') text: string,
    @Query() { limit, cursor }: PageQuery,
    @Headers() headers: IncomingHttpHeaders,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<FoundBook[]> {
    if (text.length > BOOK_LIMITS.searchLength) {
      throw new UnprocessableEntityException({
        message: `The text may have at most ${BOOK_LIMITS.searchLength} characters`,
      });
    }
    const after = pageAfterId(cursor);
    const timeoutMs = replicaTimeoutMs(headers, this.config.requestTimeoutMs);
    const view = await this.host.viewBehindBarrier('titles', timeoutMs, () =>
      this.index.searchByTopic(text, after, limit + 1),
    );
    if (view === null) throw unavailable();
    const page = view.seen.slice(0, limit);
    const last = page.at(-1);
    if (view.seen.length > limit && last !== undefined) {
      linkNext(reply, `/query/topic/${encodeURIComponent(text)}`, { limit, cursor: last.id });
    }
    return page;
  }

  @ApiOperation({ summary: 'Any other method of querying: there is none' })
  @ApiParam({ name: 'method', example: 'author' })
  @ApiParam({ name: 'path', example: 'Tolkien' })
  @ApiNotFoundResponse({ description: 'Invalid query method' })
  @Get(':method/*')
  other(): never {
    throw new NotFoundException({
      message: 'Invalid query method',
      supportedQueryMethods: ['item', 'topic'],
    });
  }
}
