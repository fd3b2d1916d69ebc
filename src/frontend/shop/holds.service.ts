import { Injectable } from '@nestjs/common';
import {
  BASKET_ORDER_MS,
  type HeldCopies,
  type HoldRecord,
  orderMade,
  type WantedCopies,
} from '../../contract/holding.js';
import { type LackingItem } from '../../contract/public-basket.js';
import { type HoldAnswer } from '../../contract/public-hold.js';
import { type OrderAnswer } from '../../contract/public-order.js';
import {
  bookOfHold,
  confirmationOf,
  isBasket,
  onlyFollows,
  releaseId,
} from '../../core/replication/holds.js';
import { type SubmitResult } from '../../core/replication/results.js';
import { type BookId, type HoldId, type Operation, type Outcome } from '../../core/replication/types.js';
import { type HearDecided, KeyRefused } from '../../http/idempotency-key.js';
import { resumeRequest } from '../../observability/request-context.js';
import { CatalogClient } from '../upstream/catalog.client.js';
import { type BasketResult, OrderClient } from '../upstream/order.client.js';
import { holdAnswer, lackingItem, orderAnswer } from './order-answers.js';
import { buyOperationId, OrdersService } from './orders.service.js';
import { ShopError, unread, unwritten } from './shop.error.js';

type Decided = Extract<SubmitResult, { kind: 'decided' }>;

export interface Wish {
  readonly key: string;
  readonly items: readonly WantedCopies[];
  readonly reference?: string | undefined;
}

/** Copies that are kept back while their buyer pays, and baskets of several books. */
@Injectable()
export class HoldsService {
  constructor(
    private readonly orderServers: OrderClient,
    private readonly catalogs: CatalogClient,
    private readonly orders: OrdersService,
  ) {}

  async hold(wish: Wish, ttlSeconds: number, hear: HearDecided): Promise<HoldAnswer> {
    const resume = resumeRequest();
    const placed = await this.place('hold', wish, ttlSeconds * 1_000, hear);
    if (placed.kind !== 'held') throw new Error(`a hold cannot be ${placed.kind}`);
    // It may have ended since.
    return placed.repeated ? resume(() => this.find(placed.hold.holdId)) : holdAnswer(placed.hold);
  }

  /** A basket of several books, sold at once. */
  async order(wish: Wish, hear: HearDecided): Promise<OrderAnswer> {
    const resume = resumeRequest();
    const placed = await this.place('order', wish, BASKET_ORDER_MS, hear);
    if (placed.kind !== 'ordered') throw new Error(`an order cannot be ${placed.kind}`);
    const { order } = placed;
    return placed.repeated ? resume(() => this.orders.find(order.orderId)) : orderAnswer(order);
  }

  /** Says the same each time. */
  async confirm(holdId: HoldId): Promise<OrderAnswer> {
    const resume = resumeRequest();
    const bookId = bookOf(holdId);
    const others = isBasket(holdId) ? await this.othersOf(holdId, bookId) : [];
    const decided = await resume(() => this.end(bookId, confirmationOf(holdId, others)));
    const { outcome } = decided;
    if (outcome.kind !== 'sold') throw refused(outcome);
    return confirmedOrder(decided, outcome, others) ?? resume(() => this.orders.find(outcome.orderId));
  }

  /** Says the same each time; of one that has run out already, too. */
  async release(holdId: HoldId): Promise<HoldAnswer> {
    const resume = resumeRequest();
    const { outcome } = await this.end(bookOf(holdId), {
      kind: 'release',
      operationId: releaseId(holdId),
      holdId,
    });
    const isOver = ['released', 'hold released', 'hold expired'].includes(outcome.kind);
    if (!isOver) throw refused(outcome);
    return resume(() => this.find(holdId));
  }

  async find(holdId: HoldId): Promise<HoldAnswer> {
    return holdAnswer(await this.record(holdId));
  }

  private async othersOf(holdId: HoldId, deciding: BookId): Promise<HeldCopies[]> {
    const { items, whole } = await this.record(holdId);
    // Nobody was told of one that is not.
    if (!whole) throw new ShopError('no such hold');
    return items.filter(({ bookId }) => bookId !== deciding);
  }

  private async record(holdId: HoldId): Promise<HoldRecord> {
    bookOf(holdId);
    const reached = await this.catalogs.hold(holdId);
    if (reached.kind !== 'done') throw unread('catalog unreachable', reached);
    if (reached.value.kind === 'no such hold') throw new ShopError('no such hold');
    return reached.value.hold;
  }

  private async end(bookId: BookId, operation: Operation): Promise<Decided> {
    const reached = await this.catalogs.submit([{ bookId, operation }]);
    if (reached.kind !== 'done') throw unwritten('catalog unreachable', reached);
    const [result] = reached.value;
    if (result?.kind === 'no such book') throw new ShopError('no such hold');
    if (result?.kind !== 'decided') throw new Error(`undecided: ${result?.kind}`);
    return result;
  }

  private async place(
    kind: 'hold' | 'order',
    { key, items, reference }: Wish,
    ttlMs: number,
    hear: HearDecided,
  ): Promise<Extract<BasketResult, { kind: 'held' | 'ordered' }>> {
    const operationId = kind === 'order' ? buyOperationId(key) : `hold:${key}`;
    const named = reference === undefined ? {} : { reference };
    const reached = await this.orderServers.place({ wish: kind, operationId, items, ttlMs, ...named });
    if (reached.kind !== 'done') throw unwritten('buy unreachable', reached);
    const placed = reached.value;
    switch (placed.kind) {
      case 'held':
      case 'ordered':
        hear(placed);
        return placed;
      case 'refused':
        hear(placed);
        throw lacking(placed.lacks.map(lackingItem));
      case 'ran out':
        throw new ShopError('order ran out');
      case 'operation id reused':
        throw new KeyRefused('key reused');
      default:
        return placed satisfies never;
    }
  }
}

/** Null: it was confirmed earlier, and may have been cancelled since, or nobody said what its buyer calls it. */
function confirmedOrder(
  { bookId, book, entryNumber, repeated, reference }: Decided,
  sold: Extract<Outcome, { kind: 'sold' }>,
  others: readonly HeldCopies[],
): OrderAnswer | null {
  const { copies, priceCents } = sold;
  if (repeated === true || reference === undefined || book === null || copies === undefined) return null;
  const own = { bookId, title: book.title, copies, priceCents };
  return orderAnswer(orderMade(sold, [own, ...others], entryNumber, reference));
}

/** 404 for what cannot be the id of a hold, before it costs anything. */
function bookOf(holdId: HoldId): BookId {
  const bookId = bookOfHold(holdId);
  if (bookId === null || onlyFollows(holdId)) throw new ShopError('no such hold');
  return bookId;
}

/** In the words of its one reason, if there is only one. */
function lacking(items: readonly LackingItem[]): ShopError {
  const reason = items[0]?.reason ?? 'out of stock';
  const isOne = items.every((item) => item.reason === reason);
  if (isOne && (reason === 'no such book' || items.length === 1))
    return new ShopError(reason, { reason, items });
  return new ShopError('not all to be had', { reason, items });
}

function refused(outcome: Outcome): ShopError {
  const { kind } = outcome;
  if (kind === 'sold already') return new ShopError(kind, { reason: kind, orderId: outcome.orderId });
  if (kind === 'hold expired' || kind === 'hold released') return new ShopError(kind, { reason: kind });
  return new ShopError('no such hold');
}
