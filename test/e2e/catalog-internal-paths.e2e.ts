import { type Operation } from '../../src/core/replication/types.js';
import { kindOf, loneCatalog, sale } from './catalog-harness.js';

describe('what other servers ask one catalog', () => {
  const catalog = loneCatalog();

  describe('POST /operations', () => {
    it('answers in the order asked', async () => {
      const id = await catalog().create('Batch', 'operations', 3);
      const results = await catalog().operations(
        { bookId: id, operation: sale('batch:1', 2) },
        { bookId: 80_000, operation: sale('batch:2') },
        { bookId: id, operation: sale('batch:3', 2) },
        { bookId: id, operation: { kind: 'restock', operationId: 'batch:4', copies: 4 } },
        { bookId: id, operation: { ...sale('batch:5'), expectedPriceCents: 1 } as Operation },
      );
      expect(results.map(kindOf)).toEqual([
        'sold',
        'no such book',
        'out of stock',
        'restocked',
        'price changed',
      ]);
      expect((await catalog().get(`/query/item/${id}`)).body).toMatchObject({ quantity: 5 });
    });

    it('applies an operation once, however often it comes', async () => {
      const id = await catalog().create('Once', 'operations', 9);
      const results = await Promise.all(Array.from({ length: 10 }, () => catalog().submit(id, sale('once'))));
      const orders = results.map((result) =>
        result.kind === 'decided' && result.outcome.kind === 'sold' ? result.outcome.orderId : kindOf(result),
      );
      expect(new Set(orders).size).toBe(1);
      expect((await catalog().get(`/query/item/${id}`)).body).toMatchObject({ quantity: 8 });
    });

    it('refuses an id that stands for another operation or book', async () => {
      const id = await catalog().create('Reuse', 'operations', 9);
      await catalog().submit(id, sale('reuse'));
      expect(kindOf(await catalog().submit(id, sale('reuse', 2)))).toBe('operation id reused');
      expect(kindOf(await catalog().submit(1, sale('reuse')))).toBe('operation id reused');
    });

    it('does not create a book twice', async () => {
      const book = { title: 'Twin', topic: 't', quantity: 1, priceCents: 1, isbn: null, author: 'A' };
      const results = await catalog().operations(
        { bookId: 0, operation: { kind: 'create', operationId: 'twin:1', book } },
        { bookId: 0, operation: { kind: 'create', operationId: 'twin:2', book } },
      );
      expect(results.map(kindOf)).toEqual(['created', 'exists']);
    });

    it.each([
      [{}, 'operations must be a list of at most 256'],
      [{ operations: [{ bookId: 1, operation: { kind: 'gift', operationId: 'g' } }] }, /kind must be/],
      [{ operations: [{ bookId: 0, operation: sale('record-0') }] }, /bookId must be/],
    ])('refuses %j', async (body, message) => {
      const answer = await catalog().call('POST', '/operations', body);
      expect(answer.status).toBe(422);
      expect(answer.body.message).toMatch(message);
    });

    it('sells exactly the stock to 50 buyers at once', async () => {
      const id = await catalog().create('Last copies', 'operations', 20);
      const results = await Promise.all(
        Array.from({ length: 50 }, (_, buyer) => catalog().submit(id, sale(`rush:${buyer}`))),
      );
      const kinds = results.map(kindOf);
      expect(kinds.filter((kind) => kind === 'sold')).toHaveLength(20);
      expect(kinds.filter((kind) => kind === 'out of stock')).toHaveLength(30);
      expect((await catalog().get(`/query/item/${id}`)).body).toMatchObject({ quantity: 0 });
      const orders = (await catalog().get(`/orders?bookId=${id}`)).body.orders as unknown[];
      expect(orders).toHaveLength(20);
    });
  });
});
