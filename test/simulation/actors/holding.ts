import { confirmationId, releaseId } from '../../../src/core/replication/holds.js';
import {
  type BasketLine,
  type BookId,
  type HoldTerm,
  type Operation,
  type Outcome,
} from '../../../src/core/replication/types.js';
import { type Prng } from '../engine/prng.js';
import { type Call } from '../history.js';

/** Milliseconds that holds run for: some run out in each run. */
const SHORTEST_MS = 50;
export const LONGEST_HOLD_MS = 800;

type Held = Extract<Outcome, { kind: 'held' }>;
interface Known {
  readonly bookId: BookId;
  readonly holdId: string;
  readonly operation: Extract<Operation, { kind: 'hold' }>;
  /** Of a basket, as far as they are known to be held. */
  readonly lines: BasketLine[];
}

/** What clients ask for who hold, pay and confirm: by themselves and in baskets, well and wrongly. */
export class Holding {
  private readonly known: Known[] = [];
  private readonly orders: { readonly bookId: BookId; readonly orderId: string }[] = [];
  /** What has to be held next for a basket, or is confirmed. */
  private readonly next: Call[] = [];

  constructor(private readonly newId: () => string) {}

  ask(random: Prng, books: readonly BookId[]): Call {
    const waiting = this.next.shift();
    if (waiting !== undefined) return waiting;
    const recent = this.known.slice(-6);
    const choice = random.fraction();
    if (choice < 0.2 || recent.length === 0) return this.hold(random.pick(books), random);
    if (choice < 0.5 && books.length > 1) return this.basket(random, books);
    if (choice < 0.75) return this.confirm(random.pick(recent), random);
    if (choice < 0.88) return this.release(random.pick(recent));
    return this.cancel(random, books);
  }

  saw(bookId: BookId, operation: Operation, outcome: Outcome): void {
    if (outcome.kind === 'sold') this.orders.push({ bookId, orderId: outcome.orderId });
    if (operation.kind !== 'hold' || outcome.kind !== 'held') return;
    const known: Known = { bookId, holdId: outcome.holdId, operation, lines: [] };
    this.known.push(known);
    const { term } = operation;
    if (term.kind === 'deciding') {
      for (const other of term.otherBooks) this.next.push(this.follow(known, other, outcome));
    }
    if (term.kind === 'following') this.joins(known, outcome, term.decidedBy);
  }

  private joins({ bookId, holdId, operation }: Known, { priceCents }: Held, decidedBy: string): void {
    const decides = this.known.find((each) => each.holdId === decidedBy);
    if (decides === undefined) return;
    decides.lines.push({ bookId, holdId, copies: operation.copies, priceCents });
    const { term } = decides.operation;
    const isWhole = term.kind === 'deciding' && term.otherBooks.length === decides.lines.length;
    if (isWhole) this.next.push(confirmation(decides, decides.lines));
  }

  private hold(bookId: BookId, random: Prng): Call {
    return this.holding(bookId, 1 + random.below(2), { kind: 'alone', ttlMs: ttl(random) });
  }

  private basket(random: Prng, books: readonly BookId[]): Call {
    const [first, ...others] = [...new Set(books)].sort((a, b) => a - b);
    const otherBooks = others.filter(() => random.chance(0.7));
    if (first === undefined || otherBooks.length === 0) return this.hold(random.pick(books), random);
    return this.holding(first, 1, { kind: 'deciding', ttlMs: ttl(random), otherBooks });
  }

  private follow({ holdId }: Known, bookId: BookId, { until }: Held): Call {
    return this.holding(bookId, 1, { kind: 'following', until, decidedBy: holdId });
  }

  private holding(bookId: BookId, copies: number, term: HoldTerm): Call {
    const operationId = this.newId();
    return {
      kind: 'write',
      bookId,
      operation: { kind: 'hold', operationId, copies, expectedPriceCents: null, term },
    };
  }

  /** Now and then before all of a basket is held, or of a hold that only follows: neither may do. */
  private confirm(known: Known, random: Prng): Call {
    const { term } = known.operation;
    const isWhole = term.kind !== 'deciding' || term.otherBooks.length === known.lines.length;
    if (!isWhole && random.chance(0.7)) return this.release(known);
    return confirmation(known, [...known.lines]);
  }

  private release({ bookId, holdId }: Known): Call {
    return { kind: 'write', bookId, operation: { kind: 'release', operationId: releaseId(holdId), holdId } };
  }

  private cancel(random: Prng, books: readonly BookId[]): Call {
    const order = this.orders.at(-1 - random.below(3));
    if (order === undefined) return this.hold(random.pick(books), random);
    const copies = random.chance(0.3) ? null : 1 + random.below(3);
    const { bookId, orderId } = order;
    return {
      kind: 'write',
      bookId,
      operation: { kind: 'cancel', operationId: this.newId(), orderId, copies },
    };
  }
}

function ttl(random: Prng): number {
  return Math.round(random.between(SHORTEST_MS, LONGEST_HOLD_MS));
}

function confirmation({ bookId, holdId }: Known, lines: readonly BasketLine[]): Call {
  return {
    kind: 'write',
    bookId,
    operation: { kind: 'confirm', operationId: confirmationId(holdId), holdId, lines },
  };
}
