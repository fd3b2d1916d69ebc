import { Agent, request as send } from 'undici';
import { type BookAnswer, type FoundBook } from '../../src/contract/catalog.js';
import { type NewOrder, type OrderAnswer } from '../../src/contract/public-order.js';
import { centsOf, priceOf } from '../../src/contract/book-limits.js';
import { type Book, type BookId, type Operation, type Outcome } from '../../src/core/replication/types.js';
import { type Answer, type Call } from '../simulation/history.js';
import { ADMIN_TOKEN } from './layout.js';

/** Stands where an answer did not tell: `PUT /buy` names the order, not its price. `completeFrom` puts in what the ledger has. */
export const UNTOLD = -1;
/** Not told either: no answer to a sale names the entry. As large as no ledger gets, for an answer may only be newer than its entry. */
const SOME_SEQUENCE_NUMBER = Number.MAX_SAFE_INTEGER;

interface Request {
  readonly method: 'GET' | 'PUT' | 'POST' | 'PATCH';
  readonly path: string;
  readonly headers?: Record<string, string>;
  readonly body?: object;
}

interface Reply {
  readonly status: number;
  /** As `JSON.parse` gives it. */
  readonly body: ReturnType<typeof JSON.parse>;
}

/** Asks front-ends over HTTP as a shop's client would, in the words of a history. */
export class ShopCalls {
  /** Answers that no client should ever get: a status that the contract does not name for the call. */
  readonly surprises: string[] = [];
  /** Attempts without a good answer, but those to which nobody listened: such a client goes elsewhere, and has lost nothing. */
  readonly failures: string[] = [];
  /** Front-ends that asked for the connection to be closed: they are about to stop. */
  readonly leaving = new Set<string>();
  private readonly agent = new Agent({ connections: 32, pipelining: 1, connect: { timeout: 1_000 } });

  /** One attempt at one front-end. */
  async ask(frontEnd: string, call: Call, timeoutMs: number): Promise<Answer> {
    const request = requestFor(call);
    const asked = `${request.method} ${frontEnd}${request.path}`;
    const reply = await this.send(frontEnd, request, timeoutMs);
    if (reply === 'refused') return { kind: 'refused' };
    if ('lost' in reply) {
      this.failures.push(`${asked}: ${reply.lost}`);
      return call.kind === 'write' ? { kind: 'unknown' } : { kind: 'refused' };
    }
    const answer = answerTo(call, reply);
    const told = `${asked}: ${reply.status} ${JSON.stringify(reply.body)}`;
    if (reply.status >= 500) this.failures.push(told);
    if (answer !== null) return answer;
    this.surprises.push(told);
    return { kind: 'unknown' };
  }

  async close(): Promise<void> {
    await this.agent.destroy();
  }

