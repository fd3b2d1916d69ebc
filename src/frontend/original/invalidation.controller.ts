import { Controller, Delete, Get, HttpCode, Param } from '@nestjs/common';
import {
  ApiNoContentResponse,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiUnprocessableEntityResponse,
} from '@nestjs/swagger';
import { type BookId } from '../../core/replication/types.js';
import { ClusterOnly } from '../../http/cluster-secret.guard.js';
import { type CacheDump, dumpOf } from '../cache/dump.js';
import { ShopReader } from '../cache/shop-reader.js';
import { BookIdPipe } from '../shop/book-id.pipe.js';

/** What a client of the original front-end, or an operator, tells the caches. No role of this release does. */
@ClusterOnly('original')
@Controller()
export class InvalidationController {
  constructor(private readonly reader: ShopReader) {}

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
