import { Injectable, type OnModuleInit } from '@nestjs/common';
import { priceOf } from '../contract/book-limits.js';
import { type BookChange, historyCall, type HistoryRequest } from '../contract/book-history.js';
import { type BookAnswer, type LowStockBook, type TopicCount } from '../contract/catalog.js';
import { changesCall } from '../contract/changes.js';
import { type HoldRecord, type OrderRecord } from '../contract/holding.js';
import { holdCall, type HoldFound, holdsCall } from '../contract/holding-calls.js';
import {
  type FindBooksAnswer,
  findBooksCall,
  type FindBooksRequest,
  hiddenCall,
  type HiddenRequest,
  lowStockCall,
  orderCall,
  type OrderFound,
  ordersCall,
  type OrdersRequest,
  type Page,
  type PageRequest,
  topicsCall,
} from '../contract/rpc.js';
import { bookAnswerOf } from '../contract/public-answers.js';
import { type HoldId } from '../core/replication/types.js';
import { type Caller, RpcHandlers } from '../rpc/handlers.js';
import { answerWithin } from '../rpc/time-left.js';
import { readIdCursor, readStockCursor, readTopicCursor, stockCursor, topicCursor } from './cursors.js';
import { CatalogEngine } from './engine.js';

const CURSOR_UNKNOWN = { kind: 'cursor unknown' } as const;
const UNAVAILABLE = { kind: 'unavailable' } as const;

/** What a catalog answers on the line that spans books. */
@Injectable()
export class ListCalls implements OnModuleInit {
  constructor(
    private readonly handlers: RpcHandlers,
    private readonly engine: CatalogEngine,
  ) {}

  onModuleInit(): void {
    this.handlers.handle(findBooksCall, (request, caller) => this.findBooks(request, caller));
    this.handlers.handle(topicsCall, (request) => this.topics(request));
    this.handlers.handle(lowStockCall, (request) => this.lowStock(request));
    this.handlers.handle(ordersCall, (request, caller) => this.orders(request, caller));
    this.handlers.handle(hiddenCall, (request, caller) => this.hidden(request, caller));
    this.handlers.handle(historyCall, (request, caller) => this.history(request, caller));
    this.handlers.handle(orderCall, ({ orderId }, caller) => this.order(orderId, caller));
    this.handlers.handle(holdCall, ({ holdId }, caller) => this.hold(holdId, caller));
    this.handlers.handle(holdsCall, (request, caller) => this.holds(request, caller));
    this.handlers.handle(changesCall, (request) => this.engine.changes(request));
  }

  private async findBooks(request: FindBooksRequest, { leftMs }: Caller): Promise<FindBooksAnswer> {
    const { text, topic, sort, limit, cursor } = request;
    const query = { text, topic, order: sort, after: cursor, limit };
    const view = await this.engine.findBooks(query, answerWithin(leftMs));
    if (view === null) return UNAVAILABLE;
    const { seen } = view;
    switch (seen.kind) {
      case 'wrong cursor':
        return CURSOR_UNKNOWN;
      case 'not filled':
        return UNAVAILABLE;
      case 'found': {
        const cacheable = view.cacheable && !seen.cutShort;
        const source = { session: this.engine.sessionKey() ?? '', alone: cacheable };
        return { kind: 'found', ids: seen.ids, next: seen.next, near: seen.near, source };
      }
      default:
        return seen satisfies never;
    }
  }

  private async topics({ limit, cursor }: PageRequest): Promise<Page<TopicCount>> {
    const after = readTopicCursor(cursor);
    if (after === undefined) return CURSOR_UNKNOWN;
    return pageOf(await this.engine.topics(limit + 1, after), limit, topicCursor);
  }

  private async lowStock({ limit, cursor }: PageRequest): Promise<Page<LowStockBook>> {
    const after = readStockCursor(cursor);
    if (after === undefined) return CURSOR_UNKNOWN;
    const found = await this.engine.lowStock(limit + 1, after);
    const books = found.map(({ id, title, topic, quantity, priceCents }) => ({
      id,
      title,
      topic,
      quantity,
      price: priceOf(priceCents),
    }));
    return pageOf(books, limit, stockCursor);
  }

  private async hidden(
    { text, limit, cursor }: HiddenRequest,
    { leftMs }: Caller,
  ): Promise<Page<BookAnswer>> {
    const afterId = readIdCursor(cursor);
    if (afterId === undefined) return CURSOR_UNKNOWN;
    const timeoutMs = answerWithin(leftMs);
    const view = await this.engine.hidden({ text, afterId, limit }, timeoutMs);
    if (view === null) return UNAVAILABLE;
    const { ids, next } = view.seen;
    const items: BookAnswer[] = [];
    for (const id of ids) {
      const read = await this.engine.read(id, timeoutMs, null);
      if (read.kind === 'unavailable') return UNAVAILABLE;
      // It may be shown again by now.
      if (read.kind === 'found' && read.book.hidden === true)
        items.push(bookAnswerOf(id, read.book, read.sequenceNumber));
    }
    return { kind: 'page', items, next: next === null ? null : String(next) };
  }

  private async history(
    { bookId, limit, cursor }: HistoryRequest,
    { leftMs }: Caller,
  ): Promise<Page<BookChange>> {
    const view = await this.engine.history({ bookId, after: cursor, limit }, answerWithin(leftMs));
    if (view === null) return UNAVAILABLE;
    if (view.seen === undefined) return CURSOR_UNKNOWN;
    return { kind: 'page', items: view.seen.changes, next: view.seen.next };
  }

  private async orders(request: OrdersRequest, { leftMs }: Caller): Promise<Page<OrderRecord>> {
    const { cursor, ...query } = request;
    const view = await this.engine.orders({ ...query, after: cursor }, answerWithin(leftMs));
    if (view === null) return UNAVAILABLE;
    if (view.seen === undefined) return CURSOR_UNKNOWN;
    return { kind: 'page', items: view.seen.orders, next: view.seen.next };
  }

  private async order(orderId: string, { leftMs }: Caller): Promise<OrderFound> {
    const view = await this.engine.order(orderId, answerWithin(leftMs));
    if (view === null) return UNAVAILABLE;
    return view.seen === undefined ? { kind: 'no such order' } : { kind: 'found', order: view.seen };
  }

  private async hold(holdId: HoldId, { leftMs }: Caller): Promise<HoldFound> {
    const view = await this.engine.hold(holdId, answerWithin(leftMs));
    if (view === null) return UNAVAILABLE;
    return view.seen === undefined ? { kind: 'no such hold' } : { kind: 'found', hold: view.seen };
  }

  private async holds({ cursor, ...query }: OrdersRequest, { leftMs }: Caller): Promise<Page<HoldRecord>> {
    const view = await this.engine.openHolds({ ...query, after: cursor }, answerWithin(leftMs));
    if (view === null) return UNAVAILABLE;
    if (view.seen === undefined) return CURSOR_UNKNOWN;
    return { kind: 'page', items: view.seen.holds, next: view.seen.next };
  }
}

/** Of `rows`, one more than the limit when there is a page after this one. */
function pageOf<Item>(rows: readonly Item[], limit: number, cursorOf: (last: Item) => string): Page<Item> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const next = rows.length > limit && last !== undefined ? cursorOf(last) : null;
  return { kind: 'page', items, next };
}
