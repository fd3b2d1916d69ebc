import { type BookAnswer } from '../../src/contract/catalog.js';
import { type BuyAnswer } from '../../src/contract/public-order.js';
import { BookstoreInProcess } from '../support/in-process.js';
import { until } from '../support/until.js';
import { BOOK, FrontEndBeforeFakes } from './frontend-fakes.js';

const SHED = { status: 503, headers: { 'retry-after': '1' }, body: { message: 'busy' } } as const;
const CACHES_OFF = { LOOKUP_CACHE_SIZE: '0', SEARCH_CACHE_SIZE: '0' };

interface Told {
  readonly status: number;
  readonly retryAfter: string | null;
}
const toldBy = async (answer: Promise<Response>): Promise<Told> => {
  const { status, headers, body } = await answer;
  await body?.cancel();
  return { status, retryAfter: headers.get('retry-after') };
};

describe('a front-end with more requests than it takes at once', () => {
  const BOUND = 8;
  let shop: FrontEndBeforeFakes;
  beforeAll(async () => {
    // One address has half of the places.
    const settings = { ...CACHES_OFF, MAX_REQUESTS_IN_FLIGHT: String(2 * BOUND) };
    shop = await FrontEndBeforeFakes.start({ catalogs: 2, orders: 2 }, settings);
  });
  afterAll(() => shop.stop());
  beforeEach(() => {
    for (const fake of [...shop.catalogs, ...shop.orders]) fake.behaviour = 'serve';
  });

  it('serves as many as it takes, sheds the others at once, and stays in sight', async () => {
    for (const catalog of shop.catalogs) catalog.behaviour = 'hold';
    const ids = Array.from({ length: 100 }, (_, index) => index + 1);
    const told: Told[] = [];
    const all = Promise.all(
      ids.map((id) => toldBy(shop.fetch(`/lookup/${id}`)).then((answer) => told.push(answer))),
    );
    await until('the others are shed', () => told.length === ids.length - BOUND);
    expect(told).toEqual(Array<Told>(ids.length - BOUND).fill({ status: 503, retryAfter: '1' }));
    expect((await shop.get('/health/live')).status).toBe(200);
    expect(await (await shop.fetch('/metrics')).text()).toMatch(
      /bazar_shed_requests_total{reason="in flight of one address"[^}]*} 92/,
    );
    for (const catalog of shop.catalogs) catalog.behaviour = 'serve';
    shop.catalogs.forEach((catalog) => catalog.release());
    await all;
    const served = told.slice(ids.length - BOUND).map(({ status }) => status);
    expect(served.every((status) => status === 200 || status === 404)).toBe(true);
    expect((await shop.get(`/lookup/${BOOK.id}`)).status).toBe(200);
  });

  const asks: [string, () => Promise<Response>][] = [
    ['a look-up', () => shop.fetch(`/lookup/${BOOK.id}`)],
    ['a search', () => shop.fetch('/search/distributed')],
    ['a buy', () => shop.fetch(`/buy/${BOOK.id}`, { method: 'PUT' })],
  ];

  it.each(asks)('asks another replica for %s when one sheds', async (_, ask) => {
    for (const fake of [shop.catalog, shop.orderServer]) fake.behaviour = SHED;
    for (let turn = 0; turn < 2; turn += 1) expect((await toldBy(ask())).status).toBe(200);
  });

  it.each(asks)('sheds %s when all replicas do', async (_, ask) => {
    for (const fake of [...shop.catalogs, ...shop.orders]) fake.behaviour = SHED;
    const answer = await ask();
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await answer.json()).toEqual({ message: expect.any(String) });
  });
});

