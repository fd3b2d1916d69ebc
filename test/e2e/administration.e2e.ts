import { randomUUID } from 'node:crypto';
import { type BookAnswer } from '../../src/contract/catalog.js';
import { type BookChangeAnswer } from '../../src/contract/public-history.js';
import { type HoldAnswer } from '../../src/contract/public-hold.js';
import { BookstoreInProcess } from '../support/in-process.js';
import { ADMIN_TOKEN } from '../support/layout.js';
import { type Answer, ask as askAt, type Json } from '../support/requests.js';

const NO_SUCH_BOOK = { message: 'Book with the specified ID does not exist' };
const ISBN = '978-0-12-415950-1';
const OTHER_ISBN = '978-0-201-63361-0';

describe('administration of books', () => {
  let bookstore: BookstoreInProcess;
  beforeAll(async () => {
    bookstore = await BookstoreInProcess.start({ catalogs: 3, orders: 1, frontEnds: 2 });
  }, 180_000);
  afterAll(() => bookstore.stop(), 60_000);

  const admin = (name?: string): Record<string, string> => ({
    authorization: `Bearer ${ADMIN_TOKEN}`,
    ...(name !== undefined && { 'x-admin-name': encodeURIComponent(name) }),
  });
  const ask = <Body = Json>(
    method: string,
    path: string,
    body?: object,
    headers: Record<string, string> = {},
    frontEnd = 0,
  ): Promise<Answer<Body>> =>
    askAt<Body>(method, `${bookstore.frontEnds[frontEnd]?.address}${path}`, body, headers);
  const edit = (id: number, changes: object, headers = admin()) =>
    ask<BookAnswer>('PATCH', `/books/${id}`, changes, headers);
  /** Through the front-end that nothing is asked of otherwise, so that its caches have to be told. */
  const seen = <Body = Json>(path: string) => ask<Body>('GET', path, undefined, {}, 1);
  const found = async (text: string): Promise<number[]> =>
    (await seen<BookAnswer[]>(`/books?q=${encodeURIComponent(text)}`)).body.map(({ id }) => id);
  const history = (id: number, query = '') =>
    ask<BookChangeAnswer[]>('GET', `/books/${id}/history${query}`, undefined, admin());
  const newBook = async (title: string, more: object = {}): Promise<number> => {
    const book = { title, topic: 'Administration', price: 10, quantity: 5, ...more };
    return (await ask<BookAnswer>('POST', '/books', book, admin())).body.id;
  };

  it('changes author and isbn, found by them at once and by the old ones no more', async () => {
    const id = await newBook('Multiprocessors', { author: 'Nobody', isbn: ISBN });
    expect(await found(ISBN)).toEqual([id]);
    expect(await found('nobody')).toEqual([id]);
    const edited = await edit(id, { author: 'Maurice Herlihy', isbn: OTHER_ISBN });
    expect(edited).toMatchObject({ status: 200, body: { author: 'Maurice Herlihy', isbn: OTHER_ISBN } });
    expect((await seen(`/lookup/${id}`)).body).toMatchObject({ author: 'Maurice Herlihy', isbn: OTHER_ISBN });
    expect(await found(OTHER_ISBN)).toEqual([id]);
    expect(await found(ISBN)).toEqual([]);
    expect(await found('herlihy')).toEqual([id]);
    expect(await found('nobody')).toEqual([]);
    // The number is free again.
    expect(await newBook('Another', { isbn: ISBN })).toBeGreaterThan(id);
    const without = await edit(id, { author: null });
    expect(without.body).not.toHaveProperty('author');
  });

  it('refuses what another book has, and names that one, through the rule of creation', async () => {
    const first = await newBook('First of two', { isbn: '978-0-596-52068-7' });
    const second = await newBook('Second of two', { isbn: '111-B' });
    const refused = await edit(second, { isbn: '0 596 52068 9', price: 12 });
    expect(refused.status).toBe(409);
    expect(refused.body).toMatchObject({ bookId: first, book: { id: first, title: 'First of two' } });
    expect((await seen(`/lookup/${second}`)).body).toMatchObject({ isbn: '111-B', price: 10 });
    const byAda = await newBook('One title', { author: 'Ada' });
    const nobodys = await newBook('One title');
    const same = await edit(nobodys, { author: 'ADA' });
    expect(same).toMatchObject({ status: 409, body: { bookId: byAda } });
    // A title alone is changed as it always was: the book keeps the key that it has.
    expect(await edit(nobodys, { title: 'Another title' })).toMatchObject({ status: 200 });
  });

  it('gives a number to one of those who want it at the same moment', async () => {
    const ids = [await newBook('Rival 1'), await newBook('Rival 2'), await newBook('Rival 3')];
    const answers = await Promise.all(
      ids.map((id, place) => ask('PATCH', `/books/${id}`, { isbn: '222-A' }, admin(), place % 2)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
  });

  it('does what a key stands for once', async () => {
    const id = await newBook('Once', { isbn: '333-A' });
    const headers = { ...admin(), 'idempotency-key': randomUUID() };
    const first = await edit(id, { isbn: '333-B' }, headers);
    const again = await edit(id, { isbn: '333-B' }, headers);
    expect(again).toMatchObject({ status: 200, body: first.body });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(await edit(id, { isbn: '333-C' }, headers)).toMatchObject({ status: 422 });
  });

  it('hides a book from all but administration, which brings it back', async () => {
    const id = await newBook('Withdrawn', { topic: 'Withdrawals' });
    const warm = ['/topics', '/search/withdrawals', '/books?q=withdrawn', `/lookup/${id}`];
    for (const path of warm) await seen(path);
    const hidden = await edit(id, { hidden: true }, admin('Ada'));
    expect(hidden).toMatchObject({ status: 200, body: { id, hidden: true } });

    expect(await seen(`/lookup/${id}`)).toMatchObject({ status: 404, body: NO_SUCH_BOOK });
    expect(await ask('PUT', `/buy/${id}`)).toMatchObject({ status: 404, body: NO_SUCH_BOOK });
    const key = { 'idempotency-key': randomUUID() };
    const items = { items: [{ bookId: id, quantity: 1 }], ttlSeconds: 60 };
    const refused = await ask('POST', '/holds', items, key);
    expect(refused).toMatchObject({ status: 404, body: NO_SUCH_BOOK });
    expect((await seen<Json[]>('/search/withdrawals')).body).toEqual([]);
    expect(await found('withdrawn')).toEqual([]);
    expect((await seen<Json[]>('/topics')).body.map(({ topic }) => topic)).not.toContain('Withdrawals');

    const asAdmin = await ask('GET', `/books/${id}`, undefined, admin());
    expect(asAdmin.body).toMatchObject({ id, title: 'Withdrawn', hidden: true });
    const list = await ask<BookAnswer[]>('GET', '/books/hidden?q=withDRAW', undefined, admin());
    expect(list.body).toMatchObject([{ id, hidden: true }]);
    expect((await ask('GET', '/books/hidden')).status).toBe(401);

    expect((await edit(id, { hidden: false })).body).not.toHaveProperty('hidden');
    expect(await seen(`/lookup/${id}`)).toMatchObject({ status: 200, body: { title: 'Withdrawn' } });
    expect((await seen<Json[]>('/search/withdrawals')).body).toHaveLength(1);
    expect(await found('withdrawn')).toEqual([id]);
    expect((await seen<Json[]>('/topics')).body.map(({ topic }) => topic)).toContain('Withdrawals');
    expect(await ask('PUT', `/buy/${id}`)).toMatchObject({ body: { success: true } });
  });

  it('lets what was held of a book be paid for after it was hidden, and keeps its orders', async () => {
    const id = await newBook('Held and hidden');
    const hold = async (): Promise<string> => {
      const items = { items: [{ bookId: id, quantity: 1 }], ttlSeconds: 60 };
      const held = await ask<HoldAnswer>('POST', '/holds', items, { 'idempotency-key': randomUUID() });
      return held.body.holdId;
    };
    const [confirmed, released] = [await hold(), await hold()];
    await edit(id, { hidden: true });
    const order = await ask('POST', `/holds/${confirmed}/confirm`);
    expect(order).toMatchObject({ status: 200, body: { title: 'Held and hidden', state: 'sold' } });
    expect(await ask('DELETE', `/holds/${released}`)).toMatchObject({ status: 200 });
    const { orderId } = order.body;
    expect(await ask('GET', `/orders/${String(orderId)}`)).toMatchObject({ status: 200 });
    const orders = await ask<Json[]>('GET', `/orders?bookId=${id}`, undefined, admin());
    expect(orders.body).toHaveLength(1);
    const cancelled = await ask('POST', `/orders/${String(orderId)}/cancel`, {}, admin('Grace'));
    expect(cancelled.body).toMatchObject({ state: 'cancelled' });
    const copies = await ask('GET', `/books/${id}`, undefined, admin());
    expect(copies.body).toMatchObject({ quantity: 5 });
    expect((await history(id)).body[0]).toMatchObject({ kind: 'cancelled', by: 'Grace', copies: 1, orderId });
  });

  it('tells who changed what, the newest first, in pages', async () => {
    const { body: created } = await ask<BookAnswer>(
      'POST',
      '/books',
      { title: 'With a past', topic: 'History', price: 10, quantity: 5 },
      admin('Žofie  Nováková'),
    );
    const { id } = created;
    await edit(id, { price: 12.5, author: 'Herodotus' }, admin('Ada'));
    await ask('PUT', `/buy/${id}`);
    await ask('POST', `/books/${id}/restock`, { copies: 3 }, admin('Grace'));
    await edit(id, { hidden: true, author: null });
    const { body } = await history(id);
    const at = expect.stringMatching(/^\d{4}-/) as unknown as string;
    expect(body).toEqual([
      {
        kind: 'edited',
        sequenceNumber: 4,
        by: null,
        at,
        fields: [
          { field: 'author', from: 'Herodotus', to: null },
          { field: 'hidden', from: false, to: true },
        ],
      },
      { kind: 'restocked', sequenceNumber: 3, by: 'Grace', at, fields: [], copies: 3 },
      {
        kind: 'edited',
        sequenceNumber: 1,
        by: 'Ada',
        at,
        fields: [
          { field: 'author', from: null, to: 'Herodotus' },
          { field: 'price', from: 10, to: 12.5 },
        ],
      },
      { kind: 'created', sequenceNumber: 0, by: 'Žofie Nováková', at, fields: [] },
    ]);
    const first = await history(id, '?limit=3');
    expect(first.body).toEqual(body.slice(0, 3));
    const next = /<([^>]+)>/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
    expect((await ask('GET', next, undefined, admin())).body).toEqual(body.slice(3));
    expect((await history(99_999)).status).toBe(404);
    expect((await ask('GET', `/books/${id}/history`)).status).toBe(401);
    expect((await history(id, '?cursor=x')).status).toBe(422);
  });

  it.each(['%', '%00', 'a'.repeat(61), '%20'])('takes no name like %j', async (name) => {
    const headers = { ...admin(), 'x-admin-name': name };
    const refused = await ask('POST', '/books/1/restock', { copies: 1 }, headers);
    expect(refused).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining('X-Admin-Name') },
    });
  });
});
