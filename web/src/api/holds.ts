import { ask, fieldOf } from './http.js';
import { type Failure, type Fetched, fetched, judgeFailure } from './shop.js';
import { type Hold, type LackingItem, type Order } from './types.js';

export interface WantedItem {
  readonly bookId: number;
  readonly quantity: number;
  /** Of one copy: the price that the buyer saw. */
  readonly price: number;
}

export interface HoldAsked {
  readonly key: string;
  readonly items: readonly WantedItem[];
  readonly ttlSeconds: number;
}

/** A hold, and how far the shop's clock is ahead of the browser's. */
export interface SeenHold {
  readonly hold: Hold;
  readonly aheadMs: number;
}

export type HoldAnswered =
  | ({ readonly kind: 'held' } & SeenHold)
  /** Definite: nothing is held, for these were not to be had. */
  | { readonly kind: 'lacking'; readonly items: readonly LackingItem[] }
  | Failure;

export async function placeHold({ key, items, ttlSeconds }: HoldAsked): Promise<HoldAnswered> {
  const answer = await ask('/holds', {
    method: 'POST',
    headers: { 'idempotency-key': key },
    json: { items: items.map(({ bookId, quantity, price }) => ({ bookId, quantity, price })), ttlSeconds },
  });
  return answer.kind === 'answered'
    ? judgeHold(answer.status, answer.body, aheadBy(answer.headers))
    : { kind: 'unknown' };
}

export function judgeHold(status: number, body: unknown, aheadMs: number): HoldAnswered {
  if (status === 200 || status === 201) {
    return isHold(body) ? { kind: 'held', hold: body, aheadMs } : { kind: 'unknown' };
  }
  const items = fieldOf(body, 'items');
  // 404: a book that is no more.
  if ((status === 409 || status === 404) && Array.isArray(items) && items.length > 0) {
    return { kind: 'lacking', items: items as LackingItem[] };
  }
  return judgeFailure(status, body);
}

export type ConfirmAnswered =
  | { readonly kind: 'bought'; readonly order: Order }
  | { readonly kind: 'hold expired' }
  | { readonly kind: 'hold released' }
  | Failure;

/** Safe to repeat: a hold is confirmed once. */
export async function confirmHold(holdId: string): Promise<ConfirmAnswered> {
  const answer = await ask(`/holds/${encodeURIComponent(holdId)}/confirm`, { method: 'POST' });
  return answer.kind === 'answered' ? judgeConfirmation(answer.status, answer.body) : { kind: 'unknown' };
}

export function judgeConfirmation(status: number, body: unknown): ConfirmAnswered {
  if (status === 200 || status === 201) {
    return typeof fieldOf(body, 'orderId') === 'string'
      ? { kind: 'bought', order: body as Order }
      : { kind: 'unknown' };
  }
  const reason = fieldOf(body, 'reason');
  if (status === 409 && (reason === 'hold expired' || reason === 'hold released')) return { kind: reason };
  return judgeFailure(status, body);
}

export type ReleaseAnswered =
  /** Released or expired: its copies are on sale again. */
  { readonly kind: 'ended' } | { readonly kind: 'sold already' } | Failure;

/** Safe to repeat. */
export async function releaseHold(holdId: string): Promise<ReleaseAnswered> {
  const answer = await ask(`/holds/${encodeURIComponent(holdId)}`, { method: 'DELETE' });
  return answer.kind === 'answered' ? judgeRelease(answer.status, answer.body) : { kind: 'unknown' };
}

export function judgeRelease(status: number, body: unknown): ReleaseAnswered {
  // 404: what nobody knows any more holds nothing.
  if (status === 200 || status === 404) return { kind: 'ended' };
  if (status === 409 && fieldOf(body, 'reason') === 'sold already') return { kind: 'sold already' };
  return judgeFailure(status, body);
}

export async function fetchHold(holdId: string): Promise<Fetched<SeenHold>> {
  return fetched(await ask(`/holds/${encodeURIComponent(holdId)}`), (body, headers) => ({
    hold: body as Hold,
    aheadMs: aheadBy(headers),
  }));
}

function isHold(body: unknown): body is Hold {
  return (
    typeof fieldOf(body, 'holdId') === 'string' && Number.isFinite(Date.parse(String(fieldOf(body, 'until'))))
  );
}

/** By the `Date` of an answer, to the second: a browser's clock may be minutes off, and the shop's decides. */
function aheadBy(headers: Headers): number {
  const sent = Date.parse(headers.get('date') ?? '');
  const aheadMs = sent + 500 - Date.now();
  // A second's difference is how exact a Date is.
  return Number.isFinite(aheadMs) && Math.abs(aheadMs) > 1_000 ? aheadMs : 0;
}
