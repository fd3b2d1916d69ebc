import { type OrderRecord } from '../../src/contract/holding.js';
import { type Call } from '../../src/contract/call.js';
import {
  findBooksCall,
  lookUpCall,
  lowStockCall,
  orderCall,
  ordersCall,
  type Page,
  topicsCall,
} from '../../src/contract/rpc.js';
import { bookRecordCall, catalogStatusCall, readinessCall } from '../../src/contract/watching.js';
import { type Operation } from '../../src/core/replication/types.js';
import { ENGINES, kindOf, loneCatalog, sale } from './catalog-harness.js';

describe.each(ENGINES)('what other servers ask one catalog, on %s', (engine) => {
  const catalog = loneCatalog(engine);

  describe('to submit', () => {
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

    it('sells exactly the stock to 50 buyers at once', async () => {
      const id = await catalog().create('Last copies', 'operations', 20);
      const results = await Promise.all(
        Array.from({ length: 50 }, (_, buyer) => catalog().submit(id, sale(`rush:${buyer}`))),
      );
      const kinds = results.map(kindOf);
      expect(kinds.filter((kind) => kind === 'sold')).toHaveLength(20);
      expect(kinds.filter((kind) => kind === 'out of stock')).toHaveLength(30);
      expect((await catalog().get(`/query/item/${id}`)).body).toMatchObject({ quantity: 0 });
      const orders = await catalog().ask(ordersCall, {
        limit: 100,
        cursor: null,
        bookId: id,
        reference: null,
      });
      expect(orders.kind === 'page' && orders.items).toHaveLength(20);
    });
  });

  describe('for lists', () => {
    const first = { limit: 1000, cursor: null };

    it.each([
      ['topics', topicsCall, { ...first, cursor: 'x' }],
      ['topics', topicsCall, { ...first, cursor: '1.!' }],
      ['what runs out', lowStockCall, { ...first, cursor: '1' }],
      ['orders', ordersCall, { ...first, bookId: null, cursor: 'x' }],
      ['orders', ordersCall, { ...first, bookId: null, cursor: '1.!' }],
      ['books', findBooksCall, { ...first, text: '', topic: null, sort: 'title', cursor: 'x' }],
    ] as [string, Call<object, { kind: string }>, object][])(
      '%s: knows a strange cursor',
      async (_, call, request) => {
        expect(await catalog().ask(call, request)).toEqual({ kind: 'cursor unknown' });
      },
    );

    it('counts topics, and goes on behind the last of a page', async () => {
      const all = await catalog().ask(topicsCall, first);
      if (all.kind !== 'page') throw new Error(all.kind);
      expect(all.items).toContainEqual({ topic: 'Graduate School', books: 2 });
      const one = await catalog().ask(topicsCall, { limit: 1, cursor: null });
      if (one.kind !== 'page') throw new Error(one.kind);
      const rest = await catalog().ask(topicsCall, { limit: 1000, cursor: one.next });
      expect(rest).toMatchObject({ items: all.items.slice(1), next: null });
    });

    it('lists what runs out, the fewest first', async () => {
      await catalog().create('Rare 1', 'rarities', 0);
      const low = await catalog().ask(lowStockCall, { limit: 1, cursor: null });
      if (low.kind !== 'page') throw new Error(low.kind);
      expect(low.items[0]).toMatchObject({ quantity: 0 });
      const rest = await catalog().ask(lowStockCall, { limit: 100, cursor: low.next });
      if (rest.kind !== 'page') throw new Error(rest.kind);
      const left = rest.items.map(({ quantity }) => quantity);
      expect(left.length).toBeGreaterThan(0);
      expect(left).toEqual([...left].sort((a, b) => a - b));
    });

    it('finds orders by id, and lists them newest first, in pages', async () => {
      const id = await catalog().create('Ordered', 'orders', 9);
      const ids: string[] = [];
      for (let number = 1; number <= 3; number++) {
        const result = await catalog().submit(id, sale(`order:${number}`, number));
        if (result.kind === 'decided' && result.outcome.kind === 'sold') ids.push(result.outcome.orderId);
      }
      const order = {
        orderId: ids[1],
        items: [{ bookId: id, title: 'Ordered', copies: 2, priceCents: 1_000, cancelled: 0 }],
        at: expect.any(Number),
        sequenceNumber: 2,
      };
      expect(await catalog().ask(orderCall, { orderId: ids[1] ?? '' })).toEqual({ kind: 'found', order });
      expect(await catalog().ask(orderCall, { orderId: 'nobody-has-this' })).toEqual({
        kind: 'no such order',
      });
      const listed: string[] = [];
      let cursor: string | null = null;
      do {
        const page: Page<OrderRecord> = await catalog().ask(ordersCall, {
          limit: 2,
          cursor,
          bookId: id,
          reference: null,
        });
        if (page.kind !== 'page') throw new Error(page.kind);
        listed.push(...page.items.map(({ orderId }) => orderId));
        cursor = page.next;
      } while (cursor !== null);
      expect(listed).toEqual([...ids].reverse());
      const newest = await catalog().ask(ordersCall, {
        limit: 1,
        cursor: null,
        bookId: null,
        reference: null,
      });
      expect(newest.kind === 'page' && newest.items).toHaveLength(1);
    });
  });

  describe('to watch it', () => {
    it('tells of itself and of a book what it tells over HTTP', async () => {
      const status = await catalog().ask(catalogStatusCall, {});
      if (status.kind !== 'status') throw new Error(status.reason);
      const { body } = await catalog().get('/status');
      expect(Object.keys(status.status)).toEqual(expect.arrayContaining(Object.keys(body as object)));
      const told = await catalog().ask(bookRecordCall, { bookId: 1 });
      expect(told).toEqual({
        kind: 'record',
        replicaId: status.status.replicaId,
        record: (await catalog().get('/status/1')).body,
      });
    });

    it('counts what it was asked on the line', async () => {
      const total = async () => {
        const status = await catalog().ask(catalogStatusCall, {});
        return status.kind === 'status' ? status.status.answers.total : NaN;
      };
      const before = await total();
      await catalog().ask(lookUpCall, { bookId: 1 });
      expect(await total()).toBe(before + 1);
    });

    it('says whether it is ready', async () => {
      expect(await catalog().ask(readinessCall, {})).toEqual({ state: 'ready' });
    });
  });
});
