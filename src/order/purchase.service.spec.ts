import { VirtualClock, virtualUpstream } from '../../test/support/virtual-clock.js';
import { type SaleRequest } from '../contract/internal.js';
import { Steering } from '../core/balancing/steering.js';
import { type SubmitResult } from '../core/replication/results.js';
import { PurchaseService } from './purchase.service.js';
import { type SaleAttempt } from './sales-batcher.js';

const SALE: SaleRequest = { bookId: 2, operationId: 'buy:k', copies: 1, expectedPriceCents: null };
const OUT_OF_STOCK: SubmitResult = {
  kind: 'decided',
  operation: { kind: 'sale', operationId: 'buy:k', copies: 1, expectedPriceCents: null },
  outcome: { kind: 'out of stock' },
  entryNumber: 7,
  bookId: 2,
  sequenceNumber: 7,
  book: null,
};
const said = (result: SubmitResult): SaleAttempt => ({ kind: 'answered', result });
const decided = said(OUT_OF_STOCK);
const missing = said({ kind: 'no such book' });
const reused = said({ kind: 'operation id reused' });
const busy = said({ kind: 'not started', reason: 'busy' });
const unknown = said({ kind: 'unknown' });
const refused: SaleAttempt = { kind: 'refused', reason: 'ECONNREFUSED' };
const shed: SaleAttempt = { kind: 'overloaded', reason: 'the catalog answered 503' };
const lost: SaleAttempt = { kind: 'lost', reason: 'no answer in time' };

const ANSWER_MS = 1;

/** Each catalog gives its attempts in turn, the last of them again and again: at once, or after the time given. A lost one takes all its time. */
function shop(scripts: (SaleAttempt | readonly [SaleAttempt, afterMs: number])[][]) {
  const clock = new VirtualClock();
  const asked: number[] = [];
  const sent: SaleRequest[] = [];
  const bounds: number[] = [];
  // As the book's hash has it.
  const catalogs = scripts.map((_, catalog) => `catalog ${catalog}`);
  const names = new Steering(catalogs, () => null).turnsFor(SALE.bookId);
  const batchers = scripts.map((script, catalog) => ({
    sell: (
      sale: SaleRequest,
      timeoutMs: number,
      whenAbandoned: (listener: () => void) => void,
    ): Promise<SaleAttempt> => {
      const line = (script.length > 1 ? script.shift() : script[0]) ?? refused;
      const [attempt, afterMs] = 'kind' in line ? [line, line === lost ? timeoutMs : ANSWER_MS] : line;
      asked.push(catalog);
      sent.push(sale);
      bounds.push(timeoutMs);
      return new Promise((resolve) => {
        const cancel = clock.after(afterMs, () => resolve(attempt));
        whenAbandoned(cancel);
      });
    },
  }));
  const service = new PurchaseService(
    virtualUpstream(clock, names),
    new Map(names.map((name, catalog) => [name, batchers[catalog] as (typeof batchers)[number]])),
    new Steering(names, (name) => String(names.indexOf(name))),
    { requestTimeoutMs: 400 },
  );
  const sell = (timeoutMs: number) => clock.outcomeOf(service.sell(SALE, timeoutMs));
  return { sell, asked, sent, bounds, clock };
}

describe('PurchaseService', () => {
  it.each<[string, Parameters<typeof shop>[0], number[], unknown]>([
    ['takes a decision', [[decided], [decided]], [0], OUT_OF_STOCK],
    ['takes that there is no such book', [[missing]], [0], { kind: 'no such book' }],
    ['takes that the id was used for another', [[reused]], [0], { kind: 'operation id reused' }],
    ['asks the same one again when lost', [[lost, decided]], [0, 0], OUT_OF_STOCK],
    ['gives up once all refuse', [[lost, refused]], [0, 0], { kind: 'unreachable', mayHaveSold: true }],
    ['goes to the stand-in when refused', [[refused], [decided]], [0, 1], OUT_OF_STOCK],
    ['goes to the stand-in when not started', [[busy], [decided]], [0, 1], OUT_OF_STOCK],
    ['goes to the stand-in with the same id when lost', [[lost], [decided]], [0, 1], OUT_OF_STOCK],
    ['tries a busy one again', [[busy, busy, decided]], [0, 0, 0], OUT_OF_STOCK],
    ['goes to the stand-in when shed', [[shed], [decided]], [0, 1], OUT_OF_STOCK],
    ['says so when all shed', [[shed], [shed]], [0, 1], { kind: 'overloaded' }],
    [
      'does not say so when one may have sold',
      [[lost, shed], [shed]],
      [0, 1, 0, 1],
      { kind: 'unreachable', mayHaveSold: true },
    ],
    ['tries an unknown outcome again', [[unknown, decided]], [0, 0], OUT_OF_STOCK],
    [
      'knows nothing sold when all refuse',
      [[refused], [refused]],
      [0, 1],
      { kind: 'unreachable', mayHaveSold: false },
    ],
    [
      'knows that one may have sold',
      [[lost, refused], [refused]],
      [0, 1, 0, 1],
      { kind: 'unreachable', mayHaveSold: true },
    ],
    [
      'does not take "no such book" from another than the one that may sell',
      [[lost], [missing]],
      [0, 1, 0, 1, 0, 1],
      { kind: 'unknown' },
    ],
    [
      'asks a stand-in too when its own takes long, and takes the first decision',
      [[[decided, 300]], [[decided, 20]]],
      [0, 1],
      OUT_OF_STOCK,
    ],
    [
      'does not take "no such book" while another may sell',
      [[[decided, 300]], [[missing, 20]]],
      [0, 1],
      OUT_OF_STOCK,
    ],
    [
      'takes "no such book" when both say so',
      [[[missing, 300]], [[missing, 20]]],
      [0, 1],
      { kind: 'no such book' },
    ],
    [
      'does not take "not started" while another may sell',
      [[[decided, 300]], [[busy, 20]]],
      [0, 1],
      OUT_OF_STOCK,
    ],
  ])('%s', async (_name, scripts, order, result) => {
    const { sell, asked, sent } = shop(scripts);
    await expect(sell(1000)).resolves.toEqual(result);
    expect(asked).toEqual(order);
    expect(sent.every((sale) => sale === SALE)).toBe(true);
  });

  it('ends at its deadline with the last word', async () => {
    const { sell, clock, asked } = shop([[busy]]);
    await expect(sell(1000)).resolves.toEqual({ kind: 'not started', reason: 'busy' });
    expect(clock.now).toBeLessThanOrEqual(1000);
    expect(asked.length).toBeGreaterThan(5);
  });

  it('calls the outcome unknown when one attempt was, whatever came after', async () => {
    await expect(shop([[unknown, busy]]).sell(300)).resolves.toEqual({ kind: 'unknown' });
  });

  it('gives no attempt more time than is left, nor more than a request may take', async () => {
    const { sell, bounds } = shop([[lost], [lost], [lost]]);
    await sell(1000);
    expect(bounds.slice(0, 2)).toEqual([400, 400]);
    expect(bounds.every((bound) => bound <= 400)).toBe(true);
    expect(bounds.at(-1)).toBeLessThan(400);
  });

  it('asks a catalog that failed lately after the others, for a while', async () => {
    const { sell, asked, clock } = shop([[refused, decided], [decided]]);
    await sell(1000);
    await sell(1000);
    clock.now += 1000;
    await sell(1000);
    expect(asked).toEqual([0, 1, 1, 0]);
  });
});
