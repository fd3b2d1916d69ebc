import { monotonic } from '../core/clocks.js';
import { type CallResult } from '../contract/call.js';
import { type OperationsRequest, type OperationsResponse, type SaleRequest } from '../contract/internal.js';
import { type Link } from '../rpc/link.js';
import { SalesBatcher } from './sales-batcher.js';

type Result = CallResult<OperationsResponse>;

interface SentBatch {
  readonly ids: string[];
  readonly timeoutMs: number;
  answer(result: Result): void;
}

const sale = (operationId: string): SaleRequest => ({
  bookId: 1,
  operationId,
  copies: 1,
  expectedPriceCents: null,
});
const answered = (answer: OperationsResponse): Result => ({ kind: 'answered', answer });
const unknowns = (count: number) =>
  answered({ results: Array.from({ length: count }, () => ({ kind: 'unknown' })) });
const STAYS = (): void => undefined;
function abandonable() {
  let abandon = (): void => undefined;
  return { when: (listener: () => void): void => void (abandon = listener), abandon: () => abandon() };
}
const SLOW_MS = 25;
const turn = () => new Promise((resolve) => setImmediate(resolve));

function batcher() {
  const sent: SentBatch[] = [];
  const timers: { atMs: number; fire: () => void }[] = [];
  const clock = {
    now: 0,
    monotonicMs: () => monotonic(clock.now),
    after: (delayMs: number, fire: () => void) => {
      const timer = { atMs: clock.now + delayMs, fire };
      timers.push(timer);
      return () => void timers.splice(timers.indexOf(timer), 1);
    },
    pass: (ms: number) => {
      clock.now += ms;
      for (const timer of timers.filter(({ atMs }) => atMs <= clock.now)) timer.fire();
    },
  };
  const link = {
    call: (
      _call: unknown,
      { operations }: OperationsRequest,
      { timeoutMs }: { readonly timeoutMs: number },
    ) =>
      new Promise<Result>((answer) => {
        sent.push({ ids: operations.map(({ operation }) => operation.operationId), timeoutMs, answer });
      }),
  };
  return {
    sent,
    clock,
    timers,
    batcher: new SalesBatcher(link as unknown as Pick<Link, 'call' | 'other'>, clock, () => undefined),
  };
}