  private async send(
    frontEnd: string,
    { method, path, headers, body }: Request,
    timeoutMs: number,
  ): Promise<Reply | 'refused' | { readonly lost: string }> {
    try {
      const answer = await send(`${frontEnd}${path}`, {
        method,
        dispatcher: this.agent,
        signal: AbortSignal.timeout(timeoutMs),
        headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      if (answer.headers['connection'] === 'close') this.leaving.add(frontEnd);
      return { status: answer.statusCode, body: await answer.body.json() };
    } catch (error) {
      return (error as { code?: string }).code === 'ECONNREFUSED' ? 'refused' : { lost: String(error) };
    }
  }
}

function requestFor(call: Call): Request {
  switch (call.kind) {
    case 'look-up':
      return { method: 'GET', path: `/lookup/${call.bookId}` };
    case 'search':
      return { method: 'GET', path: `/search/${encodeURIComponent(call.text)}` };
    case 'write':
      return { ...writing(call.bookId, call.operation), headers: headersOf(call.operation) };
    default:
      return call satisfies never;
  }
}

function headersOf({ kind, operationId }: Operation): Record<string, string> {
  return {
    // A front-end puts the kind of the operation before the key.
    'idempotency-key': operationId.slice(operationId.indexOf(':') + 1),
    ...(kind !== 'sale' && { authorization: `Bearer ${ADMIN_TOKEN}` }),
  };
}

function writing(bookId: BookId, operation: Operation): Request {
  switch (operation.kind) {
    case 'create': {
      const { title, topic, priceCents, quantity } = operation.book;
      return {
        method: 'POST',
        path: '/books',
        body: { title, topic, price: priceOf(priceCents), quantity },
      };
    }
    case 'restock':
      return { method: 'POST', path: `/books/${bookId}/restock`, body: { copies: operation.copies } };
    case 'edit': {
      const { priceCents, ...rest } = operation.changes;
      const price = priceCents === undefined ? {} : { price: priceOf(priceCents) };
      const expected = operation.expectedSequenceNumber;
      const precondition = expected === null ? {} : { sequenceNumber: expected };
      return { method: 'PATCH', path: `/books/${bookId}`, body: { ...rest, ...price, ...precondition } };
    }
    case 'sale': {
      const { copies, expectedPriceCents } = operation;
      if (expectedPriceCents === null)
        return { method: 'PUT', path: `/buy/${bookId}${copies === 1 ? '' : `?quantity=${copies}`}` };
      const body: NewOrder = { bookId, quantity: copies, price: priceOf(expectedPriceCents) };
      return { method: 'POST', path: '/orders', body };
    }
    default:
      throw new Error(`these clients ask for no ${operation.kind}`);
  }
}

/** Null: the contract names no such answer. */
function answerTo(call: Call, { status, body }: Reply): Answer | null {
  if (status === 504) {
    return { kind: call.kind === 'write' && body.outcome === 'unknown' ? 'unknown' : 'refused' };
  }
  switch (call.kind) {
    case 'look-up':
      return status === 200
        ? { kind: 'looked up', result: { kind: 'found', ...seen(body as BookAnswer), cacheable: false } }
        : null;
    case 'search':
      return status === 200 ? { kind: 'searched', books: body as FoundBook[] } : null;
    case 'write':
      return written(call.bookId, call.operation, status, body);
    default:
      return call satisfies never;
  }
}

function written(bookId: BookId, operation: Operation, status: number, body: Reply['body']): Answer | null {
  const decided = (outcome: Outcome, book?: BookAnswer): Answer => {
    const shown =
      book === undefined ? { bookId, book: null, sequenceNumber: SOME_SEQUENCE_NUMBER } : seen(book);
    const entryNumber = shown.sequenceNumber;
    return { kind: 'written', result: { kind: 'decided', operation, outcome, entryNumber, ...shown } };
  };
  const isDone = status === 200 || status === 201;
  switch (operation.kind) {
    case 'create':
      return isDone ? decided({ kind: 'created', bookId: (body as BookAnswer).id }, body) : null;
    case 'restock':
      return isDone ? decided({ kind: 'restocked' }, body) : null;
    case 'edit':
      if (status === 409) return decided({ kind: 'precondition failed' }, body.book);
      return isDone ? decided({ kind: 'edited' }, body) : null;
    case 'sale':
      if (status === 409) return decided({ kind: body.reason }, body.book);
      if (status === 201) return decided(soldAs(body as OrderAnswer));
      if (status !== 200) return null;
      return decided(
        body.success === true
          ? { kind: 'sold', orderId: body.orderId, priceCents: UNTOLD, at: UNTOLD }
          : { kind: 'out of stock' },
      );
    default:
      throw new Error(`these clients ask for no ${operation.kind}`);
  }
}

function soldAs({ orderId, price = NaN, orderedAt }: OrderAnswer): Outcome {
  return { kind: 'sold', orderId, priceCents: centsOf(price), at: Date.parse(orderedAt) };
}

function seen({ id, title, topic, quantity, price, sequenceNumber }: BookAnswer): {
  bookId: BookId;
  book: Book;
  sequenceNumber: number;
} {
  const book = { title, topic, priceCents: centsOf(price), quantity, isbn: null, author: null };
  return { bookId: id, book, sequenceNumber };
}
