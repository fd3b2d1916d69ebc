import { type OrderAnswered, type OrderAsked } from '../api/shop.js';
import { type Book, type Order } from '../api/types.js';
import { type Shelf } from './shelf.js';
import { delayAfter, MOST_ATTEMPTS } from './waiting.js';

/** A purchase whose outcome is not known yet. It is stored before anything is sent, so a reload asks again under the same key. */
export interface Purchase extends OrderAsked {
  readonly title: string;
  /** An attempt went out whose fate is unknown: from then on only a decision ends it, not an attempt that failed. */
  readonly doubtful: boolean;
}

export type PurchaseState =
  | { readonly kind: 'sending'; readonly purchase: Purchase }
  | { readonly kind: 'checking'; readonly purchase: Purchase; readonly attempts: number }
  /** Asked so often that it waits for the buyer to say so. */
  | { readonly kind: 'stalled'; readonly purchase: Purchase }
  | { readonly kind: 'bought'; readonly order: Order }
  | { readonly kind: 'out of stock'; readonly purchase: Purchase; readonly book: Book | null }
  | { readonly kind: 'price changed'; readonly purchase: Purchase; readonly book: Book | null }
  | { readonly kind: 'failed'; readonly message: string };

export interface DeskPorts {
  readonly place: (asked: OrderAsked) => Promise<OrderAnswered>;
  readonly wait: (delayMs: number) => Promise<void>;
  readonly newKey: () => string;
  readonly pending: Shelf<Purchase>;
  readonly orders: Shelf<Order>;
}

/** Where books are bought: at most one purchase of a book at a time, each under one key until its outcome is known. */
export class PurchaseDesk {
  private readonly states = new Map<number, PurchaseState>();
  private readonly listeners = new Set<() => void>();

  constructor(private readonly ports: DeskPorts) {}

  state(bookId: number): PurchaseState | undefined {
    return this.states.get(bookId);
  }

  /** Purchases of all books that are under way. */
  open(): Purchase[] {
    return [...this.states.values()].flatMap((state) => (isOpen(state) ? [state.purchase] : []));
  }

  orders(): readonly Order[] {
    return this.ports.orders.all();
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** A second call while the first is under way does nothing: a double click buys once. */
  async buy(book: Book, quantity: number): Promise<void> {
    const current = this.states.get(book.id);
    if (current && isOpen(current)) return;
    const { id: bookId, title, price } = book;
    const purchase = { key: this.ports.newKey(), bookId, title, price, quantity, doubtful: false };
    this.ports.pending.put(purchase.key, purchase);
    this.set(bookId, { kind: 'sending', purchase });
    await this.settle(purchase);
  }

  /** After a reload: what was left open is asked again under its own key, which buys nothing twice. */
  async resume(): Promise<void> {
    const left = this.ports.pending.all().filter(({ bookId }) => !this.states.has(bookId));
    await Promise.all(left.map((purchase) => this.check({ ...purchase, doubtful: true })));
  }

  /** Asks again for a stalled purchase. */
  async askAgain(bookId: number): Promise<void> {
    const state = this.states.get(bookId);
    if (state?.kind === 'stalled') await this.check(state.purchase);
  }

  /** Forgets a result that the buyer has seen. */
  dismiss(bookId: number): void {
    const state = this.states.get(bookId);
    if (state && !isOpen(state)) {
      this.states.delete(bookId);
      this.changed();
    }
  }

  private async check(purchase: Purchase): Promise<void> {
    this.set(purchase.bookId, { kind: 'checking', purchase, attempts: 0 });
    await this.settle(purchase);
  }

  private async settle(first: Purchase): Promise<void> {
    let purchase = first;
    for (let attempts = 1; attempts <= MOST_ATTEMPTS; attempts++) {
      const answered = await this.ports.place(purchase);
      const result = this.judge(purchase, answered);
      if (result) return this.end(purchase, result);
      if (!purchase.doubtful) {
        purchase = { ...purchase, doubtful: true };
        this.ports.pending.put(purchase.key, purchase);
      }
      this.set(purchase.bookId, { kind: 'checking', purchase, attempts });
      await this.ports.wait(delayAfter(attempts));
    }
    this.set(purchase.bookId, { kind: 'stalled', purchase });
  }

  /** Undefined: not known yet. */
  private judge(purchase: Purchase, answered: OrderAnswered): PurchaseState | undefined {
    switch (answered.kind) {
      case 'bought':
        return { kind: 'bought', order: answered.order };
      case 'out of stock':
      case 'price changed':
        return { kind: answered.kind, purchase, book: answered.book };
      case 'refused':
        return { kind: 'failed', message: answered.message };
      case 'not now':
        return purchase.doubtful
          ? undefined
          : { kind: 'failed', message: `${answered.message} Nothing was bought.` };
      case 'unknown':
        return undefined;
      default:
        return answered satisfies never;
    }
  }

  private end(purchase: Purchase, result: PurchaseState): void {
    if (result.kind === 'bought') this.ports.orders.put(result.order.orderId, result.order);
    this.ports.pending.remove(purchase.key);
    this.set(purchase.bookId, result);
  }

  private set(bookId: number, state: PurchaseState): void {
    this.states.set(bookId, state);
    this.changed();
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }
}

export function isOpen(
  state: PurchaseState,
): state is Extract<PurchaseState, { kind: 'sending' | 'checking' | 'stalled' }> {
  return state.kind === 'sending' || state.kind === 'checking' || state.kind === 'stalled';
}
