import { VirtualClock, virtualUpstream } from '../../test/support/virtual-clock.js';
import { type Call, type CallResult } from '../contract/call.js';
import { type BasketRequest } from '../contract/holding.js';
import { type OperationsRequest, type OperationsResponse } from '../contract/internal.js';
import { type LookUpAnswer } from '../contract/rpc.js';
import { type SubmitResult } from '../core/replication/results.js';
import { type Book, type Operation, type Outcome } from '../core/replication/types.js';
import { type Rpc } from '../rpc/rpc.js';
import { Steering } from '../core/balancing/steering.js';
import { BasketService } from './basket.service.js';

const ITEMS = [1, 2, 3].map((bookId) => ({ bookId, copies: bookId, expectedPriceCents: null }));
const ORDER: BasketRequest = { wish: 'order', operationId: 'buy:k', items: ITEMS, ttlMs: 1_000 };
const HOLD: BasketRequest = { ...ORDER, wish: 'hold', operationId: 'hold:k', reference: 'r' };
const SOLD: Outcome = { kind: 'sold', orderId: 'order1', priceCents: 100, at: 5, copies: 1 };
const bookOf = (bookId: number): Book => ({
  title: `Book ${bookId}`,
  topic: 'T',
  priceCents: bookId * 100,
  quantity: 1,
  isbn: null,
  author: null,
});
const heldOf = (bookId: number): Outcome => ({
  kind: 'held',
  holdId: `${bookId === 1 ? 'b' : 'f'}${bookId}-x`,
  priceCents: bookId * 100,
  until: 9_000,
});

const ENDPOINTS = ['a', 'b'];

type Script = (bookId: number, operation: Operation) => Outcome | SubmitResult | 'lost' | 'refused';

/** A catalog that holds and sells all, but what the script says of. */
function shop(script: (bookId: number, operation: Operation) => ReturnType<Script> | null = () => null) {
  const clock = new VirtualClock();
  const asked: string[] = [];
  const sent: string[] = [];
  const decide = (bookId: number, operation: Operation): SubmitResult | 'lost' | 'refused' => {
    asked.push(`${operation.kind} ${bookId}`);
    const told =
      script(bookId, operation) ??
      (operation.kind === 'hold'
        ? heldOf(bookId)
        : operation.kind === 'confirm'
          ? SOLD
          : { kind: 'released', copies: 1 });
    if (typeof told === 'string' || told.kind === 'no such book' || told.kind === 'operation id reused')
      return told;
    const outcome = told as Outcome;
    return {
      kind: 'decided',
      operation,
      outcome,
      entryNumber: 7,
      bookId,
      sequenceNumber: 7,
      book: bookOf(bookId),
    };
  };
  const answer = (
    call: Call<unknown, unknown>,
    request: unknown,
  ): CallResult<OperationsResponse | LookUpAnswer> => {
    if (call.name === 'look-up') {
      const { bookId } = request as { bookId: number };
      asked.push(`look up ${bookId}`);
      const { title, topic, quantity } = bookOf(bookId);
      const book = { id: bookId, title, topic, quantity, price: bookId, sequenceNumber: 1 };
      return { kind: 'answered', answer: { kind: 'found', book, source: { session: '', alone: false } } };
    }
    const { operations } = request as OperationsRequest;
    const results = operations.map(({ bookId, operation }) => decide(bookId, operation));
    if (results.includes('lost')) return { kind: 'lost', reason: 'no answer' };
    if (results.includes('refused')) return { kind: 'refused', reason: 'ECONNREFUSED' };
    return { kind: 'answered', answer: { results: results as SubmitResult[] } };
  };
  const rpc = {
    to: (endpoint: string) => ({
      call: (call: Call<unknown, unknown>, request: unknown) => {
        const { operations = [] } = request as Partial<OperationsRequest>;
        sent.push(`${operations.map(({ bookId }) => bookId).join(' and ')} to ${endpoint}`);
        return new Promise((done) => clock.after(1, () => done(answer(call, request))));
      },
    }),
  } as unknown as Pick<Rpc, 'to'>;
  const steering = new Steering(ENDPOINTS, () => null);
  for (const bookId of [1, 2, 3]) steering.learned(bookId, bookId === 2 ? 'b' : 'a', null);
  const limits = { requestTimeoutMs: 100 };
  const service = new BasketService(virtualUpstream(clock, ENDPOINTS), rpc, steering, clock, limits);
  return { place: (request: BasketRequest) => clock.outcomeOf(service.place(request, 500)), asked, sent };
}