describe('a front-end that limits its clients', () => {
  it('refuses what is beyond the limit, out of the cache too, and says when to come back', async () => {
    const shop = await FrontEndBeforeFakes.start({}, { RATE_LIMIT_PER_SECOND: '1' });
    try {
      const told: Told[] = [];
      for (let turn = 0; turn < 20; turn += 1) told.push(await toldBy(shop.fetch(`/lookup/${BOOK.id}`)));
      expect(told[0]).toEqual({ status: 200, retryAfter: null });
      expect(told).toContainEqual({ status: 429, retryAfter: '1' });
      const refused = await shop.fetch('/health/live');
      expect([refused.status, refused.headers.get('ratelimit-policy')]).toEqual([429, '10;w=10']);
      expect(refused.headers.get('ratelimit-remaining')).toBe('0');
      // Those with the cluster's secret may.
      expect((await shop.internal('GET', '/dump')).status).toBe(200);
    } finally {
      await shop.stop();
    }
  });

  it('counts those that its proxy names, a purchase ten times', async () => {
    const settings = { RATE_LIMIT_PER_SECOND: '1', TRUST_PROXY: 'loopback' };
    const shop = await FrontEndBeforeFakes.start({}, settings);
    const asFor = (client: string, method = 'GET', path = `/lookup/${BOOK.id}`) =>
      toldBy(shop.fetch(path, { method, headers: { 'x-forwarded-for': `198.51.100.99, ${client}` } }));
    try {
      expect((await asFor('192.0.2.1', 'PUT', `/buy/${BOOK.id}`)).status).toBe(200);
      expect((await asFor('192.0.2.1')).status).toBe(429);
      expect((await asFor('192.0.2.1', 'PUT', `/buy/${BOOK.id}`)).status).toBe(429);
      expect((await asFor('192.0.2.2')).status).toBe(200);
      expect((await asFor('2001:db8::1', 'PUT', `/buy/${BOOK.id}`)).status).toBe(200);
      expect((await asFor('2001:db8::2')).status).toBe(429);
      expect((await asFor('2001:db8:0:1::2')).status).toBe(200);
    } finally {
      await shop.stop();
    }
  });
});

describe('a bookstore under a burst far above what its order servers and catalogs take', () => {
  let bookstore: BookstoreInProcess;
  beforeAll(async () => {
    bookstore = await BookstoreInProcess.start({
      catalogs: 1,
      orders: 2,
      frontEnds: 1,
      adjust: (placed) => {
        // The burst comes out of the process that answers it: they overlap little.
        const bound = placed.env['ROLE'] === 'frontend' ? '200' : '1';
        return { ...placed, env: { ...placed.env, ...CACHES_OFF, MAX_REQUESTS_IN_FLIGHT: bound } };
      },
    });
  }, 120_000);
  afterAll(() => bookstore?.stop());

  it('answers each with 200 or 503, sells what it says, and serves again', async () => {
    const shop = bookstore.frontEnds[0]?.address ?? '';
    const answers = await Promise.all(
      Array.from({ length: 400 }, async (_, index) => {
        const isBuy = index % 2 === 0;
        const answer = await fetch(`${shop}/${isBuy ? 'buy' : 'lookup'}/4`, {
          method: isBuy ? 'PUT' : 'GET',
        });
        const body = (await answer.json()) as Partial<BuyAnswer>;
        return { status: answer.status, retryAfter: answer.headers.get('retry-after'), body };
      }),
    );
    const shed = answers.filter(({ status }) => status === 503);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 503]));
    expect(new Set(shed.map(({ retryAfter }) => retryAfter))).toEqual(new Set(['1']));

    const sold = answers.filter(({ body }) => body.success === true).length;
    const book = await until('it serves again', async () => {
      const answer = await fetch(`${shop}/lookup/4`);
      return answer.ok ? ((await answer.json()) as BookAnswer) : null;
    });
    expect(book.quantity).toBe(25 - sold);
    const buy = await fetch(`${shop}/buy/5`, { method: 'PUT' });
    expect({ status: buy.status, ...((await buy.json()) as object) }).toMatchObject({
      status: 200,
      success: true,
    });
  }, 60_000);
});
