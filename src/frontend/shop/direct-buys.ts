import { HttpException, Injectable, type OnModuleInit } from '@nestjs/common';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { REPLAYED_HEADER } from '../../contract/idempotency-key.js';
import { hasBody } from '../../http/bodies.js';
import { type DirectPath, Entrance, type ShortAnswer } from '../../http/entrance.js';
import { givenKey } from '../../http/idempotency-key.js';
import { Overloaded } from '../../http/overload/overloaded.js';
import { ownKey } from '../../http/own-key.js';
import { writeJson } from '../../http/write-json.js';
import { type BookId } from '../../core/replication/types.js';
import { buyOperationId, OrdersService } from './orders.service.js';

const ROUTE = '/buy/:id';
/** One copy, as most clients ask; whatever looks otherwise goes the long way, and is answered the same. */
const BUY = /^\/buy\/0*([1-9]\d{0,14})\/?$/;

/** Plain buys, ahead of Fastify and Nest: the way through them costs a front-end more than the sale itself. */
@Injectable()
export class DirectBuys implements OnModuleInit, DirectPath {
  constructor(
    private readonly orders: OrdersService,
    private readonly entrance: Entrance,
  ) {}

  onModuleInit(): void {
    this.entrance.addDirectPath(this);
  }

  serve(request: IncomingMessage, response: ServerResponse): Promise<ShortAnswer> | null {
    if (request.method !== 'PUT') return null;
    const digits = BUY.exec(request.url ?? '')?.[1];
    if (digits === undefined || hasBody(request)) return null;
    return this.buy(Number(digits), request, response);
  }

  private async buy(
    bookId: BookId,
    { headers }: IncomingMessage,
    response: ServerResponse,
  ): Promise<ShortAnswer> {
    let isRepeated = false;
    try {
      const key = givenKey(headers);
      const operationId = buyOperationId(key ?? ownKey());
      const sale = { bookId, operationId, copies: 1, expectedPriceCents: null };
      const answer = await this.orders.buy(sale, key === undefined, ({ repeated }) => {
        isRepeated = repeated === true;
      });
      return write(response, 200, answer, replayed(isRepeated));
    } catch (error) {
      if (!(error instanceof HttpException)) throw error;
      return write(response, error.getStatus(), error.getResponse() as object, [
        ...replayed(isRepeated),
        ...(error instanceof Overloaded ? ['retry-after', String(error.retryAfterSeconds)] : []),
      ]);
    }
  }
}

function replayed(isRepeated: boolean): string[] {
  return isRepeated ? [REPLAYED_HEADER, 'true'] : [];
}

function write(
  response: ServerResponse,
  status: number,
  body: object,
  headers: readonly string[],
): ShortAnswer {
  writeJson(response, status, body, headers);
  return { route: ROUTE, status };
}
