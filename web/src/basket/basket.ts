import { type Book, type BookSummary } from '../api/types.js';
import { type Slot } from '../purchase/slot.js';

/** Most books in a basket, as `POST /holds` takes them. */
export const MOST_LINES = 50;

export interface BasketLine {
  readonly bookId: number;
  readonly title: string;
  readonly author?: string;
  /** The price of one copy that the buyer saw last. */
  readonly price: number;
  /** Copies, at least one. */
  readonly quantity: number;
}

/** `all there are`: every copy that is left is in the basket already. */
export type Added = 'added' | 'all there are' | 'full';

/** What the buyer means to buy. It stands in the browser's storage, where other tabs change it too. */
export class Basket {
  private readonly listeners = new Set<() => void>();

  constructor(private readonly slot: Slot<readonly BasketLine[]>) {}

  lines(): readonly BasketLine[] {
    return this.slot.get();
  }

  /** Of one book; 0: it is not in the basket. */
  copiesOf(bookId: number): number {
    return this.lines().find((line) => line.bookId === bookId)?.quantity ?? 0;
  }

  /** Never more copies than are left of the book. */
  add({ id, title, author, price, quantity: left }: Book | BookSummary, copies: number): Added {
    const before = this.lines();
    const had = this.copiesOf(id);
    const quantity = Math.min(had + copies, left);
    if (quantity <= had) return 'all there are';
    if (had === 0 && before.length >= MOST_LINES) return 'full';
    const line: BasketLine = { bookId: id, title, price, quantity, ...(author !== undefined && { author }) };
    this.set(had === 0 ? [...before, line] : before.map((other) => (other.bookId === id ? line : other)));
    return 'added';
  }

  /** 0 copies: the line goes. */
  change(bookId: number, changes: Partial<Pick<BasketLine, 'quantity' | 'price'>>): void {
    this.set(
      this.lines()
        .map((line) => (line.bookId === bookId ? { ...line, ...changes } : line))
        .filter(({ quantity }) => quantity > 0),
    );
  }

  /** These copies are bought: they go, what was added beside them stays. */
  take(bought: readonly Pick<BasketLine, 'bookId' | 'quantity'>[]): void {
    for (const { bookId, quantity } of bought) {
      this.change(bookId, { quantity: Math.max(0, this.copiesOf(bookId) - quantity) });
    }
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Another tab may have written the basket. */
  changed(): void {
    for (const listener of this.listeners) listener();
  }

  private set(lines: readonly BasketLine[]): void {
    this.slot.set(lines);
    this.changed();
  }
}

/** Whatever stands in the storage, by whatever release it was written. */
export function linesIn(stored: unknown): readonly BasketLine[] {
  if (!Array.isArray(stored)) return [];
  const lines = (stored as unknown[]).filter(isLine);
  const first = lines.filter(
    (line, index) => lines.findIndex(({ bookId }) => bookId === line.bookId) === index,
  );
  return first.slice(0, MOST_LINES);
}

function isLine(value: unknown): value is BasketLine {
  if (typeof value !== 'object' || value === null) return false;
  const { bookId, title, author, price, quantity } = value as Partial<Record<keyof BasketLine, unknown>>;
  return (
    Number.isSafeInteger(bookId) &&
    typeof title === 'string' &&
    (author === undefined || typeof author === 'string') &&
    typeof price === 'number' &&
    Number.isFinite(price) &&
    Number.isSafeInteger(quantity) &&
    (quantity as number) > 0
  );
}
