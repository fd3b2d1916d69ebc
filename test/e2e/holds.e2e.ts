import { randomUUID } from 'node:crypto';
import { type BookAnswer } from '../../src/contract/catalog.js';
import { type HoldAnswer } from '../../src/contract/public-hold.js';
import { type OrderAnswer, type OrderRefusal } from '../../src/contract/public-order.js';
import { BookstoreInProcess } from '../support/in-process.js';
import { ADMIN_TOKEN } from '../support/layout.js';
import { until } from '../support/until.js';
import { type Answer, ask as askAt, type Json } from '../support/requests.js';

const RPCS = 2;
const XEN = 3;
const COOKING = 4;
const PROJECT = 5;
const THEORY = 6;
const SPRING = 7;
/** A hold of a second is over two seconds later, and found within one more. */
const RUN_OUT_MS = 20_000;

describe('hold, pay, confirm', () => {
  let bookstore: BookstoreInProcess;
  beforeAll(async () => {
    bookstore = await BookstoreInProcess.start({ catalogs: 3, orders: 2, frontEnds: 2 });
  }, 180_000);
  afterAll(() => bookstore.stop(), 60_000);

  const admin = { authorization: `Bearer ${ADMIN_TOKEN}` };
  const keyed = (key: string = randomUUID()): Record<string, string> => ({ 'idempotency-key': key });

  const ask = <Body = Json>(
    method: string,
    path: string,
    body?: object,
    headers: Record<string, string> = {},
    frontEnd = 0,
  ): Promise<Answer<Body>> =>
    askAt<Body>(method, `${bookstore.frontEnds[frontEnd]?.address}${path}`, body, headers);
  const hold = (items: object[], more: object = {}, headers = keyed(), frontEnd = 0) =>
    ask<HoldAnswer>('POST', '/holds', { items, ttlSeconds: 600, ...more }, headers, frontEnd);
  const confirm = (holdId: string, frontEnd = 1) =>
    ask<OrderAnswer>('POST', `/holds/${holdId}/confirm`, undefined, {}, frontEnd);
  const release = (holdId: string) => ask<HoldAnswer>('DELETE', `/holds/${holdId}`);
  const book = async (bookId: number, frontEnd = 1): Promise<BookAnswer> =>
    (await ask<BookAnswer>('GET', `/lookup/${bookId}`, undefined, {}, frontEnd)).body;
  const copies = async (bookId: number): Promise<number> => (await book(bookId)).quantity;
  const comesBackTo = (bookId: number, quantity: number) =>
    until(
      `book ${bookId} has ${quantity} copies`,
      async () => (await copies(bookId)) === quantity,
      RUN_OUT_MS,
    );

  it('keeps copies back, at a frozen price, and sells them once, as often as it is asked', async () => {
    const before = await copies(RPCS);
    const held = await hold([{ bookId: RPCS, quantity: 2, price: 50 }], { reference: 'cart 1' });
    expect(held.status).toBe(201);
    const { holdId, until: ends } = held.body;
    expect(held.headers.get('location')).toBe(`/holds/${holdId}`);
    expect(held.body).toEqual({
      holdId: expect.stringMatching(/^h2-[\da-z]{30,}$/),
      state: 'held',
      items: [{ bookId: RPCS, title: 'RPCs for Dummies', quantity: 2, price: 50, total: 100 }],
      total: 100,
      until: expect.any(String),
      reference: 'cart 1',
    });
    expect(Date.parse(ends) - Date.now()).toBeGreaterThan(500_000);
    expect(await copies(RPCS)).toBe(before - 2);
    expect((await ask('PUT', `/buy/${RPCS}?quantity=${before - 1}`)).body['success']).toBe(false);
    await ask('PATCH', `/books/${RPCS}`, { price: 60 }, admin);

    const sold = await confirm(holdId);
    expect(sold.status).toBe(200);
    expect(sold.body).toMatchObject({
      state: 'sold',
      price: 50,
      total: 100,
      quantity: 2,
      reference: 'cart 1',
    });
    expect((await confirm(holdId, 0)).body).toEqual(sold.body);
    expect((await ask('GET', `/orders/${sold.body.orderId}`)).body).toEqual(sold.body);
    const { orderId } = sold.body;
    expect((await ask('GET', `/holds/${holdId}`)).body).toMatchObject({ state: 'confirmed', orderId });
    expect(await release(holdId)).toMatchObject({ status: 409, body: { reason: 'sold already', orderId } });
    expect(await copies(RPCS)).toBe(before - 2);
    await ask('PATCH', `/books/${RPCS}`, { price: 50 }, admin);
  });

  it('gives copies back when it is released, as often as it is asked', async () => {
    const before = await copies(XEN);
    const { holdId } = (await hold([{ bookId: XEN, quantity: 3 }])).body;
    expect(await copies(XEN)).toBe(before - 3);
    for (let time = 0; time < 2; time += 1)
      expect(await release(holdId)).toMatchObject({ status: 200, body: { holdId, state: 'released' } });
    expect(await copies(XEN)).toBe(before);
    expect(await confirm(holdId)).toMatchObject({ status: 409, body: { reason: 'hold released' } });
  });

  it('ends by itself what runs out, with nobody asking', async () => {
    const before = await copies(XEN);
    const { holdId } = (await hold([{ bookId: XEN, quantity: 4 }], { ttlSeconds: 1 })).body;
    expect(await copies(XEN)).toBe(before - 4);
    await comesBackTo(XEN, before);
    expect(await confirm(holdId)).toMatchObject({ status: 409, body: { reason: 'hold expired' } });
    expect(await release(holdId)).toMatchObject({ status: 200, body: { state: 'expired' } });
  }, 60_000);

  it('holds once for a key, and says so', async () => {
    const before = await copies(XEN);
    const key = keyed();
    const first = await hold([{ bookId: XEN, quantity: 1 }], {}, key);
    const again = await hold([{ bookId: XEN, quantity: 1 }], {}, key, 1);
    expect(again.body).toEqual(first.body);
    expect([first, again].map(({ headers }) => headers.get('idempotency-replayed'))).toEqual([null, 'true']);
    expect(await copies(XEN)).toBe(before - 1);
    const other = await hold([{ bookId: XEN, quantity: 2 }], {}, key);
    expect(other).toMatchObject({
      status: 422,
      body: { message: expect.stringContaining('Idempotency-Key') },
    });
    await release(first.body.holdId);
  });

  it('sells a basket whole, and shows it as one order', async () => {
    const before = await Promise.all([COOKING, PROJECT, THEORY].map(copies));
    const items = [
      { bookId: THEORY, quantity: 1 },
      { bookId: COOKING, quantity: 1, price: 10 },
      { bookId: PROJECT, quantity: 2 },
      { bookId: COOKING, quantity: 2 },
    ];
    const key = keyed();
    const placed = await ask<OrderAnswer>('POST', '/orders', { items, reference: 'basket 9' }, key);
    expect(placed.status).toBe(201);
    expect(placed.body).toMatchObject({ state: 'sold', total: 60, reference: 'basket 9' });
    expect(placed.body).not.toHaveProperty('bookId');
    expect(placed.body.items.map(({ bookId, quantity }) => [bookId, quantity])).toEqual([
      [COOKING, 3],
      [PROJECT, 2],
      [THEORY, 1],
    ]);
    expect((await ask('POST', '/orders', { items, reference: 'basket 9' }, key, 1)).body).toEqual(
      placed.body,
    );
    expect((await ask('GET', `/orders/${placed.body.orderId}`)).body).toEqual(placed.body);
    expect(await Promise.all([COOKING, PROJECT, THEORY].map(copies))).toEqual([
      before[0]! - 3,
      before[1]! - 2,
      before[2]! - 1,
    ]);
    const byReference = await ask<OrderAnswer[]>('GET', '/orders?reference=basket%209', undefined, admin);
    expect(byReference.body).toEqual([placed.body]);
    // The ledgers of the other books follow at once.
    await until('every book lists it', async () => {
      const lists = await Promise.all(
        [COOKING, PROJECT, THEORY].map((id) =>
          ask<OrderAnswer[]>('GET', `/orders?bookId=${id}`, undefined, admin),
        ),
      );
      return lists.every(({ body }) => body.some(({ orderId }) => orderId === placed.body.orderId));
    });
  });

  it('names every item that is not to be had, and holds nothing', async () => {
    const before = await Promise.all([COOKING, PROJECT, SPRING].map(copies));
    const items = [
      { bookId: COOKING, quantity: 1 },
      { bookId: PROJECT, quantity: 300 },
      { bookId: SPRING, quantity: 1, price: 9.99 },
      { bookId: 4711, quantity: 1 },
    ];
    for (const path of ['/holds', '/orders']) {
      const body = path === '/holds' ? { items, ttlSeconds: 60 } : { items };
      const key = keyed();
      const refused = await ask<OrderRefusal>('POST', path, body, key);
      expect(refused.status).toBe(409);
      expect(refused.body.items).toEqual([
        expect.objectContaining({
          bookId: PROJECT,
          reason: 'out of stock',
          wanted: 300,
          left: before[1],
          price: 10,
        }),
        expect.objectContaining({ bookId: SPRING, reason: 'price changed', wanted: 1, price: 10 }),
        { bookId: 4711, reason: 'no such book', wanted: 1 },
      ]);
      expect((await ask('POST', path, body, key, 1)).body).toEqual(refused.body);
    }
    for (const [at, bookId] of [COOKING, PROJECT, SPRING].entries()) await comesBackTo(bookId, before[at]!);
  }, 60_000);

  it('names all of them also when the first is one', async () => {
    const items = [
      { bookId: RPCS, quantity: 30 },
      { bookId: SPRING, quantity: 1 },
      { bookId: THEORY, quantity: 400 },
    ];
    const refused = await ask<OrderRefusal>('POST', '/orders', { items }, keyed());
    expect(refused.status).toBe(409);
    expect(refused.body.items.map(({ bookId, wanted, left }) => [bookId, wanted, left])).toEqual([
      [RPCS, 30, await copies(RPCS)],
      [THEORY, 400, await copies(THEORY)],
    ]);
  });

  it('holds a basket, shows it to administrators, and gives all of it back', async () => {
    const before = await Promise.all([PROJECT, SPRING].map(copies));
    const held = await hold(
      [
        { bookId: PROJECT, quantity: 1 },
        { bookId: SPRING, quantity: 2 },
      ],
      { reference: 'cart 7' },
    );
    expect(held.body.items.map(({ bookId, quantity }) => [bookId, quantity])).toEqual([
      [PROJECT, 1],
      [SPRING, 2],
    ]);
    for (const query of ['reference=cart%207', `bookId=${PROJECT}`, `bookId=${SPRING}`]) {
      const list = await ask<HoldAnswer[]>('GET', `/holds?${query}`, undefined, admin);
      expect(list.body).toEqual([held.body]);
    }
    expect((await ask('GET', '/holds')).status).toBe(401);
    await release(held.body.holdId);
    for (const [at, bookId] of [PROJECT, SPRING].entries()) await comesBackTo(bookId, before[at]!);
    expect((await ask('GET', '/holds?reference=cart%207', undefined, admin)).body).toEqual([]);
  });

  it('takes orders back, copies of them or all', async () => {
    const before = await copies(SPRING);
    const { orderId } = (
      await ask<OrderAnswer>('POST', '/orders', { bookId: SPRING, quantity: 3, reference: 'r' }, keyed())
    ).body;
    const cancel = (body: object, headers: Record<string, string> = {}) =>
      ask<OrderAnswer & { reason?: string }>('POST', `/orders/${orderId}/cancel`, body, {
        ...admin,
        ...headers,
      });
    const key = keyed();
    for (let time = 0; time < 2; time += 1)
      expect((await cancel({ copies: 1 }, key)).body).toMatchObject({
        state: 'partly cancelled',
        quantity: 3,
        items: [{ cancelled: 1 }],
      });
    expect(await copies(SPRING)).toBe(before - 2);
    expect(await cancel({ copies: 3 })).toMatchObject({
      status: 409,
      body: { reason: 'more than was sold' },
    });
    expect((await cancel({})).body).toMatchObject({ state: 'cancelled', items: [{ cancelled: 3 }] });
    expect((await ask('GET', `/orders/${orderId}`)).body['state']).toBe('cancelled');
    expect(await copies(SPRING)).toBe(before);
    expect((await ask('POST', `/orders/${orderId}/cancel`, {})).status).toBe(401);
    expect((await ask('POST', '/orders/nobody/cancel', {}, admin)).status).toBe(404);
  });

  it('takes a basket back', async () => {
    const before = await Promise.all([PROJECT, SPRING].map(copies));
    const items = [PROJECT, SPRING].map((bookId) => ({ bookId, quantity: 1 }));
    const { orderId } = (await ask<OrderAnswer>('POST', '/orders', { items }, keyed())).body;
    const path = `/orders/${orderId}/cancel`;
    expect((await ask('POST', path, { copies: 1 }, admin)).status).toBe(422);
    const key = keyed();
    await until('all of it is cancelled', async () => {
      const { body } = await ask('POST', path, {}, { ...admin, ...key });
      return body['state'] === 'cancelled';
    });
    expect(await Promise.all([PROJECT, SPRING].map(copies))).toEqual(before);
  });

  it.each<[string, string, string, object | undefined, number]>([
    ['no such hold', 'GET', '/holds/h2-0123456789abcdefghij0123456789', undefined, 404],
    ['no id of a hold', 'POST', '/holds/nobody/confirm', undefined, 404],
    ['a guess at a hold', 'POST', '/holds/h2-0123456789abcdefghij0123456789/confirm', undefined, 404],
    ['a guess at a basket', 'POST', '/holds/b2-0123456789abcdefghij0123456789/confirm', undefined, 404],
    ['a guess to release', 'DELETE', '/holds/h2-0123456789abcdefghij0123456789', undefined, 404],
    ['of no such book', 'DELETE', '/holds/hzzzz-0123456789abcdefghij0123456789', undefined, 404],
    ['a part of a basket', 'DELETE', '/holds/f2-0123456789abcdefghij0123456789', undefined, 404],
    ['no items', 'POST', '/holds', { items: [], ttlSeconds: 60 }, 422],
    [
      'too many items',
      'POST',
      '/holds',
      { items: Array(51).fill({ bookId: 1, quantity: 1 }), ttlSeconds: 60 },
      422,
    ],
    ['no time', 'POST', '/holds', { items: [{ bookId: 1, quantity: 1 }] }, 422],
    ['too short a time', 'POST', '/holds', { items: [{ bookId: 1, quantity: 1 }], ttlSeconds: 0 }, 422],
    ['too long a time', 'POST', '/holds', { items: [{ bookId: 1, quantity: 1 }], ttlSeconds: 604_801 }, 422],
    ['an unknown field', 'POST', '/holds', { items: [{ bookId: 1, quantity: 1, x: 1 }], ttlSeconds: 1 }, 422],
    [
      'a long reference',
      'POST',
      '/holds',
      { items: [{ bookId: 1, quantity: 1 }], ttlSeconds: 1, reference: 'x'.repeat(201) },
      422,
    ],
    ['both forms', 'POST', '/orders', { items: [{ bookId: 1, quantity: 1 }], bookId: 1 }, 422],
    [
      'two prices',
      'POST',
      '/orders',
      {
        items: [
          { bookId: 1, quantity: 1, price: 1 },
          { bookId: 1, quantity: 1, price: 2 },
        ],
      },
      422,
    ],
    [
      'more copies than can be asked for',
      'POST',
      '/orders',
      { items: Array(2).fill({ bookId: 1, quantity: 1e9 }) },
      422,
    ],
    [
      'a book that cannot be',
      'POST',
      '/orders',
      {
        items: [
          { bookId: 1e15, quantity: 1 },
          { bookId: 1, quantity: 1 },
        ],
      },
      404,
    ],
    ['nothing', 'POST', '/orders', {}, 422],
  ])('refuses %s', async (_what, method, path, body, status) => {
    const answer = await ask(method, path, body, method === 'POST' ? keyed() : {});
    expect(answer).toMatchObject({ status, body: { message: expect.any(String) } });
    if (status === 422) expect(answer.body['fields']).not.toEqual([]);
  });

  it('wants a key', async () => {
    expect((await hold([{ bookId: 1, quantity: 1 }], {}, {})).status).toBe(400);
    expect((await ask('POST', '/orders', { items: [{ bookId: 1, quantity: 1 }] })).status).toBe(400);
  });

  it('never sells more than there is to baskets that fight for it', async () => {
    const { id } = (
      await ask<BookAnswer>('POST', '/books', { title: 'Few', topic: 'T', price: 1, quantity: 5 }, admin)
    ).body;
    const before = await copies(SPRING);
    const buy = async (at: number): Promise<boolean> => {
      const items = [SPRING, id].map((bookId) => ({ bookId, quantity: 1 }));
      const placed = await ask('POST', '/orders', { items }, keyed(), at % 2);
      expect([201, 409]).toContain(placed.status);
      return placed.status === 201;
    };
    const bought = (await Promise.all(Array.from({ length: 12 }, (_, at) => buy(at)))).filter(Boolean).length;
    expect(bought).toBeLessThanOrEqual(5);
    await comesBackTo(id, 5 - bought);
    await comesBackTo(SPRING, before - bought);
  }, 60_000);
});
