import { Controller, Get, Headers, Inject, NotFoundException, Param, Query } from '@nestjs/common';
import {
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiServiceUnavailableResponse,
  ApiUnprocessableEntityResponse,
} from '@nestjs/swagger';
import { type IncomingHttpHeaders } from 'node:http';
import { type CatalogConfig } from '../../config/index.js';
import { OrdersQuery } from '../../contract/catalog.js';
import { type OrderRecord, type OrdersPage } from '../../contract/internal.js';
import { CONFIG } from '../../runtime/config.token.js';
import { ReplicaHost } from '../replica/replica.host.js';
import { CATALOGUE_INDEX, type CatalogueIndex } from '../store/catalogue-index.js';
import { BookIdPipe } from './book-id.pipe.js';
import { wrongCursor } from './cursors.js';
import { replicaTimeoutMs } from './deadline.js';
import { Internal } from '../../http/internal.decorator.js';
import { unavailable } from './refusals.js';

@Internal('orders')
@Controller('orders')
export class OrdersController {
  private readonly bookIds = new BookIdPipe();

  constructor(
    private readonly host: ReplicaHost,
    @Inject(CATALOGUE_INDEX) private readonly index: CatalogueIndex,
    @Inject(CONFIG) private readonly config: CatalogConfig,
  ) {}

  @ApiOperation({ summary: 'Sales, newest first' })
  @ApiOkResponse({ description: '`{orders, next}`' })
  @ApiUnprocessableEntityResponse({ description: 'limit, cursor or bookId are wrong' })
  @ApiServiceUnavailableResponse({ description: 'This replica cannot answer now; another may' })
  @Get()
  async page(@Query() query: OrdersQuery, @Headers() headers: IncomingHttpHeaders): Promise<OrdersPage> {
    const { limit, cursor, bookId } = query;
    const id = bookId === undefined ? null : this.bookIds.transform(bookId);
    const view = await this.host.viewBehindBarrier('everything', this.timeoutMs(headers), () =>
      this.index.orders({
        limit,
        after: cursor ?? null,
        bookId: id,
      }),
    );
    if (view === null) throw unavailable();
    if (view.seen === undefined) throw wrongCursor();
    return view.seen;
  }

  @ApiOperation({ summary: 'One sale' })
  @ApiOkResponse({ description: 'OrderRecord' })
  @ApiNotFoundResponse({ description: 'There is no such order' })
  @ApiServiceUnavailableResponse({
    description: 'Not known here, and this replica may lack it; another may not',
  })
  @Get(':orderId')
  async one(
    @Param('orderId') orderId: string,
    @Headers() headers: IncomingHttpHeaders,
  ): Promise<OrderRecord> {
    // An order never changes: what is here needs no barrier, only its absence does.
    const known = this.index.order(orderId);
    if (known !== undefined) return known;
    const view = await this.host.viewBehindBarrier('everything', this.timeoutMs(headers), () =>
      this.index.order(orderId),
    );
    if (view === null) throw unavailable();
    if (view.seen === undefined) throw new NotFoundException({ message: 'There is no such order' });
    return view.seen;
  }

  private timeoutMs(headers: IncomingHttpHeaders): number {
    return replicaTimeoutMs(headers, this.config.requestTimeoutMs);
  }
}
