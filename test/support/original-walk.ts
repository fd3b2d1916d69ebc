import { ADMIN_TOKEN } from './layout.js';

/** The original's walk, as tests: through two front-ends of a bookstore that has sold nothing yet. `addressOf` is asked when they run. */
export function walkThrough(addressOf: (frontEnd: number) => string): void {
  const at = (frontEnd: number, path: string, init?: RequestInit): Promise<Response> =>
    fetch(`${addressOf(frontEnd)}${path}`, init);
  const json = async (response: Promise<Response>): Promise<[number, unknown]> => {
    const { status, ...answer } = await response.then(async (r) => ({
      status: r.status,
      body: await r.text(),
    }));
    return [status, answer.body === '' ? undefined : JSON.parse(answer.body)];
  };

  it('searches, looks up, and buys until the book is out of stock, seen at once in both', async () => {
    await expect(json(at(0, '/search/distributed'))).resolves.toEqual([
      200,
      [
        { id: 1, title: 'How to get a good grade in DOS in 20 minutes a day', topic: 'Distributed Systems' },
        { id: 2, title: 'RPCs for Dummies', topic: 'Distributed Systems' },
      ],
    ]);
    const all = await json(at(1, '/search/t'));
    expect((all[1] as { id: number }[]).map(({ id }) => id)).toEqual([1, 2, 3, 4, 5, 6]);
    for (let left = 5; left > 0; left--) {
      for (const frontEnd of [0, 1]) {
        const [status, book] = await json(at(frontEnd, '/lookup/2/'));
        expect([status, book]).toMatchObject([200, { id: 2, quantity: left, price: 50 }]);
      }
      const [status, bought] = await json(at(left % 2, '/buy/2', { method: 'PUT' }));
      expect([status, bought]).toMatchObject([
        200,
        { success: true, message: 'Book with the specified ID purchased', orderId: expect.any(String) },
      ]);
    }
    for (const frontEnd of [0, 1]) {
      await expect(json(at(frontEnd, '/buy/2', { method: 'PUT' }))).resolves.toEqual([
        200,
        { success: false, message: 'Book with the specified ID is out of stock' },
      ]);
      await expect(json(at(frontEnd, '/lookup/02'))).resolves.toMatchObject([200, { quantity: 0 }]);
    }
  });

  it.each([
    ['test', 422, 'Book ID must be a number'],
    ['80', 404, 'Book with the specified ID does not exist'],
  ])('looks up and buys %s in vain', async (id, status, message) => {
    for (const frontEnd of [0, 1]) {
      await expect(json(at(frontEnd, `/lookup/${id}`))).resolves.toEqual([status, { message }]);
      await expect(json(at(frontEnd, `/buy/${id}`, { method: 'PUT' }))).resolves.toEqual([
        status,
        { message },
      ]);
    }
  });

  it('sells once for a key, through whichever front-end, and shows the order', async () => {
    const order = (frontEnd: number, body: object) =>
      json(
        at(frontEnd, '/orders', {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'idempotency-key': 'walk-of-the-original-1' },
          body: JSON.stringify(body),
        }),
      );
    const [status, first] = await order(0, { bookId: 3, quantity: 2, price: 15 });
    expect(status).toBe(201);
    await expect(order(1, { bookId: 3, quantity: 2, price: 15 })).resolves.toEqual([201, first]);
    await expect(order(1, { bookId: 3, quantity: 3, price: 15 })).resolves.toMatchObject([422, {}]);
    await expect(order(1, { bookId: 4, quantity: 2, price: 15 })).resolves.toMatchObject([422, {}]);
    await expect(json(at(1, '/lookup/3'))).resolves.toMatchObject([200, { quantity: 8 }]);
    const { orderId } = first as { orderId: string };
    await expect(json(at(1, `/orders/${orderId}`))).resolves.toMatchObject([200, first as object]);
  });

  it('shows a new book and a new price at once in both front-ends, to those who had asked before', async () => {
    const administer = (frontEnd: number, method: string, path: string, body: object) =>
      json(
        at(frontEnd, path, {
          method,
          headers: { 'content-type': 'application/json', authorization: `Bearer ${ADMIN_TOKEN}` },
          body: JSON.stringify(body),
        }),
      );
    for (const frontEnd of [0, 1]) {
      await expect(json(at(frontEnd, '/lookup/8'))).resolves.toEqual([
        404,
        { message: 'Book with the specified ID does not exist' },
      ]);
      await expect(json(at(frontEnd, '/search/gardens'))).resolves.toEqual([200, []]);
    }
    const book = { title: 'Walled Gardens', topic: 'Gardens', price: 12.5, quantity: 3, author: 'A. Nonym' };
    await expect(administer(0, 'POST', '/books', book)).resolves.toMatchObject([201, { id: 8, ...book }]);
    for (const frontEnd of [0, 1]) {
      await expect(json(at(frontEnd, '/lookup/8'))).resolves.toMatchObject([200, book]);
      await expect(json(at(frontEnd, '/search/gardens'))).resolves.toMatchObject([200, [{ id: 8 }]]);
    }
    await expect(administer(1, 'PATCH', '/books/8', { price: 13, title: 'Gardens' })).resolves.toMatchObject([
      200,
      {},
    ]);
    for (const frontEnd of [0, 1]) {
      await expect(json(at(frontEnd, '/lookup/8'))).resolves.toMatchObject([200, { price: 13 }]);
      await expect(json(at(frontEnd, '/search/gardens'))).resolves.toMatchObject([
        200,
        [{ title: 'Gardens' }],
      ]);
    }
    await expect(administer(1, 'POST', '/books/8/restock', { copies: 4 })).resolves.toMatchObject([
      200,
      { quantity: 7 },
    ]);
    await expect(
      administer(0, 'POST', '/books', { ...book, title: ' walled  GARDENS ' }),
    ).resolves.toMatchObject([409, { bookId: 8 }]);
  });
}
