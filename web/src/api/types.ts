/** Shapes of the public API (src/contract/public-*.ts). */

export interface Book {
  readonly id: number;
  readonly title: string;
  readonly topic: string;
  /** Copies left. */
  readonly quantity: number;
  readonly price: number;
  readonly sequenceNumber: number;
  readonly isbn?: string;
  readonly author?: string;
}

export interface FoundBook {
  readonly id: number;
  readonly title: string;
  readonly topic: string;
}

export interface TopicCount {
  readonly topic: string;
  readonly books: number;
}

export interface Order {
  readonly orderId: string;
  readonly bookId: number;
  readonly title: string;
  readonly quantity: number;
  /** Paid for one copy. */
  readonly price: number;
  readonly total: number;
  /** ISO 8601. */
  readonly orderedAt: string;
  readonly sequenceNumber?: number;
}

export interface RejectedRow {
  readonly line: number;
  readonly reason: string;
}

export interface ImportReport {
  readonly created: number;
  readonly unchanged: number;
  readonly rejected: readonly RejectedRow[];
  readonly rejectedCount: number;
}

/** One page of a longer list. */
export interface Listed<T> {
  readonly rows: readonly T[];
  /** Address of the next page; null on the last. */
  readonly next: string | null;
}
