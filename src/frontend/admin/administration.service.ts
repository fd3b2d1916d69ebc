import { Injectable } from '@nestjs/common';
import { bookAnswerOf } from '../../contract/public-answers.js';
import { type BookEdit, type NewBook } from '../../contract/public-book.js';
import { centsOf } from '../../contract/book-limits.js';
import { type BookAnswer } from '../../contract/catalog.js';
import { type OrdersPage } from '../../contract/holding.js';
import { type OrdersRequest } from '../../contract/rpc.js';
import { type SubmitResult } from '../../core/replication/results.js';
import {
  CATALOGUE,
  type Book,
  type BookChanges,
  type BookId,
  type Operation,
} from '../../core/replication/types.js';
import { type HearDecided, KeyRefused } from '../../http/idempotency-key.js';
import { ShopError, unread, unwritten } from '../shop/shop.error.js';
import { CatalogClient } from '../upstream/catalog.client.js';

type Decided = Extract<SubmitResult, { kind: 'decided' }>;

/** Changes of the catalogue: operations that any catalog takes. */
@Injectable()
export class AdministrationService {
  constructor(private readonly catalogs: CatalogClient) {}

  async create(operationId: string, book: NewBook, hear: HearDecided): Promise<BookAnswer> {
    const decided = await this.submit(CATALOGUE, { kind: 'create', operationId, book: bookOf(book) }, hear);
    if (decided.outcome.kind === 'exists') {
      throw new ShopError('book exists', { bookId: decided.outcome.bookId });
    }
    return answerOf(decided);
  }

  async edit(operationId: string, bookId: BookId, edit: BookEdit, hear: HearDecided): Promise<BookAnswer> {
    const { sequenceNumber, price, ...rest } = edit;
    const changes = definedOnly({ ...rest, priceCents: price === undefined ? undefined : centsOf(price) });
    if (Object.keys(changes).length === 0) throw new ShopError('nothing to change');
    const expectedSequenceNumber = sequenceNumber ?? null;
    const operation: Operation = { kind: 'edit', operationId, changes, expectedSequenceNumber };
    const decided = await this.submit(bookId, operation, hear);
    if (decided.outcome.kind === 'precondition failed') {
      throw new ShopError('book changed', { book: answerOf(decided) });
    }
    return answerOf(decided);
  }

  async restock(operationId: string, bookId: BookId, copies: number, hear: HearDecided): Promise<BookAnswer> {
    return answerOf(await this.submit(bookId, { kind: 'restock', operationId, copies }, hear));
  }

  /** Newest first. */
  async orders(request: OrdersRequest): Promise<OrdersPage> {
    const reached = await this.catalogs.orders(request);
    if (reached.kind !== 'done') throw unread('catalog unreachable', reached);
    if (reached.value === null) throw new ShopError('cursor unknown', { fields: ['cursor'] });
    const { items: orders, next } = reached.value;
    return { orders, next };
  }

  private async submit(bookId: BookId, operation: Operation, hear: HearDecided): Promise<Decided> {
    const reached = await this.catalogs.submit([{ bookId, operation }]);
    if (reached.kind !== 'done') throw unwritten('catalog unreachable', reached);
    const [result] = reached.value;
    switch (result?.kind) {
      case 'decided':
        hear(result);
        return result;
      case 'no such book':
        throw new ShopError('no such book');
      case 'operation id reused':
        throw new KeyRefused('key reused');
      default:
        throw new Error(`undecided: ${result?.kind}`);
    }
  }
}

export function bookOf({ title, topic, price, quantity, isbn, author }: NewBook): Book {
  return { title, topic, priceCents: centsOf(price), quantity, isbn: isbn ?? null, author: author ?? null };
}

function answerOf({ book, bookId, sequenceNumber }: Decided): BookAnswer {
  if (book === null) throw new Error(`book ${bookId} was decided on and is not there`);
  return bookAnswerOf(bookId, book, sequenceNumber);
}

/** Class-transformer sets fields that were not given to undefined. */
function definedOnly(changes: { [Field in keyof BookChanges]: BookChanges[Field] | undefined }): BookChanges {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
}
