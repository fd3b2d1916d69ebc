import { orderMade } from '../../contract/holding.js';
import { Injectable } from '@nestjs/common';
import { bookAnswerOf } from '../../contract/public-answers.js';
import { type SaleRequest } from '../../contract/internal.js';
import { type BuyAnswer, type OrderAnswer, type OrderRefusal } from '../../contract/public-order.js';
import { copiesLeft } from '../../core/replication/results.js';
import { type Outcome } from '../../core/replication/types.js';
import { SHOP_ERRORS } from '../../contract/errors.js';
import { type HearDecided, KeyRefused } from '../../http/idempotency-key.js';
import { lackingItem, orderAnswer } from './order-answers.js';
import { ShopError, unread, unwritten } from './shop.error.js';
import { ShopReader } from '../cache/shop-reader.js';
import { resumeRequest } from '../../observability/request-context.js';
import { CatalogClient } from '../upstream/catalog.client.js';
import { OrderClient, type SaleResult } from '../upstream/order.client.js';

type Decided = Extract<SaleResult, { kind: 'decided' }>;
type Sold = Extract<Outcome, { kind: 'sold' }>;

/** Buys of one book, and the orders that came of them. */
@Injectable()
export class OrdersService {
  constructor(
    private readonly orderServers: OrderClient,
    private readonly catalogs: CatalogClient,
    private readonly reader: ShopReader,
  ) {}

  /**
   * As the original answered: out of stock is no error. `madeHere`: the operation's id was made for this request, so no other attempt of it
   * can be under way, and a look-up that shows too few copies is an answer to it: what is cached refuses at once, and nothing is written (F6).
   */
  async buy(sale: SaleRequest, madeHere: boolean, hear: HearDecided): Promise<BuyAnswer> {
    const refused: BuyAnswer = { success: false, message: SHOP_ERRORS['out of stock'][1] };
    if (madeHere && this.hasTooFew(sale)) return refused;
    const resume = resumeRequest();
    const decided = await this.sell(sale, hear);
    if (decided.outcome.kind !== 'sold') {
      // So that the next is refused at once.
      if (madeHere) void resume(() => this.reader.lookup(sale.bookId)).catch(() => undefined);
      return refused;
    }
    const { orderId } = decided.outcome;
    return { success: true, message: 'Book with the specified ID purchased', orderId };
  }

  async order(sale: SaleRequest, hear: HearDecided): Promise<OrderAnswer> {
    const resume = resumeRequest();
    const decided = await this.sell(sale, hear);
    const { outcome } = decided;
    switch (outcome.kind) {
      case 'sold':
        // It may have been cancelled since.
        return decided.repeated === true
          ? resume(() => this.find(outcome.orderId))
          : soldOrder(sale, decided, outcome);
      case 'out of stock':
      case 'price changed':
        throw new ShopError(outcome.kind, refusal(outcome, sale, decided));
      default:
        throw new Error(`a sale cannot end as ${outcome.kind}`);
    }
  }

  async find(orderId: string): Promise<OrderAnswer> {
    const reached = await this.catalogs.order(orderId);
    if (reached.kind !== 'done') throw unread('catalog unreachable', reached);
    if (reached.value.kind === 'no such order') throw new ShopError('no such order');
    return orderAnswer(reached.value.order);
  }

  private hasTooFew({ bookId, copies }: SaleRequest): boolean {
    const there = this.reader.cachedCopies(bookId);
    return there !== undefined && there < copies;
  }

  private async sell(sale: SaleRequest, hear: HearDecided): Promise<Decided> {
    const reached = await this.orderServers.sell(sale);
    if (reached.kind !== 'done') throw unwritten('buy unreachable', reached);
    switch (reached.value.kind) {
      case 'decided':
        hear(reached.value);
        return reached.value;
      case 'no such book':
        throw new ShopError('no such book');
      case 'operation id reused':
        throw new KeyRefused('key reused');
      default:
        return reached.value satisfies never;
    }
  }
}

/** One for all ways to buy. */
export function buyOperationId(key: string): string {
  return `buy:${key}`;
}

function soldOrder(
  { bookId, copies, reference }: SaleRequest,
  { book, entryNumber }: Decided,
  sold: Sold,
): OrderAnswer {
  const item = { bookId, title: book?.title ?? '', copies, priceCents: sold.priceCents };
  return orderAnswer(orderMade(sold, [item], entryNumber, reference));
}

function refusal(
  outcome: Extract<Outcome, { kind: 'out of stock' | 'price changed' }>,
  { copies: wanted }: SaleRequest,
  { book, bookId, sequenceNumber }: Decided,
): Omit<OrderRefusal, 'message' | 'book'> & { readonly book: OrderRefusal['book'] | null } {
  const reason = outcome.kind;
  if (book === null) return { reason, items: [{ bookId, reason, wanted }], book };
  const { title, priceCents } = book;
  const left = copiesLeft(outcome, book);
  const items = [lackingItem({ bookId, title, reason, wanted, left, priceCents })];
  return { reason, items, book: bookAnswerOf(bookId, book, sequenceNumber) };
}
