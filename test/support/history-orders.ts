import { type BookAnswer } from '../../src/contract/catalog.js';
import { type OrderAnswer } from '../../src/contract/public-order.js';
import { type BookId, type Operation, type Outcome } from '../../src/core/replication/types.js';
import { type History, type HistoryItem } from '../simulation/history.js';
import { ADMIN_TOKEN } from './layout.js';

const PAGE = 200;
const MOST_PAGES = 200;

/** Every order of a book that a front-end lists, from all pages. */
export async function ordersOf(frontEnd: string, bookId: BookId): Promise<OrderAnswer[]> {
  const orders: OrderAnswer[] = [];
  let path = `/orders?bookId=${bookId}&limit=${PAGE}`;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await fetch(`${frontEnd}${path}`, {
      headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
      signal: AbortSignal.timeout(10_000),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    orders.push(...((await answer.json()) as OrderAnswer[]));
    const next = /<([^>]*)>; *rel="next"/.exec(answer.headers.get('link') ?? '')?.[1];
    if (next === undefined) return orders;
    path = next;
  }
  throw new Error(`more than ${MOST_PAGES} pages of orders of book ${bookId}`);
}

/**
 * What a shop's owner can check without any ledger, for one book that began with `copies`: every acknowledged sale is listed once, as
 * sold; no order is listed twice; what was there, came in and went out adds up to what is left. Answers what is wrong.
 */
export async function checkStock(
  frontEnd: string,
  bookId: BookId,
  copies: number,
  history: History,
): Promise<string[]> {
  const orders = await ordersOf(frontEnd, bookId);
  const answer = await fetch(`${frontEnd}/lookup/${bookId}`, { signal: AbortSignal.timeout(10_000) });
  const { quantity } = (await answer.json()) as BookAnswer;
  const wrong: string[] = [];

  const byId = new Map(orders.map((order) => [order.orderId, order]));
  if (byId.size !== orders.length) wrong.push(`book ${bookId}: an order is listed twice`);
  const writes = history.items.flatMap((item) => writeOf(item, bookId));
  for (const { operation, outcome } of writes) {
    if (operation.kind !== 'sale' || outcome?.kind !== 'sold') continue;
    const order = byId.get(outcome.orderId);
    if (order === undefined) wrong.push(`book ${bookId}: order ${outcome.orderId} is not listed`);
    else if (order.quantity !== operation.copies || order.bookId !== bookId)
      wrong.push(
        `book ${bookId}: order ${outcome.orderId} is of ${order.quantity} copies of ${order.bookId}`,
      );
  }

  const sold = orders.reduce((sum, order) => sum + (order.quantity ?? NaN), 0);
  const restocks = writes.flatMap(({ operation, outcome, refused }) =>
    operation.kind === 'restock' && !refused ? [{ copies: operation.copies, done: outcome !== null }] : [],
  );
  const sum = (some: readonly { copies: number }[]): number =>
    some.reduce((total, each) => total + each.copies, 0);
  const least = copies + sum(restocks.filter(({ done }) => done)) - sold;
  const most = copies + sum(restocks) - sold;
  if (quantity < 0 || quantity < least || quantity > most) {
    wrong.push(
      `book ${bookId}: ${quantity} copies are left, of ${sold} sold it should be ${least} to ${most}`,
    );
  }
  return wrong;
}

interface Write {
  readonly operation: Operation;
  /** Null: nobody was told. */
  readonly outcome: Outcome | null;
  readonly refused: boolean;
}

function writeOf({ call, answer }: HistoryItem, bookId: BookId): Write[] {
  if (call.kind !== 'write' || call.bookId !== bookId) return [];
  const outcome =
    answer?.kind === 'written' && answer.result.kind === 'decided' ? answer.result.outcome : null;
  return [{ operation: call.operation, outcome, refused: answer?.kind === 'refused' }];
}
