import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { type BookAnswer, PageQuery } from '../../contract/catalog.js';
import { HiddenQuery } from '../../contract/public-book.js';
import { type BookChangeAnswer, bookChangeAnswer } from '../../contract/public-history.js';
import { type BookId } from '../../core/replication/types.js';
import { Guarded } from '../../http/route-rules.js';
import { BookIdPipe } from '../shop/book-id.pipe.js';
import { queryOf } from '../upstream/catalog.client.js';
import * as docs from './administration.docs.js';
import { AdminTokenGuard } from './admin-token.guard.js';
import { AdministrationService } from './administration.service.js';

/** What administrators see of books that others do not: hidden ones, and what was changed by whom. */
@docs.Administration()
@Guarded(AdminTokenGuard)
@Controller('books')
export class BookRecordController {
  constructor(private readonly administration: AdministrationService) {}

  @docs.ListHidden()
  @Get('hidden')
  async hidden(
    @Query() { q, limit, cursor }: HiddenQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<readonly BookAnswer[]> {
    const { items, next } = await this.administration.hidden({ text: q, limit, cursor: cursor ?? null });
    if (next !== null)
      void reply.header('link', `</books/hidden${queryOf({ q, limit, cursor: next })}>; rel="next"`);
    return items;
  }

  @docs.ShowBook()
  @Get(':id')
  book(@Param('id', BookIdPipe) bookId: BookId): Promise<BookAnswer> {
    return this.administration.book(bookId);
  }

  @docs.ShowHistory()
  @Get(':id/history')
  async history(
    @Param('id', BookIdPipe) bookId: BookId,
    @Query() { limit, cursor }: PageQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BookChangeAnswer[]> {
    const { items, next } = await this.administration.history({ bookId, limit, cursor: cursor ?? null });
    if (next !== null)
      void reply.header('link', `</books/${bookId}/history${queryOf({ limit, cursor: next })}>; rel="next"`);
    return items.map(bookChangeAnswer);
  }
}
