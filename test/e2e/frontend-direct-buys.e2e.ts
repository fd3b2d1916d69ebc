import { Answers, type Answered } from '../../src/observability/answers.js';
import { FrontEndBeforeFakes, soldResult } from './frontend-fakes.js';

const SALE = { bookId: 2, operationId: 'buy:a-key-of-the-client', copies: 1, expectedPriceCents: null };
const OUT_OF_STOCK = { ...soldResult(SALE), outcome: { kind: 'out of stock' } };

describe('plain buys, ahead of Nest', () => {
  let shop: FrontEndBeforeFakes;
  const answered: Answered[] = [];
  beforeAll(async () => {
    shop = await FrontEndBeforeFakes.start();
    shop.app.get(Answers).observe((each) => answered.push(each));
  });
  afterAll(() => shop.stop());
  beforeEach(() => {
    answered.length = 0;
    shop.orderServer.behaviour = 'serve';
    shop.orderServer.result = null;
  });

  async function buy(path: string, headers: Readonly<Record<string, string>>) {
    const response = await shop.fetch(path, { method: 'PUT', headers });
    const named = Object.fromEntries(response.headers);
    delete named['date'];
    delete named['x-request-id'];
    return { status: response.status, headers: named, body: (await response.json()) as object };
  }

  const key = { 'idempotency-key': 'a-key-of-the-client' };

  // Each as the direct way takes it, and as it does not although it means the same.
  it.each<[string, number, object | null, Readonly<Record<string, string>>]>([
    ['a sale', 200, null, key],
    ['a sale that the key had bought before', 200, { ...soldResult(SALE), repeated: true }, key],
    ['out of stock', 200, OUT_OF_STOCK, key],
    ['no such book', 404, { kind: 'no such book' }, key],
    ['a key of another wish', 422, { kind: 'operation id reused' }, key],
    ['too much to do', 503, { kind: 'overloaded' }, key],
    ['nobody who sells', 504, { kind: 'unreachable', mayHaveSold: false }, key],
    ['an unknown outcome', 504, { kind: 'unreachable', mayHaveSold: true }, key],
    ['a key that is none', 400, null, { 'idempotency-key': 'ä' }],
  ])('answer as the long way does: %s', async (_, status, result, headers) => {
    shop.orderServer.result = result;
    const [direct, long] = [await buy('/buy/2', headers), await buy('/buy/2?quantity=1', headers)];
    expect(direct).toEqual(long);
    expect(direct.status).toBe(status);
    const [first, second] = answered.filter(({ method }) => method === 'PUT');
    expect(first).toMatchObject({ route: '/buy/:id', status });
    expect(first?.requestId).toBeUndefined();
    expect(second).toMatchObject({ route: '/buy/:id', status, requestId: expect.any(String) as string });
  });

  it('sell without a key, each under an id of its own', async () => {
    shop.orderServer.sales.length = 0;
    for (const path of ['/buy/2', '/buy/02/']) expect((await buy(path, {})).status).toBe(200);
    const ids = shop.orderServer.sales.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(2);
    expect(shop.orderServer.sales).toMatchObject([{ bookId: 2, copies: 1 }, { bookId: 2 }]);
  });

  it.each(['/buy/x', '/buy/0', '/buy/99999999999999999999'])(
    'leave to the long way what is no plain id: %s',
    async (path) => {
      expect([404, 422]).toContain((await buy(path, {})).status);
      expect(answered[0]?.requestId).toBeDefined();
    },
  );
});
