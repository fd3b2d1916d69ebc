import {
  Body,
  Controller,
  Get,
  Headers,
  HttpCode,
  Param,
  Patch,
  Post,
  Query,
  Res,
  UnsupportedMediaTypeException,
} from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { type IncomingHttpHeaders } from 'node:http';
import { type BookAnswer, OrdersQuery } from '../../contract/catalog.js';
import { BookEdit, NewBook, Restock } from '../../contract/public-book.js';
import { type ImportPreview, ImportQuery, type ImportReport } from '../../contract/public-import.js';
import { type OrderAnswer } from '../../contract/public-order.js';
import { type BookId } from '../../core/replication/types.js';
import { BookIdPipe } from '../shop/book-id.pipe.js';
import { importOptions } from '../import/import-options.js';
import { ImportUpload } from '../import/import-upload.js';
import { Importer } from '../import/importer.js';
import { UnreadableFile } from '../import/lines.js';
import { orderAnswer } from '../shop/order-answers.js';
import { ShopError } from '../shop/shop.error.js';
import { queryOf } from '../upstream/catalog.client.js';
import { keyOrOwn, tellRepeats } from '../../http/idempotency-key.js';
import { BodyByProgress, Guarded } from '../../http/route-rules.js';
import * as docs from './administration.docs.js';
import { givenName } from './admin-name.js';
import { type Asked, AdministrationService } from './administration.service.js';
import { AdminTokenGuard } from './admin-token.guard.js';

@docs.Administration()
@Guarded(AdminTokenGuard)
@Controller()
export class AdministrationController {
  private readonly bookIds = new BookIdPipe();

  constructor(
    private readonly administration: AdministrationService,
    private readonly importer: Importer,
  ) {}

  @docs.ListOrders()
  @Get('orders')
  async orders(
    @Query() { limit, bookId, ...query }: OrdersQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OrderAnswer[]> {
    const id = bookId === undefined ? null : this.bookIds.transform(bookId);
    const { cursor = null, reference = null } = query;
    const page = await this.administration.orders({ limit, cursor, bookId: id, reference });
    if (page.next !== null) {
      const query = queryOf({ limit, cursor: page.next, bookId: id, reference });
      void reply.header('link', `</orders${query}>; rel="next"`);
    }
    return page.orders.map(orderAnswer);
  }

  @docs.CreateBook()
  @Post('books')
  async create(
    @Body() book: NewBook,
    @Headers() headers: IncomingHttpHeaders,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BookAnswer> {
    const created = await this.administration.create(askedAs('create', headers, reply), book);
    void reply.header('location', `/lookup/${created.id}`);
    return created;
  }

  @docs.EditBook()
  @Patch('books/:id')
  edit(
    @Param('id', BookIdPipe) bookId: BookId,
    @Body() edit: BookEdit,
    @Headers() headers: IncomingHttpHeaders,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BookAnswer> {
    return this.administration.edit(askedAs('edit', headers, reply), bookId, edit);
  }

  @docs.RestockBook()
  @HttpCode(200)
  @Post('books/:id/restock')
  restock(
    @Param('id', BookIdPipe) bookId: BookId,
    @Body() { copies }: Restock,
    @Headers() headers: IncomingHttpHeaders,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BookAnswer> {
    return this.administration.restock(askedAs('restock', headers, reply), bookId, copies);
  }

  @docs.ImportBooks()
  @HttpCode(200)
  @BodyByProgress()
  @Post('books/import')
  async import(
    @Body() upload: unknown,
    @Query() query: ImportQuery,
    @Headers() headers: IncomingHttpHeaders,
  ): Promise<ImportReport | ImportPreview> {
    if (!(upload instanceof ImportUpload)) {
      throw new UnsupportedMediaTypeException('An import is text/csv or application/x-ndjson');
    }
    try {
      const by = givenName(headers);
      const options = importOptions(query);
      const chunks = upload.chunks();
      return options.preview
        ? await this.importer.preview(chunks, upload.format, options)
        : await this.importer.import(chunks, upload.format, options, by);
    } catch (error) {
      if (error instanceof UnreadableFile) {
        throw new ShopError(error.code, { message: error.message, ...error.added });
      }
      throw error;
    } finally {
      upload.discardRest();
    }
  }
}

function askedAs(what: string, headers: IncomingHttpHeaders, reply: FastifyReply): Asked {
  return { id: `${what}:${keyOrOwn(headers)}`, by: givenName(headers), hear: tellRepeats(reply) };
}
