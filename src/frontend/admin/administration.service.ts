import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { type BookChange, type HistoryRequest } from '../../contract/book-history.js';
import { bookAnswerOf } from '../../contract/public-answers.js';
import { type BookEdit, type NewBook } from '../../contract/public-book.js';
import { centsOf } from '../../contract/book-limits.js';
import { type BookAnswer } from '../../contract/catalog.js';
import { type OrdersPage } from '../../contract/holding.js';
import { type HiddenRequest, type OrdersRequest } from '../../contract/rpc.js';
import { type Reached } from '../../core/balancing/fail-over.js';
import { catalogueKey } from '../../core/replication/catalogue-key.js';
import { type SubmitResult } from '../../core/replication/results.js';
import {
  CATALOGUE,
  type Book,
  type BookChanges,
  type BookId,
  type Claim,
  type Operation,
  type OperationId,
} from '../../core/replication/types.js';
import { type HearDecided, KeyRefused } from '../../http/idempotency-key.js';
import { ShopError, unread, unwritten } from '../shop/shop.error.js';
import { resumeRequest } from '../../observability/request-context.js';
import { CatalogClient, type FoundPage } from '../upstream/catalog.client.js';

type Decided = Extract<SubmitResult, { kind: 'decided' }>;

/** Changes of the catalogue: operations that any catalog takes. */
@Injectable()
export class AdministrationService {
  constructor(private readonly catalogs: CatalogClient) {}

  async create(asked: Asked, book: NewBook): Promise<BookAnswer> {
    const operation: Operation = { kind: 'create', ...signed(asked), book: bookOf(book) };
    const decided = await this.submit(CATALOGUE, operation, asked.hear);
    if (decided.outcome.kind === 'exists') throw exists(decided);
    return answerOf(decided);
  }

  /** 409 when another book has the isbn, or with that author the title, that this one would have then: they are claimed first (K1). */
  async edit(asked: Asked, bookId: BookId, edit: BookEdit): Promise<BookAnswer> {
    const { sequenceNumber, price, ...rest } = edit;
    const changes = definedOnly({ ...rest, priceCents: price === undefined ? undefined : centsOf(price) });
    if (Object.keys(changes).length === 0) throw new ShopError('nothing to change');
    const resume = resumeRequest();
    const claim = await this.claimFor(asked, bookId, changes);
    const operation: Operation = {
      kind: 'edit',
      ...signed(asked),
      changes,
      expectedSequenceNumber: sequenceNumber ?? null,
      ...(claim !== null && { claim }),
    };
    const decided = await resume(() => this.submit(bookId, operation, asked.hear));
    if (decided.outcome.kind === 'precondition failed') {
      throw new ShopError('book changed', { book: answerOf(decided) });
    }
    return answerOf(decided);
  }

  async restock(asked: Asked, bookId: BookId, copies: number): Promise<BookAnswer> {
    return answerOf(await this.submit(bookId, { kind: 'restock', ...signed(asked), copies }, asked.hear));
  }

  /** Hidden ones too. */
  async book(bookId: BookId): Promise<BookAnswer> {
    const reached = await this.catalogs.administered(bookId);
    if (reached.kind !== 'done') throw unread('catalog unreachable', reached);
    if (reached.value.kind === 'no such book') throw new ShopError('no such book');
    return reached.value.book;
  }

  /** In the order of their ids. */
  hidden(request: HiddenRequest): Promise<FoundPage<BookAnswer>> {
    return pageIn(this.catalogs.hidden(request));
  }

  /** The newest first. */
  async history(request: HistoryRequest): Promise<FoundPage<BookChange>> {
    const resume = resumeRequest();
    const page = await pageIn(this.catalogs.history(request));
    // An empty history is one of no book: each begins with its creation.
    if (page.items.length === 0) await resume(() => this.book(request.bookId));
    return page;
  }

  /** Newest first. */
  async orders(request: OrdersRequest): Promise<OrdersPage> {
    const { items: orders, next } = await pageIn(this.catalogs.orders(request));
    return { orders, next };
  }

  /** Null: what the catalogue tells the book apart by stays as it is. */
  private async claimFor({ id }: Asked, bookId: BookId, changes: BookChanges): Promise<Claim | null> {
    // A title alone changes as in earlier releases, while catalogs of one run as well: the book keeps the key that it has.
    if (changes.author === undefined && changes.isbn === undefined) return null;
    const resume = resumeRequest();
    const before = named(await this.book(bookId));
    const key = catalogueKey({ ...before, ...changes });
    if (key === catalogueKey(before)) return null;
    // Of one wish there may be several claims, when the book is another by the time it is asked for again.
    const operationId = `claim:${createHash('sha256').update(`${bookId} ${id} ${key}`).digest('base64url')}`;
    const claim: Operation = { kind: 'claim', operationId, bookId, key };
    const decided = await resume(() => this.submit(CATALOGUE, claim, () => undefined));
    if (decided.outcome.kind === 'exists') throw exists(decided);
    if (decided.outcome.kind !== 'claimed') throw new Error(`a claim ended as ${decided.outcome.kind}`);
    return { key, number: decided.outcome.number };
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

/** Who asks for a change, under which operation id, and who hears of it. */
export interface Asked {
  readonly id: OperationId;
  readonly by: string | undefined;
  readonly hear: HearDecided;
}

function signed({ id, by }: Asked): { readonly operationId: OperationId; readonly by?: string } {
  return { operationId: id, ...(by !== undefined && { by }) };
}

async function pageIn<Item>(reading: Promise<Reached<FoundPage<Item> | null>>): Promise<FoundPage<Item>> {
  const reached = await reading;
  if (reached.kind !== 'done') throw unread('catalog unreachable', reached);
  if (reached.value === null) throw new ShopError('cursor unknown', { fields: ['cursor'] });
  return reached.value;
}

function named({ title, author, isbn }: BookAnswer): Pick<Book, 'title' | 'author' | 'isbn'> {
  return { title, author: author ?? null, isbn: isbn ?? null };
}

function exists({ bookId, book, sequenceNumber }: Decided): ShopError {
  const which = book === null ? {} : { book: bookAnswerOf(bookId, book, sequenceNumber) };
  return new ShopError('book exists', { bookId, ...which });
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
