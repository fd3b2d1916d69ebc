import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { request, type IncomingMessage } from 'node:http';
import { fileURLToPath } from 'node:url';
import { type ChangeAnswer, type ChangesPage } from '../../src/contract/public-changes.js';
import { type HoldAnswer } from '../../src/contract/public-hold.js';
import { type OrderAnswer } from '../../src/contract/public-order.js';
import { Consumer } from '../support/feed-consumer.js';
import { BookstoreInProcess } from '../support/in-process.js';
import { ADMIN_TOKEN } from '../support/layout.js';
import { OutputOf } from '../support/output-of.js';
import { until } from '../support/until.js';
import { type Answer, ask as askAt, type Json } from '../support/requests.js';

const admin = { authorization: `Bearer ${ADMIN_TOKEN}` };
const WITHIN_MS = 20_000;

describe('the feed of changes', () => {
  let bookstore: BookstoreInProcess;
  beforeAll(async () => {
    bookstore = await BookstoreInProcess.start({ catalogs: 3, orders: 1, frontEnds: 2 });
  }, 180_000);
  afterAll(() => bookstore.stop(), 60_000);

  const address = (frontEnd = 0): string => bookstore.frontEnds[frontEnd]?.address ?? '';
  const ask = <Body = Json>(
    method: string,
    path: string,
    body?: object,
    headers: Record<string, string> = admin,
    frontEnd = 0,
  ): Promise<Answer<Body>> => askAt<Body>(method, `${address(frontEnd)}${path}`, body, headers);
  const order = (body: object): Promise<{ status: number; body: OrderAnswer }> =>
    ask<OrderAnswer>('POST', '/orders', body, { 'idempotency-key': randomUUID() });
  const hold = async (items: object[], ttlSeconds = 600): Promise<string> =>
    (
      await ask<HoldAnswer>(
        'POST',
        '/holds',
        { items, ttlSeconds, reference: 'cart 1' },
        { 'idempotency-key': randomUUID() },
      )
    ).body.holdId;
  const page = (since: string | null, limit = 100, frontEnd = 0) =>
    ask<ChangesPage>(
      'GET',
      `/changes?limit=${limit}${since === null ? '' : `&since=${since}`}`,
      undefined,
      admin,
      frontEnd,
    );
  /** Reads pages until `done`. */
  async function follow(
    consumer: Consumer,
    since: string | null,
    done: () => boolean,
    limit = 100,
  ): Promise<string> {
    let at = since;
    await until(
      'the feed tells it',
      async () => {
        const { status, body } = await page(at, limit, consumer.changes.length % 2);
        if (status !== 200) return false;
        consumer.take(body.changes);
        at = body.next;
        return !body.more && done();
      },
      WITHIN_MS,
      20,
    );
    return at ?? '';
  }

  it('takes the token, and cursors of its own', async () => {
    expect((await ask('GET', '/changes', undefined, {})).status).toBe(401);
    for (const query of [
      'since=abc',
      'since=',
      'since=v1.x.0.0.y_1',
      'since=%00',
      'limit=0',
      'limit=-1',
      'limit=1e9',
    ]) {
      const field = query.split('=')[0] ?? '';
      const refused = await ask('GET', `/changes?${query}`);
      expect({ query, ...refused }).toMatchObject({
        status: 422,
        body: { message: expect.stringContaining(field), fields: [field] },
      });
    }
    const { next } = (await page(null)).body;
    const ahead = next.replace(/_[\da-z]+/, '_zzzzzz');
    expect((await page(ahead)).status).toBe(422);
    const stream = { ...admin, accept: 'text/event-stream', 'last-event-id': 'abc' };
    expect(await ask('GET', '/changes', undefined, stream)).toMatchObject({
      status: 422,
      body: { fields: ['Last-Event-ID'] },
    });
  });

  it('tells each order, hold and its end, cancellation and change, with the book as it is now', async () => {
    const since = (await page('now')).body.next;
    const bought = await order({ bookId: 2, quantity: 1, price: 50, reference: 'order 7' });
    const confirmed = await hold([
      { bookId: 3, quantity: 2 },
      { bookId: 4, quantity: 1 },
    ]);
    const { orderId } = (await ask<OrderAnswer>('POST', `/holds/${confirmed}/confirm`)).body;
    const released = await hold([{ bookId: 3, quantity: 1 }]);
    await ask('DELETE', `/holds/${released}`);
    const expired = await hold([{ bookId: 3, quantity: 3 }], 1);
    await ask('POST', `/orders/${bought.body.orderId}/cancel`, {});
    await ask('POST', '/books/2/restock', { copies: 5 });
    await ask('PATCH', '/books/2', { price: 51.5 });
    await order({ bookId: 2, quantity: 100_000 });
    const made = { title: 'Made', topic: 'Feeds', price: 9.99, quantity: 3 };
    const { id } = (await ask<{ id: number }>('POST', '/books', made)).body;

    const consumer = new Consumer();
    await follow(
      consumer,
      since,
      () => consumer.has('expired', expired) && consumer.changes.some(({ bookId }) => bookId === id),
    );
    const of = (bookId: number): object[] =>
      consumer.events().flatMap(({ bookId: of, ...event }) => (of === bookId ? [event] : []));
    expect(of(2)).toEqual([
      {
        kind: 'sold',
        orderId: bought.body.orderId,
        quantity: 1,
        price: 50,
        at: bought.body.orderedAt,
        reference: 'order 7',
      },
      { kind: 'cancelled', orderId: bought.body.orderId, quantity: 1 },
      { kind: 'restocked', quantity: 5 },
      { kind: 'edited', price: 51.5 },
    ]);
    const cart = { reference: 'cart 1' };
    const at = expect.any(String);
    expect(of(3)).toEqual([
      { kind: 'held', holdId: confirmed, quantity: 2, price: 15, until: at, ...cart },
      { kind: 'sold', holdId: confirmed, orderId, quantity: 2, price: 15, at, ...cart },
      { kind: 'held', holdId: released, quantity: 1, price: 15, until: at, ...cart },
      { kind: 'released', holdId: released, quantity: 1, ...cart },
      { kind: 'held', holdId: expired, quantity: 3, price: 15, until: at, ...cart },
      { kind: 'expired', holdId: expired, quantity: 3, ...cart },
    ]);
    expect(of(4)).toEqual([
      { kind: 'held', holdId: confirmed, quantity: 1, price: 10, until: at },
      { kind: 'sold', holdId: confirmed, orderId, quantity: 1, price: 10, at },
    ]);
    expect(of(id)).toEqual([{ kind: 'created', ...made }]);
    const newest = consumer.changes.findLast(({ bookId }) => bookId === 2);
    const { quantity, price } = (await ask<{ quantity: number; price: number }>('GET', '/lookup/2')).body;
    expect(newest?.now).toMatchObject({ quantity, price });
  }, 60_000);

  it('names the next page, and pages of one are the same as one of all', async () => {
    const all = new Consumer();
    const first = await follow(all, null, () => true, 1_000);
    const one = new Consumer();
    await follow(one, null, () => one.changes.length >= all.changes.length, 1);
    // What the catalog that was asked first had not heard of then.
    const end = await follow(all, first, () => all.changes.length >= one.changes.length, 1_000);
    const names = ({ changes }: Consumer) =>
      changes.map(({ bookId, number }) => `${bookId}/${number}`).sort();
    expect(names(one)).toEqual(names(all));
    const { headers, body } = await page(end, 7);
    expect(headers.get('link')).toBe(`</changes?since=${body.next}&limit=7>; rel="next"`);
  }, 60_000);

  it('loses nothing while sales run and the catalog that tells is stopped, and comes back', async () => {
    const consumer = new Consumer();
    const sold: string[] = [];
    let selling = true;
    const seller = async (bookId: number): Promise<void> => {
      while (selling) {
        const placed = await order({ bookId, quantity: 1 });
        if (placed.status === 201) sold.push(placed.body.orderId);
        else await ask('POST', `/books/${bookId}/restock`, { copies: 50 });
      }
    };
    const sellers = Promise.all([4, 5, 6].map(seller));
    let since = (await page(null)).body.next;
    consumer.take((await page(null)).body.changes);
    const before = sold.length;
    since = await follow(consumer, since, () => sold.length > before + 30);
    const teller = Number(since.split('.')[2]);
    const catalog = bookstore.catalogs.toSorted((a, b) => (a.address < b.address ? -1 : 1))[teller];
    await catalog?.stop();
    const without = sold.length;
    since = await follow(consumer, since, () => sold.length > without + 30);
    await catalog?.start();
    await catalog?.ready();
    selling = false;
    await sellers;
    await follow(consumer, since, () => sold.every((orderId) => consumer.orderIds().includes(orderId)));
    const fromStart = new Consumer();
    await follow(fromStart, null, () => sold.every((orderId) => fromStart.orderIds().includes(orderId)));
    const numbers = (of: Consumer, bookId: number) =>
      of.changes.flatMap((change) => (change.bookId === bookId ? [change.number] : []));
    for (const bookId of [4, 5, 6]) {
      expect(numbers(consumer, bookId)).toEqual(numbers(fromStart, bookId));
      expect(numbers(consumer, bookId)).toEqual(numbers(consumer, bookId).toSorted((a, b) => a - b));
    }
    const listed = new Set<string>();
    for (let path = '/orders?limit=1000'; path !== '';) {
      const { body, headers } = await ask<OrderAnswer[]>('GET', path);
      for (const { orderId } of body) listed.add(orderId);
      path = /<([^>]+)>/.exec(headers.get('link') ?? '')?.[1] ?? '';
    }
    expect([...listed].filter((orderId) => !fromStart.orderIds().includes(orderId))).toEqual([]);
  }, 180_000);

  it('is what the payment of the tours goes by', async () => {
    const script = fileURLToPath(new URL('../../docs/tours/payment.mjs', import.meta.url));
    const env = { PATH: process.env['PATH'], ADMIN_TOKEN };
    const output = new OutputOf(spawn(process.execPath, [script, address()], { env }));
    const { code } = await output.ended;
    expect({ code, text: output.text }).toEqual({
      code: 0,
      text: expect.stringMatching(/agrees: paid.*agrees: basket.*agrees: refused.*agrees: forgotten/s),
    });
  }, 90_000);

  /** Reads events, and how often the server only said that it is there. */
  async function openStream(
    headers: Record<string, string>,
    query = '',
    frontEnd = 0,
  ): Promise<{
    response: IncomingMessage;
    text: () => string;
    changes: () => ChangeAnswer[];
    ids: () => string[];
  }> {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const all = { ...admin, accept: 'text/event-stream', ...headers };
      request(`${address(frontEnd)}/changes${query}`, { headers: all }, resolve)
        .on('error', reject)
        .end();
    });
    let text = '';
    response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    response.on('error', () => undefined);
    const whole = (): string[] => text.split('\n\n').slice(0, -1);
    return {
      response,
      text: () => text,
      changes: () =>
        whole().flatMap((each) => {
          const data = /^data: (.*)$/m.exec(each)?.[1];
          return data === undefined ? [] : [JSON.parse(data) as ChangeAnswer];
        }),
      ids: () => whole().flatMap((each) => /^id: (.*)$/m.exec(each)?.[1] ?? []),
    };
  }

  it('streams, and goes on from the last id, over a restart of the front-end too', async () => {
    const first = await openStream({}, '?since=now', 1);
    expect(first.response.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    const sold = async (): Promise<string> => (await order({ bookId: 7, quantity: 1 })).body.orderId;
    const tells = (stream: typeof first, orderId: string) =>
      until('the stream tells it', () => stream.text().includes(orderId), WITHIN_MS);
    await tells(first, await sold());
    const [id = ''] = first.ids().slice(-1);
    expect(id).toBe(first.changes().at(-1)?.cursor);
    const ended = new Promise((resolve) => first.response.once('close', resolve));
    await bookstore.frontEnds[1]?.stop();
    await ended;
    const meanwhile = await sold();
    await bookstore.frontEnds[1]?.start();
    await bookstore.frontEnds[1]?.ready();
    const second = await openStream({ 'last-event-id': id }, '?since=now', 1);
    await tells(second, meanwhile);
    await tells(second, await sold());
    expect(second.changes().filter(({ bookId }) => bookId === 7)).toHaveLength(2);
    second.response.destroy();
  }, 60_000);

  it('has a bound on streams, and room again when they are left', async () => {
    const opened = await Promise.all(Array.from({ length: 20 }, () => openStream({})));
    const statuses = opened.map(({ response }) => response.statusCode);
    expect(statuses.filter((status) => status === 200)).toHaveLength(16);
    expect(statuses.filter((status) => status === 503)).toHaveLength(4);
    for (const { response } of opened) response.destroy();
    await until('there is room again', async () => {
      const { response } = await openStream({});
      response.destroy();
      return response.statusCode === 200;
    });
  }, 60_000);
});
