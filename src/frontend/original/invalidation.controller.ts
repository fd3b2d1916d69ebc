import {
  Body,
  Controller,
  Delete,
  Get,
  HttpCode,
  Inject,
  Param,
  Post,
  UnprocessableEntityException,
} from '@nestjs/common';
import {
  ApiNoContentResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiUnprocessableEntityResponse,
} from '@nestjs/swagger';
import { type InvalidationsResponse } from '../../contract/internal.js';
import { type BookId } from '../../core/replication/types.js';
import { Internal } from '../../http/internal.decorator.js';
import { BodyLimit } from '../../http/route-rules.js';
import { CacheMetrics } from '../cache/cache.metrics.js';
import { type CacheDump, dumpOf } from '../cache/dump.js';
import { parseInvalidations } from '../cache/invalidations.js';
import { ShopReader } from '../cache/shop-reader.js';
import { FRONT_END_ID } from '../front-end-id.js';
import { BookIdPipe } from '../shop/book-id.pipe.js';

/** A catalog brings what gathers while one request is under way. */
const BODY_LIMIT_BYTES = 1024 * 1024;

/** What catalogs and operators tell the caches. */
@Internal('caches')
@Controller()
export class InvalidationController {
  constructor(
    private readonly reader: ShopReader,
    private readonly metrics: CacheMetrics,
    @Inject(FRONT_END_ID) private readonly frontEndId: string,
  ) {}

  @ApiOperation({ summary: 'What catalogs have this front-end forget before a write is acknowledged' })
  @ApiOkResponse({ description: '`{acknowledged}`: none when they are for another front-end' })
  @ApiUnprocessableEntityResponse({ description: 'The body is not as expected: nothing was acknowledged' })
  @HttpCode(200)
  @BodyLimit(BODY_LIMIT_BYTES)
  @Post('invalidations')
  invalidate(@Body() body: unknown): InvalidationsResponse {
    const request = parseInvalidations(body);
    if (request === null) {
      throw new UnprocessableEntityException({ message: 'The body must be {frontEndId, invalidations}' });
    }
    // Another front-end had this address before. Its session may still run, and this process cannot speak for it.
    if (request.frontEndId !== this.frontEndId) return { acknowledged: [] };
    for (const invalidation of request.invalidations) this.reader.cache.apply(invalidation);
    this.metrics.invalidated(request.invalidations.length);
    return { acknowledged: request.invalidations.map(({ id }) => id) };
  }

  @ApiOperation({ summary: 'Forget the look-up of a book' })
  @ApiParam({ name: 'id', type: String, example: '2' })
  @ApiNoContentResponse()
  @ApiNotFoundResponse({ description: 'No book can have this id' })
  @ApiUnprocessableEntityResponse({ description: 'The id is no number' })
  @HttpCode(204)
  @Delete('invalidate/item/:id')
  forgetBook(@Param('id', BookIdPipe) bookId: BookId): void {
    this.reader.cache.forgetBook(bookId);
  }

  @ApiOperation({
    summary: 'Forget every search that shows a book of this topic, or whose text the topic contains',
  })
  @ApiParam({ name: 'topic', example: 'Distributed Systems' })
  @ApiNoContentResponse()
  @HttpCode(204)
  @Delete('invalidate/topic/:topic')
  forgetTopic(@Param('topic') topic: string): void {
    this.reader.cache.forgetTopic(topic);
  }

  @ApiOperation({ summary: 'Forget every search' })
  @ApiNoContentResponse()
  @HttpCode(204)
  @Delete('invalidate/topic')
  forgetSearches(): void {
    this.reader.cache.forgetSearches();
  }

  @ApiOperation({ summary: 'What the caches hold, least recently used first' })
  @ApiOkResponse({
    description:
      '`{lookup: [{id, price, quantity, title}], search: [{id, topics, search_result}], unknown: [id]}`',
  })
  @Get('dump')
  dump(): CacheDump {
    return dumpOf(this.reader.cache.dump(this.reader.now()));
  }
}
