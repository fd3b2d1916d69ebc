import { apply, changesBook } from './book-fold.js';
import { bookOfHold, holdIdOf } from './holds.js';
import { Decision, type Footing } from './ledger.js';
import { ALL_RULES } from './rules.js';
import { type Book, type HoldTerm, type Operation, type Outcome, type StoredHold } from './types.js';

const BOOK: Book = { title: 'T', topic: 'S', priceCents: 1_000, quantity: 5, isbn: null, author: null };
const HOLD: StoredHold = {
  holdId: 'h7-open',
  bookId: 7,
  copies: 2,
  priceCents: 900,
  until: 100,
  decidedBy: null,
  otherBooks: [],
  reference: null,
  end: null,
};
const ALONE: HoldTerm = { kind: 'alone', ttlMs: 60_000 };

interface Given {
  readonly holds?: readonly StoredHold[];
  readonly due?: readonly StoredHold[];
  readonly sold?: { readonly copies: number; readonly cancelled: number };
}

function decide(operations: readonly Operation[], { holds = [HOLD], due = [], sold }: Given = {}): Outcome[] {
  const footing: Footing = {
    bookId: 7,
    committed: 3,
    version: 3,
    book: BOOK,
    nextBookId: 8,
    idStep: 1,
    holderOf: () => undefined,
    hold: (holdId) => holds.find((hold) => hold.holdId === holdId),
    sold: (orderId) => (orderId === 'order1' ? sold : undefined),
    due,
  };
  let orders = 0;
  const stamp = { at: 1_000, orderId: () => `made${++orders}` };
  const decision = new Decision(footing, stamp, ALL_RULES);
  return operations.map((operation) => decision.add(operation).outcome);
}

const hold = (
  copies: number,
  term: HoldTerm = ALONE,
  expectedPriceCents: number | null = null,
): Operation => ({
  kind: 'hold',
  operationId: `hold${copies}`,
  copies,
  expectedPriceCents,
  term,
});
const confirm = (
  holdId = 'h7-open',
  lines: Extract<Operation, { kind: 'confirm' }>['lines'] = [],
): Operation => ({
  kind: 'confirm',
  operationId: `confirm.${holdId}`,
  holdId,
  lines,
});
const release = (holdId = 'h7-open'): Operation => ({
  kind: 'release',
  operationId: `release.${holdId}`,
  holdId,
});
const settle = (holdId: string, orderId: string | null): Operation => ({
  kind: 'settle',
  operationId: `settle.${holdId}`,
  holdId,
  orderId,
});
const cancel = (copies: number | null, orderId = 'order1'): Operation => ({
  kind: 'cancel',
  operationId: `cancel${copies}`,
  orderId,
  copies,
});
const EXPIRE: Operation = { kind: 'expire', operationId: 'expire.1' };

describe('a hold', () => {
  it('keeps copies back from those who come after', () => {
    expect(decide([hold(4), hold(2), hold(1)])).toEqual([
      { kind: 'held', holdId: 'h7-made1', priceCents: 1_000, until: 61_000 },
      { kind: 'out of stock', left: 1 },
      { kind: 'held', holdId: 'h7-made2', priceCents: 1_000, until: 61_000 },
    ]);
  });

  it('is refused at a price that the buyer did not see', () => {
    expect(decide([hold(1, ALONE, 999)])).toEqual([{ kind: 'price changed' }]);
  });

  it('runs out when the one that it follows does', () => {
    const term: HoldTerm = { kind: 'following', until: 77, decidedBy: 'h1-x' };
    expect(decide([hold(1, term)])).toMatchObject([{ kind: 'held', until: 77 }]);
  });

  it('is sold once, at its own price, and says so to all who come later', () => {
    expect(decide([confirm(), confirm(), release()])).toEqual([
      { kind: 'sold', orderId: 'made1', priceCents: 900, at: 1_000, copies: 2 },
      { kind: 'sold already', orderId: 'made1' },
      { kind: 'sold already', orderId: 'made1' },
    ]);
  });

  it('is released once', () => {
    expect(decide([release(), release(), confirm()])).toEqual([
      { kind: 'released', copies: 2 },
      { kind: 'hold released' },
      { kind: 'hold released' },
    ]);
  });

  it('ends with the entry that says that it has run out', () => {
    expect(decide([EXPIRE, confirm(), EXPIRE], { due: [HOLD] })).toEqual([
      { kind: 'expired', holdIds: ['h7-open'], copies: 2 },
      { kind: 'hold expired' },
      { kind: 'expired', holdIds: [], copies: 0 },
    ]);
    expect(decide([confirm(), EXPIRE], { due: [HOLD] })[1]).toEqual({
      kind: 'expired',
      holdIds: [],
      copies: 0,
    });
  });

  it('is of its own book', () => {
    expect(decide([confirm(), confirm('h7-none')], { holds: [{ ...HOLD, bookId: 8 }] })).toEqual([
      { kind: 'no such hold' },
      { kind: 'no such hold' },
    ]);
  });
});

