import {
  Controller,
  GatewayTimeoutException,
  Headers,
  Inject,
  NotFoundException,
  Param,
  Put,
  Query,
  Res,
  ServiceUnavailableException,
  UnprocessableEntityException,
} from '@nestjs/common';
import { ApiOperation, ApiQuery, ApiResponse } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { type IncomingHttpHeaders } from 'node:http';
import { type OrderConfig } from '../../config/index.js';
import { parseBookId } from '../../contract/book-id.js';
import { BOOK_LIMITS } from '../../contract/book-limits.js';
import { type SaleRequest } from '../../contract/internal.js';
import { type SaleAnswer } from '../../contract/rpc.js';
import { ClusterOnly } from '../../http/cluster-secret.guard.js';
import { CONFIG } from '../../runtime/config.token.js';
import { Overloaded } from '../../http/overload/overloaded.js';
import { PurchaseService } from '../purchase.service.js';
import { IdempotencyKey, KeyRefused, keyOrOwn, tellRepeats } from '../../http/idempotency-key.js';

export interface BuyAnswer {
  readonly success: boolean;
  readonly message: string;
  readonly orderId?: string;
}

const UNREACHABLE = 'Could not connect to the catalog server';
const NO_SUCH_BOOK = 'Book with the specified ID does not exist';

/** What a client of the original order server would ask. No role of this release does. */
@ApiResponse({ status: 504, description: `\`{message: "${UNREACHABLE}", outcome?: "unknown"}\`` })
@ClusterOnly('original')
@Controller()
export class BuyController {
  constructor(
    private readonly purchases: PurchaseService,
    @Inject(CONFIG) private readonly config: OrderConfig,
  ) {}

  @ApiOperation({ summary: 'Sell copies of a book, as the original order server' })
  @IdempotencyKey('buys')
  @ApiQuery({ name: 'quantity', required: false, example: 1 })
  @ApiResponse({
    status: 200,
    description: '`{success, message, orderId?}`; out of stock is `success: false`',
  })
  @ApiResponse({ status: 400, description: '`{message}`: the key is malformed' })
  @ApiResponse({ status: 404, description: `\`{message: "${NO_SUCH_BOOK}"}\`` })
  @ApiResponse({
    status: 422,
    description: '`{message}`: the id, the quantity, or a key that bought something else',
  })
  @ApiResponse({
    status: 503,
    description: '`{message}`: the catalog took nothing on in time; nothing was sold',
  })
  @Put('buy/:id')
  async buy(
    @Param('id') id: string,
    @Query('quantity') quantity: unknown,
    @Headers() headers: IncomingHttpHeaders,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BuyAnswer> {
    const sale: SaleRequest = {
      bookId: bookIdFrom(id),
      copies: copiesFrom(quantity),
      operationId: `buy:${keyOrOwn(headers)}`,
      expectedPriceCents: null,
    };
    const result = await this.purchases.sell(sale, this.config.requestTimeoutMs);
    if (result.kind === 'decided') tellRepeats(reply)(result);
    return buyAnswer(result);
  }
}

function bookIdFrom(id: string): number {
  const bookId = parseBookId(id);
  if (bookId === 'not a number')
    throw new UnprocessableEntityException({ message: 'Book ID must be a number' });
  if (bookId === 'no such book') throw new NotFoundException({ message: NO_SUCH_BOOK });
  return bookId;
}

function copiesFrom(quantity: unknown): number {
  if (quantity === undefined) return 1;
  const copies = typeof quantity === 'string' && /^\d{1,10}$/.test(quantity) ? Number(quantity) : 0;
  if (copies < 1 || copies > BOOK_LIMITS.quantity) {
    throw new UnprocessableEntityException({
      message: `quantity must be a whole number from 1 to ${BOOK_LIMITS.quantity}`,
    });
  }
  return copies;
}

function buyAnswer(result: SaleAnswer): BuyAnswer {
  switch (result.kind) {
    case 'decided':
      if (result.outcome.kind === 'sold') {
        const { orderId } = result.outcome;
        return { success: true, message: 'Book with the specified ID purchased', orderId };
      }
      return { success: false, message: 'Book with the specified ID is out of stock' };
    case 'no such book':
      throw new NotFoundException({ message: NO_SUCH_BOOK });
    case 'operation id reused':
      throw new KeyRefused('key reused');
    case 'not started':
      throw new ServiceUnavailableException({
        message: 'The catalog server could not take the order in time',
      });
    case 'unknown':
      throw unreachable(true);
    case 'unreachable':
      throw unreachable(result.mayHaveSold);
    case 'overloaded':
      throw new Overloaded();
    default:
      return result satisfies never;
  }
}

function unreachable(mayHaveSold: boolean): GatewayTimeoutException {
  return new GatewayTimeoutException({ message: UNREACHABLE, ...(mayHaveSold && { outcome: 'unknown' }) });
}