describe('SalesBatcher', () => {
  it('sends the sales of one turn together and gives each its own result', async () => {
    const { batcher: sales, sent, timers } = batcher();
    const attempts = Promise.all([sales.sell(sale('a'), 100, STAYS), sales.sell(sale('b'), 300, STAYS)]);
    await turn();
    expect(sent).toMatchObject([{ ids: ['a', 'b'], timeoutMs: 300 }]);
    sent[0]?.answer(answered({ results: [{ kind: 'no such book' }, { kind: 'unknown' }] }));
    await expect(attempts).resolves.toEqual([
      { kind: 'answered', result: { kind: 'no such book' } },
      { kind: 'answered', result: { kind: 'unknown' } },
    ]);
    expect(timers).toEqual([]);
  });

  it('keeps back what would be a third batch, but not behind slow ones', async () => {
    const { batcher: sales, sent, clock } = batcher();
    for (const id of ['a', 'b', 'c', 'd']) {
      void sales.sell(sale(id), 1000, STAYS);
      await turn();
    }
    expect(sent.map(({ ids }) => ids)).toEqual([['a'], ['b']]);
    clock.pass(SLOW_MS);
    await turn();
    expect(sent.map(({ ids }) => ids)).toEqual([['a'], ['b'], ['c', 'd']]);
    sent[0]?.answer(unknowns(1));
    await turn();
    for (const id of ['e', 'f']) {
      void sales.sell(sale(id), 1000, STAYS);
      await turn();
    }
    expect(sent.slice(3).map(({ ids }) => ids)).toEqual([['e']]);
  });

  it('bounds the batches under way and the size of one', async () => {
    const { batcher: sales, sent, clock } = batcher();
    for (let batch = 0; batch < 8; batch += 1) {
      void sales.sell(sale(`first-${batch}`), 1000, STAYS);
      await turn();
      clock.pass(SLOW_MS);
    }
    for (let count = 0; count < 300; count += 1) void sales.sell(sale(`more-${count}`), 1000, STAYS);
    await turn();
    expect(sent.map(({ ids }) => ids.length)).toEqual([1, 1, 1, 1, 1, 1, 1, 1]);
    sent[0]?.answer(unknowns(1));
    await turn();
    await turn();
    sent[1]?.answer(unknowns(1));
    await turn();
    await turn();
    expect(sent.slice(8).map(({ ids }) => ids.length)).toEqual([256, 44]);
  });

  it.each<[string, Result, string]>([
    ['a refused connection', { kind: 'refused', reason: 'ECONNREFUSED' }, 'refused'],
    ['a lost answer', { kind: 'lost', reason: 'reset' }, 'lost'],
    ['a call that it does not know', { kind: 'not understood', reason: 'submit?' }, 'not understood'],
    ['a catalog that sheds load', { kind: 'overloaded', reason: 'no' }, 'overloaded'],
    ['answers that do not fit', answered({ results: [] }), 'lost'],
  ])('tells definite from indefinite: %s', async (_name, result, kind) => {
    const { batcher: sales, sent } = batcher();
    const attempt = sales.sell(sale('a'), 100, STAYS);
    await turn();
    sent[0]?.answer(result);
    await expect(attempt).resolves.toMatchObject({ kind });
  });

  it('lets a sale go at its own time: lost once sent, refused while it waits', async () => {
    const { batcher: sales, sent, clock } = batcher();
    const early: Promise<unknown>[] = [];
    for (let index = 0; index < 8; index += 1) {
      early.push(sales.sell(sale(`early-${index}`), 500, STAYS));
      await turn();
      clock.pass(SLOW_MS);
    }
    expect(sent).toHaveLength(8);
    const waiting = sales.sell(sale('late'), 300, STAYS);
    await turn();
    clock.pass(300);
    await expect(early[0]).resolves.toMatchObject({ kind: 'lost' });
    await expect(waiting).resolves.toMatchObject({ kind: 'refused' });
    sent.forEach((batch) => batch.answer(unknowns(1)));
    await turn();
    await turn();
    expect(sent.flatMap(({ ids }) => ids)).not.toContain('late');
  });

  it('takes back a sale that still waits when nobody wants it any more', async () => {
    const { batcher: sales, sent, timers } = batcher();
    const cancel = abandonable();
    const attempt = sales.sell(sale('a'), 100, cancel.when);
    const sentAlready = sales.sell(sale('b'), 100, STAYS);
    cancel.abandon();
    await turn();
    expect(sent.map(({ ids }) => ids)).toEqual([['b']]);
    await expect(attempt).resolves.toMatchObject({ kind: 'refused' });
    sent[0]?.answer(unknowns(1));
    await sentAlready;
    expect(timers).toEqual([]);
  });

  it('gives a batch up when nobody wants any sale of it, and sends what waits instead', async () => {
    const { batcher: sales, sent, clock } = batcher();
    const cancels = Array.from({ length: 16 }, () => abandonable());
    const attempts: Promise<unknown>[] = [];
    for (const [index, { when }] of cancels.entries()) {
      attempts.push(sales.sell(sale(`hangs-${index}`), 1000, when));
      // Two sales in each of eight batches.
      if (index % 2 === 0) continue;
      await turn();
      clock.pass(SLOW_MS);
    }
    const next = sales.sell(sale('next'), 1000, STAYS);
    await turn();
    cancels[0]?.abandon();
    await turn();
    expect(sent).toHaveLength(8);
    cancels[1]?.abandon();
    await turn();
    await turn();
    expect(sent[8]?.ids).toEqual(['next']);
    sent.forEach((batch) => batch.answer(unknowns(batch.ids.length)));
    await expect(next).resolves.toMatchObject({ kind: 'answered' });
    await expect(attempts[1]).resolves.toMatchObject({ kind: 'lost' });
    await Promise.all(attempts);
  });
});