describe('the holds of a basket', () => {
  const line = (bookId: number) => ({ bookId, holdId: `h${bookId}-x`, copies: 1, priceCents: 1 });

  it('are sold whole', () => {
    const holds = [{ ...HOLD, otherBooks: [8, 9] }];
    expect(decide([confirm('h7-open', [line(8)])], { holds })).toEqual([{ kind: 'no such hold' }]);
    expect(decide([confirm('h7-open', [line(9), line(8)])], { holds })).toMatchObject([{ kind: 'sold' }]);
  });

  it('end as the one that decides, and in no other way', () => {
    const holds = [{ ...HOLD, decidedBy: 'h1-x' }];
    expect(decide([confirm(), release(), settle('h7-open', 'order9')], { holds })).toEqual([
      { kind: 'no such hold' },
      { kind: 'no such hold' },
      { kind: 'sold', orderId: 'order9', priceCents: 900, at: 1_000, copies: 2 },
    ]);
    expect(decide([settle('h7-open', null)], { holds })).toEqual([{ kind: 'released', copies: 2 }]);
    expect(decide([settle('h7-open', null)])).toEqual([{ kind: 'no such hold' }]);
  });
});

describe('a cancellation', () => {
  const sold = { copies: 3, cancelled: 1 };

  it.each([
    [[cancel(1)], [{ kind: 'cancelled', copies: 1 }]],
    [[cancel(null)], [{ kind: 'cancelled', copies: 2 }]],
    [[cancel(3)], [{ kind: 'more than was sold', left: 2 }]],
    [
      [cancel(1), cancel(2), cancel(null), cancel(null)],
      [
        { kind: 'cancelled', copies: 1 },
        { kind: 'more than was sold', left: 1 },
        { kind: 'cancelled', copies: 1 },
        { kind: 'cancelled', copies: 0 },
      ],
    ],
    [[cancel(1, 'order2')], [{ kind: 'no such order' }]],
  ] satisfies [Operation[], Outcome[]][])('%j is %j', (operations, outcomes) => {
    expect(decide(operations, { sold })).toEqual(outcomes);
  });
});

describe('what can be bought', () => {
  const after = (operation: Operation, outcome: Outcome): number =>
    apply(BOOK, { operation, outcome }).quantity;
  const changes = (operation: Operation, outcome: Outcome): boolean =>
    changesBook({
      sequenceNumber: 1,
      origin: { round: 1, replicaId: 'r', startNumber: 1 },
      decided: [{ operation, outcome }],
    });
  const sold = { kind: 'sold', orderId: 'o', priceCents: 1, at: 1, copies: 2 } as const;

  it.each<[Operation, Outcome, number]>([
    [hold(2), { kind: 'held', holdId: 'h7-x', priceCents: 1, until: 1 }, 3],
    [hold(2), { kind: 'out of stock', left: 0 }, 5],
    [confirm(), sold, 5],
    [confirm(), { ...sold, again: 2 }, 3],
    [release(), { kind: 'released', copies: 2 }, 7],
    [release(), { kind: 'hold expired' }, 5],
    [EXPIRE, { kind: 'expired', holdIds: ['h7-x'], copies: 2 }, 7],
    [settle('h7-x', 'o'), sold, 5],
    [settle('h7-x', null), { kind: 'released', copies: 2 }, 7],
    [cancel(2), { kind: 'cancelled', copies: 2 }, 7],
    [cancel(2), { kind: 'more than was sold', left: 1 }, 5],
  ])('after %j, %j', (operation, outcome, copies) => {
    expect(after(operation, outcome)).toBe(copies);
    expect(changes(operation, outcome)).toBe(copies !== BOOK.quantity);
  });
});

describe('the id of a hold', () => {
  it('says which book to ask', () => {
    const rest = '0loyw3v4j00001n44w3f1778l9719xjrke1efqt7w';
    for (const bookId of [1, 35, 36, 10 ** 15])
      expect(bookOfHold(holdIdOf(bookId, ALONE, rest))).toBe(bookId);
    for (const none of [
      '',
      'h',
      'h1',
      `h-${rest}`,
      `h0-${rest}`,
      `x1-${rest}`,
      `h1-${rest}!`,
      `hzzzzzzzzzzz-${rest}`,
      'h1-short',
    ])
      expect(bookOfHold(none)).toBeNull();
  });
});
