import { KEY_REFUSALS } from '../../src/contract/idempotency-key.js';
import { ENGINES, kindOf, loneCatalog, sale } from './catalog-harness.js';

describe.each(ENGINES)('the paths of one catalog, on %s', (engine) => {
  const catalog = loneCatalog(engine);

  describe('GET', () => {
    it('gives the seven books of the start', async () => {
      const { body } = await catalog().get('/dump');
      const rows = (body as { id: number; topic: string; quantity: number; price: number }[])
        .slice(0, 7)
        .map(({ id, topic, quantity, price }) => [id, topic, quantity, price]);
      expect(rows).toEqual([
        [1, 'Distributed Systems', 10, 25],
        [2, 'Distributed Systems', 5, 50],
        [3, 'Graduate School', 10, 15],
        [4, 'Graduate School', 25, 10],
        [5, 'University Problems', 25, 10],
        [6, 'University Problems', 25, 10],
        [7, 'Developer Life', 25, 10],
      ]);
      expect(body[1]).toEqual({
        id: 2,
        sequenceNumber: 0,
        quantity: 5,
        title: 'RPCs for Dummies',
        topic: 'Distributed Systems',
        price: 50,
        valid: true,
      });
    });

    it.each([
      ['/query/item/80', 404, { message: 'Not found' }],
      ['/query/item/0', 404, { message: 'Not found' }],
      ['/query/item/12345678901234567890', 404, { message: 'Not found' }],
      ['/query/item/test', 422, { message: 'Book ID must be a number' }],
      ['/query/item/1.5', 422, { message: 'Book ID must be a number' }],
      ['/query/item/-1', 422, { message: 'Book ID must be a number' }],
      ['/query/foo/1', 404, { message: 'Invalid query method', supportedQueryMethods: ['item', 'topic'] }],
      ['/query/foo/1/2', 404, { message: 'Invalid query method', supportedQueryMethods: ['item', 'topic'] }],
      ['/query/item', 404, { message: 'There is nothing at this path' }],
      ['/status/0x2', 422, { message: 'Book ID must be a number' }],
      ['/status/1234567890123456', 404, { message: 'Not found' }],
      ['/status/test', 422, { message: 'Book ID must be a number' }],
      ['/dump?limit=0', 422, { message: 'limit must not be less than 1', fields: ['limit'] }],
      ['/dump?limit=1001', 422, { message: 'limit must not be greater than 1000', fields: ['limit'] }],
      ['/dump?limit=x', 422, { message: expect.stringContaining('limit'), fields: ['limit'] }],
      ['/dump?cursor=x', 422, { message: 'cursor is not one of this server', fields: ['cursor'] }],
      [`/query/topic/${'x'.repeat(201)}`, 422, { message: 'The text may have at most 200 characters' }],
      [`/query/topic/${'x'.repeat(10_000)}`, 422, { message: 'The text may have at most 200 characters' }],
    ])('%.40s answers %i', async (path, status, body) => {
      expect(await catalog().get(path)).toMatchObject({ status, body });
    });

    it.each(['/query/item/2', '/query/item/2/', '/query/item/02'])('%s is book 2', async (path) => {
      const answer = await catalog().get(path);
      expect(answer.status).toBe(200);
      expect(answer.body).toMatchObject({ id: 2, title: 'RPCs for Dummies', price: 50 });
    });

    it('shows isbn and author of a book that has them', async () => {
      const book = {
        title: 'Known',
        topic: 'Shown',
        quantity: 0,
        priceCents: 2801,
        isbn: '9780124159501',
        author: 'M. Herlihy',
      };
      const created = await catalog().submit(0, { kind: 'create', operationId: 'create:known', book });
      if (created.kind !== 'decided' || created.outcome.kind !== 'created') throw new Error(kindOf(created));
      expect((await catalog().get(`/query/item/${created.outcome.bookId}`)).body).toEqual({
        id: created.outcome.bookId,
        title: 'Known',
        topic: 'Shown',
        quantity: 0,
        price: 28.01,
        sequenceNumber: 0,
        isbn: '9780124159501',
        author: 'M. Herlihy',
      });
    });

    it.each(['%', '_', "'", '"', '\\', '/', '#', '?', '📚', '%25', 'ß'])(
      'takes %j in a topic as itself',
      async (mark) => {
        const id = await catalog().create(`About ${mark}`, `weird ${mark} topic`);
        const { status, body } = await catalog().get(`/query/topic/${encodeURIComponent(`WEIRD ${mark} `)}`);
        expect(status).toBe(200);
        expect(body).toEqual([{ id, title: `About ${mark}`, topic: `weird ${mark} topic` }]);
      },
    );

    it('gives searches and dumps in pages', async () => {
      for (let number = 1; number <= 5; number++) await catalog().create(`Paged ${number}`, 'paged/topic');
      const titles: string[] = [];
      let path = `/query/topic/${encodeURIComponent('paged/')}?limit=2`;
      let pages = 0;
      for (;;) {
        const answer = await catalog().get(path);
        titles.push(...(answer.body as { title: string }[]).map(({ title }) => title));
        pages++;
        const next = /^<(.+)>; rel="next"$/.exec(answer.headers.get('link') ?? '')?.[1];
        if (next === undefined) break;
        path = next;
      }
      expect(pages).toBe(3);
      expect(titles).toEqual(['Paged 1', 'Paged 2', 'Paged 3', 'Paged 4', 'Paged 5']);
      const dump = await catalog().get('/dump/?limit=3&cursor=2');
      expect((dump.body as { id: number }[]).map(({ id }) => id)).toEqual([3, 4, 5]);
      expect(dump.headers.get('link')).toBe('</dump?limit=3&cursor=5>; rel="next"');
    });

    it('tells its status', async () => {
      expect((await catalog().get('/status')).body).toMatchObject({ ready: true, startNumber: 1, peers: [] });
      expect((await catalog().get('/status/1')).body).toMatchObject({ marked: true, pendingNumber: null });
      expect((await catalog().get('/status/0')).body).toMatchObject({ pendingNumber: null });
    });

    it('gives figures to Prometheus', async () => {
      await catalog().submit(3, sale('metrics'));
      const { body } = await catalog().get('/metrics');
      expect(body).toMatch(/^bazar_replica_ready\{.*\} 1$/m);
      expect(body).toMatch(/^bazar_catalog_operations_total\{.*result="sold".*\} [1-9]/m);
    });
  });

  describe('the cluster secret', () => {
    it.each([
      ['GET', '/query/item/1'],
      ['GET', '/query/topic/x'],
      ['GET', '/query/foo/x'],
      ['PUT', '/update/1'],
      ['GET', '/dump'],
      ['GET', '/status'],
      ['GET', '/status/1'],
    ])('%s %s needs it', async (method, path) => {
      for (const authorization of ['', 'Bearer wrong', 'Basic x']) {
        const body = method === 'GET' || method === 'DELETE' ? undefined : {};
        const answer = await catalog().call(method, path, body, { authorization });
        expect(answer.status).toBe(401);
        expect(answer.body).toEqual({ message: 'The cluster secret is missing or wrong' });
      }
    });
  });

  describe('PUT /update', () => {
    it('sets what is given and leaves the rest', async () => {
      const { sequenceNumber } = (await catalog().get('/query/item/4')).body as { sequenceNumber: number };
      const answer = await catalog().put('/update/4', { price: 28.01, quantity: 0 });
      expect(answer).toMatchObject({
        status: 200,
        body: {
          title: 'Cooking for the Impatient Graduate Student',
          topic: 'Graduate School',
          quantity: 0,
          price: 28.01,
          sequenceNumber: sequenceNumber + 1,
        },
      });
      expect((await catalog().get('/query/item/4')).body).toMatchObject({ price: 28.01, quantity: 0 });
    });

    it('moves a book to another topic', async () => {
      const id = await catalog().create('Mover', 'before the move');
      await catalog().put(`/update/${id}`, { title: 'Moved', topic: 'behind the move' });
      expect((await catalog().get('/query/topic/before%20the%20move')).body).toEqual([]);
      expect((await catalog().get('/query/topic/behind%20the%20move')).body).toEqual([
        { id, title: 'Moved', topic: 'behind the move' },
      ]);
    });

    it('holds only at the sequence number given, and shows the newer book when it does not', async () => {
      const id = await catalog().create('Contested', 'updates', 3);
      expect((await catalog().put(`/update/${id}`, { quantity: 7, sequenceNumber: 0 })).status).toBe(200);
      const late = await catalog().put(`/update/${id}`, { quantity: 9, sequenceNumber: 0 });
      expect(late.status).toBe(409);
      expect(late.body).toMatchObject({
        message: 'Update could not be processed because the item is not up to date',
        book: { id, title: 'Contested', topic: 'updates', quantity: 7, price: 10 },
      });
      const { sequenceNumber } = late.body.book as { sequenceNumber: number };
      expect((await catalog().put(`/update/${id}`, { quantity: 9, sequenceNumber })).status).toBe(200);
    });

    it('updates once under one key', async () => {
      const id = await catalog().create('Keyed', 'updates');
      const key = { 'idempotency-key': 'a-key-that-updates-once' };
      const first = await catalog().put(`/update/${id}`, { quantity: 5 }, key);
      const again = await catalog().put(`/update/${id}`, { quantity: 5 }, key);
      const other = await catalog().put(`/update/${id}`, { quantity: 6 }, key);
      expect(again).toMatchObject({ status: 200, body: first.body });
      expect(other).toMatchObject({ status: 422, body: { message: KEY_REFUSALS['key reused'][1] } });
      expect((await catalog().get(`/query/item/${id}`)).body).toMatchObject({
        quantity: 5,
        sequenceNumber: 1,
      });
    });

    it.each<[string, unknown, number, unknown]>([
      ['80', { price: 1 }, 404, { message: 'Not found' }],
      ['0', { price: 1 }, 404, { message: 'Not found' }],
      ['test', { price: 1 }, 422, { message: 'Book ID must be a number' }],
      ['5', {}, 422, { fields: ['price', 'quantity', 'title', 'topic'] }],
      ['5', { sequenceNumber: 1 }, 422, { fields: ['price', 'quantity', 'title', 'topic'] }],
      ['5', { price: -1 }, 422, { fields: ['price'] }],
      ['5', { price: 1.001 }, 422, { fields: ['price'] }],
      ['5', { price: '5' }, 422, { fields: ['price'] }],
      ['5', { price: null }, 422, { fields: ['price'] }],
      ['5', { price: 1e9 }, 422, { fields: ['price'] }],
      ['5', { quantity: 1.5 }, 422, { fields: ['quantity'] }],
      ['5', { quantity: -1 }, 422, { fields: ['quantity'] }],
      ['5', { quantity: 1e300 }, 422, { fields: ['quantity'] }],
      ['5', { quantity: [1] }, 422, { fields: ['quantity'] }],
      ['5', { title: '' }, 422, { fields: ['title'] }],
      ['5', { topic: 'x'.repeat(501) }, 422, { fields: ['topic'] }],
      ['5', { title: 7 }, 422, { fields: ['title'] }],
      ['5', { price: 1, sequenceNumber: -1 }, 422, { fields: ['sequenceNumber'] }],
      ['5', { price: 1, colour: 'red' }, 422, { fields: ['colour'] }],
      ['5', { price: -1, quantity: -1 }, 422, { fields: ['price', 'quantity'] }],
      ['5', '{"price":', 400, { message: 'The body is not valid JSON' }],
      ['5', `{"title":"${'x'.repeat(2_000_000)}"}`, 413, { message: 'The body is too large' }],
    ])('of %s with %.60j answers %i', async (id, body, status, expected) => {
      const before = (await catalog().get('/query/item/5')).body as unknown;
      expect(await catalog().put(`/update/${id}`, body)).toMatchObject({ status, body: expected });
      expect((await catalog().get('/query/item/5')).body).toEqual(before);
    });

    it.each([[[]], [7], ['"text"'], [null]])('refuses %j as a body', async (body) => {
      const { status } = await catalog().put('/update/5', body);
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
    });
  });
});
