import { Injectable } from '@nestjs/common';
import { bookAnswerOf } from '../../contract/public-answers.js';
import { priceOf } from '../../contract/book-limits.js';
import { type OrderRecord, type SaleRequest } from '../../contract/internal.js';
import { type BuyAnswer, type OrderAnswer, type OrderRefusal } from '../../contract/public-order.js';
import { type Outcome } from '../../core/replication/types.js';
import { SHOP_ERRORS } from '../../contract/errors.js';
import { ShopError, unread, unwritten } from './shop.error.js';
import { CatalogClient } from '../upstream/catalog.client.js';
import { OrderClient, type SaleResult } from '../upstream/order.client.js';

type Decided = Extract<SaleResult, { kind: 'decided' }>;
type Sold = Extract<Outcome, { kind: 'sold' }>;

/** Buys, and the orders that came of them. */
@Injectable()
export class OrdersService {
  constructor(
    private readonly orderServers: OrderClient,
    private readonly catalogs: CatalogClient,
  ) {}

  /** As the original answered: out of stock is no error. */
  async buy(sale: SaleRequest): Promise<BuyAnswer> {
    const decided = await this.sell(sale);
    if (decided.outcome.kind !== 'sold') {
      return { success: false, message: SHOP_ERRORS['out of stock'][1] };
    }
    const { orderId } = decided.outcome;
    return { success: true, message: 'Book with the specified ID purchased', orderId };
  }

  async order(sale: SaleRequest): Promise<OrderAnswer> {
    const decided = await this.sell(sale);
    const { outcome } = decided;
    switch (outcome.kind) {
      case 'sold':
        return soldOrder(sale, decided, outcome);
      case 'out of stock':
      case 'price changed':
        throw new ShopError(outcome.kind, refusal(outcome.kind, decided));
      default:
        throw new Error(`a sale cannot end as ${outcome.kind}`);
    }
  }

  async find(orderId: string): Promise<OrderAnswer> {
    const reached = await this.catalogs.order(orderId);
    if (reached.kind !== 'done') throw unread('catalog unreachable', reached);
    if (reached.value === null) throw new ShopError('no such order');
    return orderAnswer(reached.value);
  }

  private async sell(sale: SaleRequest): Promise<Decided> {
    const reached = await this.orderServers.sell(sale);
    if (reached.kind !== 'done') throw unwritten('buy unreachable', reached);
    switch (reached.value.kind) {
      case 'decided':
        return reached.value;
      case 'no such book':
        throw new ShopError('no such book');
      case 'operation id reused':
        throw new ShopError('key reused');
      default:
        return reached.value satisfies never;
    }
  }
}

export function orderAnswer(order: OrderRecord): OrderAnswer {
  const { orderId, bookId, title, copies, priceCents, at, sequenceNumber, oversold } = order;
  return {
    orderId,
    bookId,
    title,
    quantity: copies,
    price: priceOf(priceCents),
    total: priceOf(priceCents * copies),
    orderedAt: new Date(at).toISOString(),
    sequenceNumber,
    ...(oversold === undefined ? {} : { oversold }),
  };
}

function soldOrder(
  sale: SaleRequest,
  { book, entryNumber }: Decided,
  { orderId, priceCents, at }: Sold,
): OrderAnswer {
  return {
    orderId,
    bookId: sale.bookId,
    title: book?.title ?? '',
    quantity: sale.copies,
    price: priceOf(priceCents),
    total: priceOf(priceCents * sale.copies),
    orderedAt: new Date(at).toISOString(),
    sequenceNumber: entryNumber,
  };
}

function refusal(
  reason: OrderRefusal['reason'],
  { book, bookId, sequenceNumber }: Decided,
): Omit<OrderRefusal, 'message' | 'book'> & { readonly book: OrderRefusal['book'] | null } {
  return { reason, book: book === null ? null : bookAnswerOf(bookId, book, sequenceNumber) };
}
