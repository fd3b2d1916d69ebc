import { jest } from '@jest/globals';
import { type Clock } from '../../core/replication/ports.js';
import { type SubmitResult } from '../../core/replication/results.js';
import { type BookId, CATALOGUE, type Operation } from '../../core/replication/types.js';
import { type BatchEnd, type BookBatch, WriteQueue } from './write-queue.js';

const AT_ONCE = 2;
const PATIENT_MS = 60_000;
const NEVER_MS = 10_000;

interface Transaction {
  readonly batches: readonly BookBatch[];
  readonly end: (end: BatchEnd | 'well') => void;
}

const decided: SubmitResult = { kind: 'unknown' };

describe('what waits to be written to PostgreSQL', () => {
  let transactions: Transaction[];
  let queue: WriteQueue;
  let timers: { readonly ms: number; readonly run: () => void }[];
  let sales: number;

  beforeEach(() => {
    transactions = [];
    timers = [];
    sales = 0;
    const clock = {
      after: (ms: number, run: () => void) => {
        timers.push({ ms, run });
        return () => undefined;
      },
    } as unknown as Clock;
    queue = new WriteQueue(
      clock,
      () => 0.5,
      AT_ONCE,
      (batches) => {
        return new Promise((resolve) => {
          const end = (end: BatchEnd | 'well'): void =>
            resolve(
              end === 'well'
                ? { kind: 'results', results: batches.map(({ operations }) => operations.map(() => decided)) }
                : end,
            );
          transactions.push({ batches, end });
        });
      },
    );
  });

  const sell = (bookId: BookId): Promise<SubmitResult> => queue.submit(bookId, sale(), PATIENT_MS);
  const sale = (): Operation => ({
    kind: 'sale',
    operationId: `sale-${++sales}`,
    copies: 1,
    expectedPriceCents: null,
  });
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  const books = (): BookId[][] => transactions.map(({ batches }) => batches.map(({ bookId }) => bookId));
  /** Those that wait for less than anybody's patience. */
  const endPauses = (): void => timers.splice(0).forEach(({ ms, run }) => ms < NEVER_MS && run());

  it('gives each book a transaction of its own while there are free ones', async () => {
    void sell(3);
    void sell(2);
    void sell(3);
    await turn();
    expect(books()).toEqual([[3], [2]]);
    expect(transactions[0]?.batches[0]?.operations).toHaveLength(2);
  });

  it('gathers books while all run, in the order of their ids', async () => {
    for (const bookId of [1, 2, 9, 4, 7]) void sell(bookId);
    await turn();
    expect(books()).toEqual([
      [1, 2, 9],
      [4, 7],
    ]);
    for (const bookId of [8, 5, 1]) void sell(bookId);
    await turn();
    expect(books()).toHaveLength(AT_ONCE);
    transactions[0]?.end('well');
    await turn();
    expect(books()[2]).toEqual([1, 5, 8]);
  });

  it('takes no more than eight books, and a creation alone', async () => {
    for (let bookId = 1; bookId <= 20; bookId++) void sell(bookId);
    void sell(CATALOGUE);
    await turn();
    expect(books().map(({ length }) => length)).toEqual([8, 8]);
    transactions.forEach(({ end }) => end('well'));
    await turn();
    expect(books()[2]).toEqual([17, 18, 19]);
    expect(books()[3]).toEqual([20]);
    transactions.slice(2).forEach(({ end }) => end('well'));
    await turn();
    expect(books()[4]).toEqual([CATALOGUE]);
  });

  it('tries each alone when several have failed together, and gives up what fails alone', async () => {
    const answers = [1, 2, 3].map((bookId) => sell(bookId));
    await turn();
    expect(books()).toEqual([[1, 2], [3]]);
    transactions[0]?.end({ kind: 'undone', again: false });
    transactions[1]?.end('well');
    await turn();
    endPauses();
    await turn();
    expect(books().slice(2)).toEqual([[1], [2]]);
    transactions[2]?.end({ kind: 'undone', again: false });
    transactions[3]?.end('well');
    await expect(answers[0]).resolves.toEqual({ kind: 'not started', reason: 'not ready' });
    await expect(answers[1]).resolves.toBe(decided);
  });

  it('asks again about what nobody heard the end of, under the same ids', async () => {
    const heard = jest.fn();
    void sell(1).then(heard);
    await turn();
    transactions[0]?.end({ kind: 'unknown' });
    await turn();
    expect(heard).not.toHaveBeenCalled();
    endPauses();
    await turn();
    expect(transactions[1]?.batches).toEqual(transactions[0]?.batches);
  });
});
