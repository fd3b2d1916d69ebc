import { type Answer, ask, fieldOf, messageOf, nextOf } from './http.js';
import { type operations } from './schema.js';
import { type Book, type BookSummary, type Listed, type Order, type TopicCount } from './types.js';

/** What a page shows of something it asked for. */
export type Fetched<T> =
  | { readonly kind: 'found'; readonly value: T }
  | { readonly kind: 'missing' }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'cancelled' };

const SHOP_AWAY = 'The shop cannot be reached right now.';

/** `unchanged`: the book still is as under the ETag given. */
export async function fetchBook(
  id: string,
  etag: string | null,
  signal?: AbortSignal,
): Promise<Fetched<{ book: Book; etag: string | null } | 'unchanged'>> {
  const answer = await ask(`/lookup/${encodeURIComponent(id)}`, {
    headers: etag === null ? {} : { 'if-none-match': etag },
    ...(signal && { signal }),
  });
  if (answer.kind === 'answered' && answer.status === 304) return { kind: 'found', value: 'unchanged' };
  // An id that is no number is no book either.
  if (answer.kind === 'answered' && answer.status === 422) return { kind: 'missing' };
  return fetched(answer, (body, headers) => ({ book: body as Book, etag: headers.get('etag') }));
}

const PAGE_SIZE = 48;

export type BookOrder = NonNullable<
  NonNullable<operations['BooksController_find']['parameters']['query']>['sort']
>;

/** Address of the first page of `GET /books`. */
export function booksAddress(
  { text = '', topic = null, sort = 'relevance' }: { text?: string; topic?: string | null; sort?: BookOrder },
  limit = PAGE_SIZE,
): string {
  return `/books?${new URLSearchParams({ q: text, ...(topic !== null && { topic }), sort, limit: String(limit) })}`;
}

export interface FoundBooks extends Listed<BookSummary> {
  /** No book holds the words as they were typed: these hold similar ones. */
  readonly near: boolean;
}

/** `address`: of `booksAddress`, or the `next` of the page before. */
export async function findBooks(address: string, signal?: AbortSignal): Promise<Fetched<FoundBooks>> {
  const answer = await ask(address, { ...(signal && { signal }) });
  return fetched(answer, (body, headers) => ({
    rows: body as BookSummary[],
    next: nextOf(headers),
    near: headers.has('x-bazar-near'),
  }));
}

export const FIRST_TOPICS = '/topics';

/** `address`: `FIRST_TOPICS`, or the `next` of the page before. */
export async function fetchTopics(
  address: string,
  signal?: AbortSignal,
): Promise<Fetched<Listed<TopicCount>>> {
  const answer = await ask(address, { ...(signal && { signal }) });
  return fetched(answer, (body, headers) => ({ rows: body as TopicCount[], next: nextOf(headers) }));
}

export async function fetchOrder(orderId: string, signal?: AbortSignal): Promise<Fetched<Order>> {
  return fetched(
    await ask(`/orders/${encodeURIComponent(orderId)}`, { ...(signal && { signal }) }),
    (body) => body as Order,
  );
}

export interface OrderAsked {
  readonly key: string;
  readonly bookId: number;
  readonly quantity: number;
  /** The price that the buyer saw. */
  readonly price: number;
}

export type OrderAnswered =
  | { readonly kind: 'bought'; readonly order: Order }
  | { readonly kind: 'out of stock'; readonly book: Book | null }
  | { readonly kind: 'price changed'; readonly book: Book | null }
  | Failure;

/** What any change may come to that did not work. */
export type Failure =
  /** Definite: nothing happened, and asking again would not help. */
  | { readonly kind: 'refused'; readonly message: string }
  /** This attempt did nothing; an earlier one with the same key still may have. */
  | { readonly kind: 'not now'; readonly message: string }
  /** It may have happened or not: the same has to be asked again. */
  | { readonly kind: 'unknown' };

export async function placeOrder({ key, bookId, quantity, price }: OrderAsked): Promise<OrderAnswered> {
  const answer = await ask('/orders', {
    method: 'POST',
    headers: { 'idempotency-key': key },
    json: { bookId, quantity, price },
  });
  return answer.kind === 'answered' ? judgeOrder(answer.status, answer.body) : { kind: 'unknown' };
}

/** Only what the API promises to be definite is taken as such. */
export function judgeOrder(status: number, body: unknown): OrderAnswered {
  if (status === 200 || status === 201) {
    return typeof fieldOf(body, 'orderId') === 'string'
      ? { kind: 'bought', order: body as Order }
      : { kind: 'unknown' };
  }
  const reason = fieldOf(body, 'reason');
  if (status === 409 && (reason === 'out of stock' || reason === 'price changed')) {
    return { kind: reason, book: (fieldOf(body, 'book') ?? null) as Book | null };
  }
  return judgeFailure(status, body);
}

/** Of any answer that is not the one hoped for, nor a refusal that the caller knows. */
export function judgeFailure(status: number, body: unknown): Failure {
  const message = messageOf(body, SHOP_AWAY);
  if (fieldOf(body, 'outcome') === 'unknown') return { kind: 'unknown' };
  if (status === 429) return { kind: 'not now', message: 'The shop is busy. Please try again in a moment.' };
  if (status === 503 || status === 504) return { kind: 'not now', message: SHOP_AWAY };
  if (status >= 400 && status < 500) return { kind: 'refused', message };
  return { kind: 'unknown' };
}

export function fetched<T>(answer: Answer, read: (body: unknown, headers: Headers) => T): Fetched<T> {
  if (answer.kind === 'cancelled') return { kind: 'cancelled' };
  if (answer.kind === 'unreachable') return { kind: 'failed', message: SHOP_AWAY };
  if (answer.status === 404) return { kind: 'missing' };
  if (answer.status === 200 && answer.body !== null) {
    return { kind: 'found', value: read(answer.body, answer.headers) };
  }
  return { kind: 'failed', message: answer.status >= 500 ? SHOP_AWAY : messageOf(answer.body, SHOP_AWAY) };
}
