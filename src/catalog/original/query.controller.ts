import {
  Controller,
  Get,
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
import { type CatalogConfig } from '../../config/index.js';
import { BOOK_LIMITS } from '../../contract/book-limits.js';
import { BookAnswer, FoundBook, PageQuery } from '../../contract/catalog.js';
import { bookAnswerOf } from '../../contract/public-answers.js';
import { type BookId } from '../../core/replication/types.js';
import { CONFIG } from '../../runtime/config.token.js';
import { asShown } from '../as-shown.js';
import { CatalogEngine } from '../engine.js';
import { answerWithin } from '../../rpc/time-left.js';
import { ClusterOnly } from '../../http/cluster-secret.guard.js';
import { BookIdPipe } from './book-id.pipe.js';
import { linkNext, pageAfterId } from './pages.js';
import { NOT_FOUND, unavailable } from './refusals.js';

/** What a client of the original catalog would ask. No role of this release does. */
@ClusterOnly('original')
@Controller('query')
export class QueryController {
  constructor(
    private readonly engine: CatalogEngine,
    @Inject(CONFIG) private readonly config: CatalogConfig,
  ) {}

  @ApiOperation({ summary: 'One book, as every write acknowledged before left it' })
  @ApiOkResponse({ type: BookAnswer })
  @ApiNotFoundResponse({ description: 'No book has this id' })
  @ApiUnprocessableEntityResponse({ description: 'The id is no number' })
  @ApiServiceUnavailableResponse({ description: 'This replica cannot answer now; another may' })
  @ApiParam({ name: 'id', type: String, example: '2' })
  @Get('item/:id')
  async item(@Param('id', BookIdPipe) bookId: BookId): Promise<BookAnswer> {
    const result = asShown(await this.engine.read(bookId, answerWithin(this.config.requestTimeoutMs), null));
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
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<FoundBook[]> {
    if (text.length > BOOK_LIMITS.searchLength) {
      throw new UnprocessableEntityException({
        message: `The text may have at most ${BOOK_LIMITS.searchLength} characters`,
      });
    }
    const after = pageAfterId(cursor);
    const timeoutMs = answerWithin(this.config.requestTimeoutMs);
    const view = await this.engine.searchByTopic(text, after, limit + 1, timeoutMs);
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
