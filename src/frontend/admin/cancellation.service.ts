import { Injectable } from '@nestjs/common';
import { type HoldRecord } from '../../contract/holding.js';
import { type OrdersRequest } from '../../contract/rpc.js';
import { type OrderAnswer } from '../../contract/public-order.js';
import { type SubmitResult } from '../../core/replication/results.js';
import { type BookId } from '../../core/replication/types.js';
import { type HearDecided, KeyRefused } from '../../http/idempotency-key.js';
import { OrdersService } from '../shop/orders.service.js';
import { ShopError, unread, unwritten } from '../shop/shop.error.js';
import { type OperationsRequest } from '../../contract/internal.js';
import { resumeRequest } from '../../observability/request-context.js';
import { CatalogClient, type FoundPage } from '../upstream/catalog.client.js';

/** Null: of each book; all that are left. */
interface Which {
  readonly bookId: BookId | null;
  readonly copies: number | null;
}

/** Copies that come back: of orders, into stock. */
@Injectable()
export class CancellationService {
  constructor(
    private readonly catalogs: CatalogClient,
    private readonly orders: OrdersService,
  ) {}

  async holds(request: OrdersRequest): Promise<FoundPage<HoldRecord>> {
    const reached = await this.catalogs.holds(request);
    if (reached.kind !== 'done') throw unread('catalog unreachable', reached);
    if (reached.value === null) throw new ShopError('cursor unknown', { fields: ['cursor'] });
    return reached.value;
  }

  /** Book by book: an order of several is never half sold, but may be seen half cancelled for a moment. */
  async cancel(
    orderId: string,
    { bookId, copies }: Which,
    { key, by, hear }: { readonly key: string; readonly by: string | undefined; readonly hear: HearDecided },
  ): Promise<OrderAnswer> {
    const resume = resumeRequest();
    const { items } = await this.orders.find(orderId);
    const chosen = items.filter((item) => bookId === null || item.bookId === bookId);
    if (chosen.length === 0) throw new ShopError('no such book');
    if (chosen.length > 1 && copies !== null) throw new ShopError('which book', { fields: ['bookId'] });
    const cancels: OperationsRequest['operations'] = chosen.map((item) => ({
      bookId: item.bookId,
      operation: {
        kind: 'cancel',
        operationId: `cancel.${item.bookId}:${key}`,
        orderId,
        copies,
        ...(by !== undefined && { by }),
      },
    }));
    const reached = await resume(() => this.catalogs.submit(cancels));
    if (reached.kind !== 'done') throw unwritten('catalog unreachable', reached);
    const outcomes = reached.value.map((result) => cancelled(result, hear));
    const order = await resume(() => this.orders.find(orderId));
    if (outcomes.includes('more than was sold'))
      throw new ShopError('more than was sold', { reason: 'more than was sold', order });
    // One that only follows its order's decision may do so in a moment: asked again with the same key, it is cancelled then.
    if (outcomes.includes('no such order'))
      throw new ShopError('catalog unreachable', { outcome: 'unknown' });
    return order;
  }
}

function cancelled(result: SubmitResult, hear: HearDecided): string {
  if (result.kind === 'operation id reused') throw new KeyRefused('key reused');
  if (result.kind !== 'decided') throw new Error(`undecided: ${result.kind}`);
  hear(result);
  return result.outcome.kind;
}
