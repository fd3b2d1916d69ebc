import { request } from 'node:http';
import { ADMIN_TOKEN, FrontEndBeforeFakes } from './frontend-fakes.js';

const NOT_A_NUMBER = { status: 422, body: { message: 'Book ID must be a number' } };
const NO_SUCH_BOOK = { status: 404, body: { message: 'Book with the specified ID does not exist' } };
const KEY = { 'idempotency-key': 'key-of-inputs-e2e' };
const ADMIN = { authorization: `Bearer ${ADMIN_TOKEN}` };
const BOOK = { title: 'T', topic: 'S', price: 1, quantity: 1 };

describe('bad input', () => {
  let shop: FrontEndBeforeFakes;
  beforeAll(async () => {
    shop = await FrontEndBeforeFakes.start();
  });
  afterAll(() => shop.stop());

  /** Whatever was sent, nobody was asked to change anything. */
  afterEach(() => {
    expect(shop.orderServer.sales).toEqual([]);
    expect(shop.catalog.count(/operations/)).toBe(0);
  });

  it.each([
    ['test', NOT_A_NUMBER],
    ['1.5', NOT_A_NUMBER],
    ['-1', NOT_A_NUMBER],
    ['+1', NOT_A_NUMBER],
    ['1e3', NOT_A_NUMBER],
    ['0x1', NOT_A_NUMBER],
    ['0b1', NOT_A_NUMBER],
    ['1e0', NOT_A_NUMBER],
    ['%201', NOT_A_NUMBER],
    ['1%0a', NOT_A_NUMBER],
    ['%20', NOT_A_NUMBER],
    ['1%002', NOT_A_NUMBER],
    ['%D9%A1', NOT_A_NUMBER],
    ['null', NOT_A_NUMBER],
    ['12345678901234567890', NO_SUCH_BOOK],
    ['9'.repeat(300), NO_SUCH_BOOK],
    ['0', NO_SUCH_BOOK],
    ['00', NO_SUCH_BOOK],
  ])('as an id: %s', async (id, answer) => {
    expect(await shop.get(`/lookup/${id}`)).toEqual(answer);
    expect(await shop.get(`/lookup/${id}/`)).toEqual(answer);
    expect(await shop.send('PUT', `/buy/${id}`)).toEqual(answer);
    expect(await shop.send('PATCH', `/books/${id}`, { price: 1 }, ADMIN)).toEqual(answer);
    expect(await shop.send('POST', `/books/${id}/restock`, { copies: 1 }, ADMIN)).toEqual(answer);
    // No catalog is asked for what no book can have.
    expect(shop.lookups).toBe(0);
  });

  it.each([
    ['%', 200],
    ['_', 200],
    ['a/b', 200],
    [`'"\\;--`, 200],
    ['😀', 200],
    ['x'.repeat(200), 200],
    ['x'.repeat(201), 422],
    ['😀'.repeat(101), 422],
    // 100 that are 300 when folded.
    ['\ufb03'.repeat(100), 422],
    ['x'.repeat(10_000), 422],
  ])('as a topic: %s', async (topic, status) => {
    const answer = await shop.get(`/search/${encodeURIComponent(topic)}`);
    expect(answer.status).toBe(status);
    if (status !== 200) expect(answer.body).toMatchObject({ message: expect.stringContaining('200') });
  });

  it('passes the plain characters of a topic on as they are', async () => {
    shop.catalog.requests.length = 0;
    await shop.get(`/search/${encodeURIComponent(`50%_/\\'" é😀\u00a0`)}`);
    const [{ url } = { url: '' }] = shop.catalog.requests;
    expect(decodeURIComponent(new URL(url, 'http://x').pathname)).toBe(`/query/topic/50%_/\\'" e😀`);
  });

  it.each(['/lookup/%', '/search/%E0%A4%A', '/search/%ff'])('as a path: %s', async (path) => {
    const { status, body } = await rawGet(shop.address, path);
    expect(status).toBe(400);
    expect(body).toMatchObject({ message: expect.any(String) });
  });

  it('as a path that is far too long', async () => {
    const { status } = await rawGet(shop.address, `/search/${'%F0%9F%98%80'.repeat(10_000)}`);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
  });

  it.each([
    'limit=0',
    'limit=-1',
    'limit=1.5',
    'limit=x',
    'limit=',
    'limit=1001',
    'limit=0x10',
    'limit=1e1',
    'limit=1&limit=2',
    'cursor=',
    'cursor=%00',
    'cursor=a%20b',
    'page=2',
  ])('as a query of a search: %s', async (query) => {
    const { status, body } = await shop.get(`/search/x?${query}`);
    expect(status).toBe(422);
    expect(body).toMatchObject({ message: expect.stringContaining(query.split('=')[0] ?? '') });
  });

  it.each(['0', '-1', '1.5', 'x', '', '1e1', '9999999999', '1&quantity=1', '2&colour=red'])(
    'as a quantity to buy: %j',
    async (quantity) => {
      const { status, body } = await shop.send('PUT', `/buy/2?quantity=${quantity}`);
      expect(status).toBe(422);
      expect(body).toMatchObject({ message: expect.any(String), fields: expect.any(Array) });
    },
  );

  it.each(['a b', 'a blank in a key', 'ü'.repeat(20), 'x'.repeat(15), 'x'.repeat(256), ''])(
    'as a key: %j',
    async (key) => {
      const headers = { 'idempotency-key': key };
      for (const answer of [
        await shop.send('PUT', '/buy/2', undefined, headers),
        await shop.send('POST', '/orders', { bookId: 2, quantity: 1 }, headers),
      ]) {
        expect(answer.status).toBe(400);
        expect(answer.body).toMatchObject({ message: expect.stringContaining('Idempotency-Key') });
      }
    },
  );

  it('as an order without a key', async () => {
    expect(await shop.send('POST', '/orders', { bookId: 2, quantity: 1 })).toEqual({
      status: 400,
      body: { message: expect.stringContaining('Idempotency-Key') },
    });
  });

  it.each<[string, unknown]>([
    ['bookId', { quantity: 1 }],
    ['bookId', { bookId: '2', quantity: 1 }],
    ['bookId', { bookId: 1.5, quantity: 1 }],
    ['bookId', { bookId: -1, quantity: 1 }],
    ['bookId', { bookId: 0, quantity: 1 }],
    ['bookId', { bookId: null, quantity: 1 }],
    ['bookId', { bookId: [2], quantity: 1 }],
    ['quantity', { bookId: 2 }],
    ['quantity', { bookId: 2, quantity: 0 }],
    ['quantity', { bookId: 2, quantity: -1 }],
    ['quantity', { bookId: 2, quantity: 1.5 }],
    ['quantity', { bookId: 2, quantity: 1e10 }],
    ['quantity', { bookId: 2, quantity: '1' }],
    ['price', { bookId: 2, quantity: 1, price: -1 }],
    ['price', { bookId: 2, quantity: 1, price: 1.001 }],
    ['price', { bookId: 2, quantity: 1, price: 1e300 }],
    ['price', { bookId: 2, quantity: 1, price: null }],
    ['price', { bookId: 2, quantity: 1, price: '50' }],
    ['colour', { bookId: 2, quantity: 1, colour: 'red' }],
    ['__proto__', '{"bookId":2,"quantity":1,"__proto__":{"x":1}}'],
    ['', []],
    ['', 'null'],
    ['', '"text"'],
    ['', '7'],
    ['', undefined],
  ])('as an order: wrong %s in %j', async (field, body) => {
    const { status, body: answer } = await shop.send('POST', '/orders', body, KEY);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(answer).toMatchObject({ message: expect.any(String) });
    // Fastify itself refuses a body that would change a prototype.
    if (field !== '' && field !== '__proto__')
      expect([status, (answer as { fields: string[] }).fields]).toEqual([422, [field]]);
  });

  it('as the id of an order for a book that cannot be', async () => {
    expect(await shop.send('POST', '/orders', { bookId: 1e20, quantity: 1 }, KEY)).toEqual(NO_SUCH_BOOK);
  });

  it.each<[string, string, object, number]>([
    ['that is no JSON', '{"bookId":', {}, 400],
    ['that is empty', '', {}, 422],
    ['of 2 MB', JSON.stringify({ bookId: 2, quantity: 1, colour: 'x'.repeat(2_000_000) }), {}, 413],
    ['of another type', 'bookId=2', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['of CSV', 'title\n', { 'content-type': 'text/csv' }, 415],
  ])('as a body %s', async (_, body, headers, status) => {
    const paths: [string, string][] = [
      ['POST', '/orders'],
      ['POST', '/books'],
      ['PATCH', '/books/2'],
      ['POST', '/books/2/restock'],
    ];
    for (const [method, path] of paths) {
      const answer = await shop.send(method, path, body, { ...KEY, ...ADMIN, ...headers });
      expect([method, path, answer.status]).toEqual([method, path, status]);
      expect(answer.body).toMatchObject({ message: expect.any(String) });
    }
  });

  it.each<[string, string, object, string[]]>([
    ['POST', '/books', { ...BOOK, title: '' }, ['title']],
    ['POST', '/books', { ...BOOK, title: ' \n' }, ['title']],
    ['POST', '/books', { ...BOOK, topic: 'x'.repeat(501) }, ['topic']],
    ['POST', '/books', { ...BOOK, price: -1, quantity: 1.5 }, ['price', 'quantity']],
    ['POST', '/books', { ...BOOK, price: '1' }, ['price']],
    ['POST', '/books', { ...BOOK, id: 7 }, ['id']],
    ['POST', '/books', { ...BOOK, isbn: 7 }, ['isbn']],
    ['PATCH', '/books/2', { price: 1.234 }, ['price']],
    ['PATCH', '/books/2', { quantity: -5 }, ['quantity']],
    ['PATCH', '/books/2', { isbn: '9/1' }, ['isbn']],
    ['PATCH', '/books/2', { shelf: '1' }, ['shelf']],
    ['PATCH', '/books/2', { title: null }, ['title']],
    ['PATCH', '/books/2', { title: 'x', sequenceNumber: -1 }, ['sequenceNumber']],
    ['POST', '/books/2/restock', { copies: 0 }, ['copies']],
    ['POST', '/books/2/restock', {}, ['copies']],
    ['POST', '/books/2/restock', { copies: 1, quantity: 1 }, ['quantity']],
  ])('as administration: %s %s %j', async (method, path, body, fields) => {
    const answer = await shop.send(method, path, body, ADMIN);
    expect(answer).toMatchObject({ status: 422, body: { message: expect.any(String), fields } });
  });

  it('as an edit of nothing', async () => {
    for (const body of [{}, { sequenceNumber: 3 }]) {
      expect((await shop.send('PATCH', '/books/2', body, ADMIN)).status).toBe(422);
    }
  });

  it.each([
    ['GET', '/orders'],
    ['POST', '/books'],
    ['PATCH', '/books/2'],
    ['POST', '/books/2/restock'],
    ['POST', '/books/import'],
  ])('as a token for %s %s', async (method, path) => {
    for (const authorization of [
      undefined,
      'Bearer',
      'Bearer wrong',
      `Basic ${ADMIN_TOKEN}`,
      `Bearer ${ADMIN_TOKEN}x`,
    ]) {
      const { status, body } = await shop.send(
        method,
        path,
        undefined,
        authorization === undefined ? {} : { authorization },
      );
      expect([authorization, status]).toEqual([authorization, 401]);
      expect(body).toEqual({ message: expect.any(String) });
    }
  });

  it.each([
    ['GET', '/nothing', 404],
    ['GET', '/lookup', 404],
    ['GET', '/search', 404],
    ['DELETE', '/lookup/2', 405],
    ['GET', '/buy/2', 405],
    ['PUT', '/orders', 405],
    ['GET', '/books/2/restock', 405],
  ])('as a path: %s %s', async (method, path, status) => {
    const answer = await shop.send(method, path);
    expect(answer).toMatchObject({ status, body: { message: expect.any(String) } });
  });

  it.each(['/search/x', '/books/low-stock', '/orders'])(
    'as the cursor of %s: no catalog is blamed',
    async (path) => {
      const before = shop.catalog.requests.length;
      for (let time = 0; time < 40; time += 1) {
        expect(await shop.send('GET', `${path}?cursor=zzz`, undefined, ADMIN)).toEqual({
          status: 422,
          body: { message: 'cursor is not one of this server', fields: ['cursor'] },
        });
      }
      // Each was asked once, and the catalog serves others.
      expect(shop.catalog.requests.length - before).toBe(40);
      expect(await shop.get('/search/cursor')).toMatchObject({ status: 200 });
    },
  );

  it('as orders to show', async () => {
    const noSuchBook = await shop.send('GET', `/orders?bookId=${'9'.repeat(20)}`, undefined, ADMIN);
    expect(noSuchBook).toEqual(NO_SUCH_BOOK);
    for (const query of ['limit=0', 'cursor=%00', 'bookId=x', 'colour=red']) {
      expect((await shop.send('GET', `/orders?${query}`, undefined, ADMIN)).status).toBe(422);
    }
    for (const id of ['x'.repeat(65), 'a%20b', '..%2F..']) {
      expect(await shop.get(`/orders/${id}`)).toMatchObject({ status: 404 });
    }
  });
});

describe('administration without a token', () => {
  it('is off', async () => {
    const shop = await FrontEndBeforeFakes.start({}, { ADMIN_TOKEN: '' });
    for (const [method, path] of [
      ['GET', '/orders'],
      ['POST', '/books'],
      ['POST', '/books/import'],
    ] as const) {
      expect(await shop.send(method, path, undefined, ADMIN)).toMatchObject({
        status: 404,
        body: { message: expect.stringContaining('ADMIN_TOKEN') },
      });
    }
    await shop.stop();
  });
});

/** Sends a path as it is: fetch would mend or refuse it. */
function rawGet(address: string, path: string): Promise<{ status: number; body: unknown }> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(address);
    request({ hostname, port, path, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, body: text === '' ? undefined : JSON.parse(text) });
      });
    })
      .on('error', reject)
      .end();
  });
}