describe('BasketService', () => {
  it('holds the first, then the others, then sells the first with all of them', async () => {
    const { place, asked } = shop((_bookId, operation) => {
      if (operation.kind === 'confirm')
        expect(operation).toMatchObject({
          holdId: 'b1-x',
          operationId: 'confirm.b1-x',
          lines: [
            { bookId: 2, holdId: 'f2-x', copies: 2, priceCents: 200 },
            { bookId: 3, holdId: 'f3-x', copies: 3, priceCents: 300 },
          ],
        });
      return null;
    });
    await expect(place(ORDER)).resolves.toMatchObject({
      kind: 'ordered',
      repeated: false,
      order: { orderId: 'order1', sequenceNumber: 7, items: [{ bookId: 1 }, { bookId: 2 }, { bookId: 3 }] },
    });
    expect(asked).toEqual(['hold 1', 'hold 2', 'hold 3', 'confirm 1']);
  });

  it('asks the leader of each book, those of one leader together', async () => {
    const { place, sent } = shop();
    await place({
      ...ORDER,
      items: ORDER.items.map((item, at) => ({ ...item, bookId: [3, 1, 2][at] ?? 0 })),
    });
    expect(sent).toEqual(['3 to a', '1 to a', '2 to b', '3 to a']);
    sent.length = 0;
    await place({
      ...ORDER,
      items: ORDER.items.map((item, at) => ({ ...item, bookId: [2, 1, 3][at] ?? 0 })),
    });
    expect(sent).toEqual(['2 to b', '1 and 3 to a', '2 to b']);
  });

  it('has the others follow the first, under ids that no client can give', async () => {
    const holds: Operation[] = [];
    const { place } = shop((_bookId, operation) => {
      holds.push(operation);
      return null;
    });
    const { kind, hold } = (await place(HOLD)) as { kind: string; hold: object };
    expect(kind).toBe('held');
    expect(hold).toMatchObject({ holdId: 'b1-x', state: 'held', until: 9_000, whole: true, reference: 'r' });
    expect(holds.map((each) => each.operationId)).toEqual(['hold:k', '2.hold:k', '3.hold:k']);
    expect(holds.map((each) => each.kind === 'hold' && each.term)).toEqual([
      { kind: 'deciding', ttlMs: 1_000, otherBooks: [2, 3] },
      { kind: 'following', until: 9_000, decidedBy: 'b1-x' },
      { kind: 'following', until: 9_000, decidedBy: 'b1-x' },
    ]);
  });

  it('holds one book by itself', async () => {
    const { place, asked } = shop((_bookId, operation) => {
      expect(operation).toMatchObject({ kind: 'hold', term: { kind: 'alone', ttlMs: 1_000 } });
      return null;
    });
    await expect(place({ ...HOLD, items: ITEMS.slice(0, 1) })).resolves.toMatchObject({ kind: 'held' });
    expect(asked).toEqual(['hold 1']);
  });

  it('lets the first go when others refuse, and names all of these', async () => {
    const { place, asked } = shop((bookId, operation) => {
      if (operation.kind !== 'hold' || bookId === 1) return null;
      return bookId === 2 ? { kind: 'out of stock', left: 1 } : { kind: 'no such book' };
    });
    await expect(place(ORDER)).resolves.toEqual({
      kind: 'refused',
      repeated: false,
      lacks: [
        { bookId: 2, reason: 'out of stock', wanted: 2, title: 'Book 2', left: 1, priceCents: 200 },
        { bookId: 3, reason: 'no such book', wanted: 3 },
      ],
    });
    expect(asked).toEqual(['hold 1', 'hold 2', 'hold 3', 'release 1']);
  });

  it('looks the others up when the first refuses', async () => {
    const { place, asked } = shop((bookId) => (bookId === 1 ? { kind: 'price changed' } : null));
    await expect(place(ORDER)).resolves.toMatchObject({
      kind: 'refused',
      lacks: [
        { bookId: 1, reason: 'price changed', left: 1 },
        { bookId: 2, reason: 'out of stock', wanted: 2, left: 1 },
        { bookId: 3, reason: 'out of stock', wanted: 3, left: 1 },
      ],
    });
    expect(asked[0]).toBe('hold 1');
    expect(asked.slice(1).sort()).toEqual(['look up 2', 'look up 3']);
  });

  it('does not say that it refused before the first is let go', async () => {
    const { place } = shop((bookId, operation) => {
      if (operation.kind === 'release') return 'refused';
      return bookId === 2 ? { kind: 'out of stock', left: 0 } : null;
    });
    await expect(place(ORDER)).resolves.toEqual({ kind: 'unreachable', mayHaveHappened: true });
  });

  it.each<[string, Operation['kind'], number, boolean]>([
    ['at first', 'hold', 1, false],
    ['between the holds', 'hold', 2, true],
    ['before the decision', 'confirm', 1, true],
  ])(
    'knows whether something may have happened when no catalog answers: %s',
    async (_when, kind, book, may) => {
      const { place } = shop((bookId, operation) =>
        operation.kind === kind && bookId === book ? 'refused' : null,
      );
      await expect(place(ORDER)).resolves.toEqual({ kind: 'unreachable', mayHaveHappened: may });
    },
  );

  it.each([1, 3])('lets nothing go when the key was used for another wish: book %i', async (reused) => {
    const { place, asked } = shop((bookId) => (bookId === reused ? { kind: 'operation id reused' } : null));
    await expect(place(ORDER)).resolves.toEqual({ kind: 'operation id reused' });
    expect(asked).not.toContain('release 1');
  });

  it.each(['hold expired', 'hold released'] as const)('says when it came too late: %s', async (kind) => {
    const { place } = shop((_bookId, operation) => (operation.kind === 'confirm' ? { kind } : null));
    await expect(place(ORDER)).resolves.toEqual({ kind: 'ran out' });
  });
});
