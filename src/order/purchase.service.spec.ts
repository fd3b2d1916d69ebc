import { type SaleRequest } from '../contract/internal.js';
import { type SubmitResult } from '../core/replication/results.js';
import { Catalogs } from './catalogs.js';
import { PurchaseService } from './purchase.service.js';
import { type SaleAttempt } from './sales-batcher.js';

const SALE: SaleRequest = { bookId: 2, operationId: 'buy:k', copies: 1, expectedPriceCents: null };
const OUT_OF_STOCK: SubmitResult = {
  kind: 'decided',
  operation: { kind: 'sale', operationId: 'buy:k', copies: 1, expectedPriceCents: null },
  outcome: { kind: 'out of stock' },
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
const lost: SaleAttempt = { kind: 'lost', reason: 'no answer in time' };

/** Time passes only while the service pauses, or as an attempt is told to take. */
class PassingClock {
  now = 0;
  readonly pauses: number[] = [];
  monotonicMs = (): number => this.now;
  after = (delayMs: number, action: () => void): (() => void) => {
    this.now += delayMs;
    this.pauses.push(delayMs);
    queueMicrotask(action);
    return () => undefined;
  };
}

/** Each catalog gives its attempts in turn, the last of them again and again. */
function shop(scripts: SaleAttempt[][], attemptMs = 1) {
  const clock = new PassingClock();
  const asked: number[] = [];
  const sent: SaleRequest[] = [];
  const bounds: number[] = [];
  const batchers = scripts.map((script, catalog) => ({
    sell: (sale: SaleRequest, timeoutMs: number): Promise<SaleAttempt> => {
      const attempt = script.length > 1 ? script.shift() : script[0];
      asked.push(catalog);
      sent.push(sale);
      bounds.push(timeoutMs);
      clock.now += attempt?.kind === 'lost' ? timeoutMs : attemptMs;
      return Promise.resolve(attempt ?? refused);
    },
  }));
  const service = new PurchaseService(new Catalogs(batchers, clock), { requestTimeoutMs: 400 }, clock, {
    fraction: () => 0.5,
  });
  return { service, asked, sent, bounds, clock };
}

describe('PurchaseService', () => {
  it.each<[string, SaleAttempt[][], number[], unknown]>([
    ['takes a decision', [[decided], [decided]], [0], OUT_OF_STOCK],
    ['takes that there is no such book', [[missing]], [0], { kind: 'no such book' }],
    ['takes that the id was used for another', [[reused]], [0], { kind: 'operation id reused' }],
    ['asks the same one again when lost', [[lost, decided]], [0, 0], OUT_OF_STOCK],
    ['gives up once all refuse', [[lost, refused]], [0, 0], { kind: 'unreachable', mayHaveSold: true }],
    ['goes to the stand-in when refused', [[refused], [decided]], [0, 1], OUT_OF_STOCK],
    ['goes to the stand-in when not started', [[busy], [decided]], [0, 1], OUT_OF_STOCK],
    ['goes to the stand-in with the same id when lost', [[lost], [decided]], [0, 1], OUT_OF_STOCK],
    ['tries a busy one again', [[busy, busy, decided]], [0, 0, 0], OUT_OF_STOCK],
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
      [0, 1],
      { kind: 'unknown' },
    ],
  ])('%s', async (_name, scripts, order, result) => {
    const { service, asked, sent } = shop(scripts);
    await expect(service.sell(SALE, 1000)).resolves.toEqual(result);
    expect(asked).toEqual(order);
    expect(sent.every((sale) => sale === SALE)).toBe(true);
  });

  it('ends at its deadline with the last word, in pauses that grow', async () => {
    const { service, clock } = shop([[busy]]);
    await expect(service.sell(SALE, 1000)).resolves.toEqual({ kind: 'not started', reason: 'busy' });
    expect(clock.now).toBeLessThanOrEqual(1000);
    expect(clock.pauses.slice(0, 4)).toEqual([3.75, 7.5, 15, 30]);
    expect(Math.max(...clock.pauses)).toBe(150);
  });

  it('calls the outcome unknown when one attempt was, whatever came after', async () => {
    const { service } = shop([[unknown, busy]]);
    await expect(service.sell(SALE, 300)).resolves.toEqual({ kind: 'unknown' });
  });

  it('gives no attempt more time than is left, nor more than a request may take', async () => {
    const { service, bounds } = shop([[lost], [lost], [lost]]);
    await service.sell(SALE, 1000);
    expect(bounds).toEqual([400, 400, 200]);
  });

  it('asks a catalog that failed lately after the others, for a while', async () => {
    const { service, asked, clock } = shop([[refused, decided], [decided]]);
    await service.sell(SALE, 1000);
    await service.sell(SALE, 1000);
    clock.now += 1000;
    await service.sell(SALE, 1000);
    expect(asked).toEqual([0, 1, 1, 0]);
  });
});
