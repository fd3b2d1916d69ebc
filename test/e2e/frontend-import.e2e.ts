import { fileURLToPath } from 'node:url';
import { existsSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { BookstoreInProcess } from '../support/in-process.js';
import { ADMIN_TOKEN as CLUSTER_ADMIN_TOKEN } from '../support/layout.js';
import { until } from '../support/until.js';
import { ADMIN_TOKEN, FrontEndBeforeFakes } from './frontend-fakes.js';

const HEADER = 'title,topic,price,quantity\n';
const NOTHING = {
  created: 0,
  unchanged: 0,
  updated: 0,
  differs: [],
  differsCount: 0,
  rejected: [],
  rejectedCount: 0,
};
const UNDERSTOOD = {
  encoding: 'utf-8',
  separator: ',',
  columns: { title: ['title'], topic: ['topic'], price: ['price'], quantity: ['quantity'] },
  leftOut: [],
};
const rows = (count: number, from = 0): string =>
  Array.from({ length: count }, (_, i) => `Book ${from + i},"Topic, the ${i % 3}",12.5,${i}\n`).join('');

describe('an import', () => {
  let shop: FrontEndBeforeFakes;
  beforeEach(async () => {
    shop = await FrontEndBeforeFakes.start();
    shop.catalog.books.clear();
  });
  afterEach(() => shop.stop());

  const upload = (body: string, type = 'text/csv') =>
    shop.send('POST', '/books/import', body, {
      'content-type': type,
      authorization: `Bearer ${ADMIN_TOKEN}`,
    });

  /** An upload whose end the test decides. */
  const open = (type = 'text/csv') => {
    const { hostname, port } = new URL(shop.address);
    const sending = request({
      hostname,
      port,
      path: '/books/import',
      method: 'POST',
      headers: { 'content-type': type, authorization: `Bearer ${ADMIN_TOKEN}` },
    });
    const answer = new Promise<{ status: number; body: unknown }>((resolve, reject) => {
      sending.on('error', reject);
      sending.on('response', (response) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) }));
      });
    });
    return { sending, answer };
  };

  it.each(['text/csv', 'text/csv; charset=utf-8; header=present'])(
    'of %s creates the books',
    async (type) => {
      expect(await upload(HEADER + rows(600), type)).toEqual({
        status: 200,
        body: { ...NOTHING, created: 600, understood: UNDERSTOOD },
      });
      expect(shop.catalog.books.get(600)).toMatchObject({
        title: 'Book 599',
        topic: 'Topic, the 2',
        price: 12.5,
      });
      expect(await upload(HEADER + rows(600), type)).toMatchObject({ body: { created: 0, unchanged: 600 } });
    },
  );

  it.each(['application/x-ndjson', 'application/jsonl'])('of %s creates the books', async (type) => {
    const lines = [0, 1, 2].map((i) => JSON.stringify({ title: `B${i}`, topic: 'T', price: 1, quantity: 1 }));
    const { body } = await upload([...lines, 'nonsense'].join('\n'), type);
    expect(body).toMatchObject({
      ...NOTHING,
      created: 3,
      rejected: [{ line: 4, reason: 'the line is not valid JSON' }],
      rejectedCount: 1,
    });
  });

  it('takes books while the file is still on its way', async () => {
    const { sending, answer } = open();
    sending.write(HEADER + rows(350));
    await until('the first batches are there', () => shop.catalog.books.size === 300);
    sending.end(rows(1, 350));
    expect(await answer).toMatchObject({ status: 200, body: { created: 351 } });
  });

  it('stops when the client goes away', async () => {
    const { sending, answer } = open();
    sending.write(HEADER + rows(350));
    await until('the first batches are there', () => shop.catalog.books.size === 300);
    sending.destroy();
    await expect(answer).rejects.toThrow();
    expect(await shop.get('/health/live')).toMatchObject({ status: 200 });
    // What had not filled a batch is not sent any more.
    expect(shop.catalog.books.size).toBe(300);
  });

  it('tells a client that is still sending why it stops', async () => {
    const { sending, answer } = open();
    sending.write('title,shelf\n');
    expect(await answer).toMatchObject({
      status: 422,
      body: {
        message: expect.stringContaining('missing columns: topic, price, quantity (unknown columns: shelf)'),
        doubtful: ['topic', 'price', 'quantity'],
      },
    });
    sending.write(rows(10_000));
    expect(shop.catalog.books.size).toBe(0);
    // An open connection would be waited for when the front-end stops, as long as it is kept alive.
    sending.on('error', () => undefined).destroy();
  });

  it.each<[string, string, number]>([
    ['nothing', '', 422],
    ['a header alone', HEADER, 200],
    ['no UTF-8', `${HEADER}`, 422],
  ])('of %s', async (what, text, status) => {
    const { sending, answer } = open();
    sending.end(what === 'no UTF-8' ? Buffer.concat([Buffer.from(text), Buffer.from([0xff, 0x0a])]) : text);
    expect((await answer).status).toBe(status);
    expect(shop.catalog.books.size).toBe(0);
  });

  it('shows what it understood, and writes nothing', async () => {
    const file = 'Name;Genre;Preis;Bestand;Regal\nA;T;1,50;2;x\nB;T;?;2;x\n';
    const answer = await shop.send('POST', '/books/import?preview=true', file, {
      'content-type': 'text/csv',
      authorization: `Bearer ${ADMIN_TOKEN}`,
    });
    expect(answer).toMatchObject({
      status: 200,
      body: {
        understood: { separator: ';', columns: { title: ['Name'], price: ['Preis'] }, leftOut: ['Regal'] },
        missing: [],
        books: [{ line: 2, title: 'A', topic: 'T', price: 1.5, quantity: 2 }],
        rejected: [{ line: 3, reason: expect.stringContaining('price') }],
      },
    });
    expect(shop.catalog.books.size).toBe(0);
  });

  it.each([
    'map=colour=x',
    'map=title',
    'set=topic=',
    'separator=%22',
    'encoding=x',
    'update=1',
    'colour=red',
  ])('refuses the wish %s, and names it', async (query) => {
    const { status, body } = await shop.send('POST', `/books/import?${query}`, HEADER, {
      'content-type': 'text/csv',
      authorization: `Bearer ${ADMIN_TOKEN}`,
    });
    expect([status, body]).toEqual([422, expect.objectContaining({ fields: [query.split('=')[0]] })]);
  });

  it('outlasts a catalog that is not ready for a moment', async () => {
    shop.catalog.behaviour = { status: 503 };
    const report = upload(HEADER + rows(10));
    await until('it was asked', () => shop.catalog.count(/operations/) > 1);
    shop.catalog.behaviour = 'serve';
    expect(await report).toMatchObject({ status: 200, body: { created: 10 } });
  });
});

const BOOKS = fileURLToPath(new URL('../../../shared/data/books.csv', import.meta.url));
(existsSync(BOOKS) ? describe : describe.skip)(`${BOOKS} (skipped where it is absent)`, () => {
  it('loads into a real bookstore, and changes nothing the second time', async () => {
    const bookstore = await BookstoreInProcess.start({
      catalogs: 1,
      orders: 1,
      frontEnds: 2,
      // One process for all roles, on a machine that others use too.
      settings: { CONNECT_TIMEOUT_MS: '5000', REQUEST_TIMEOUT_MS: '10000' },
    });
    const load = async (frontEnd: number) => {
      const response = await fetch(`${bookstore.frontEnds[frontEnd]?.address}/books/import`, {
        method: 'POST',
        headers: { 'content-type': 'text/csv', authorization: `Bearer ${CLUSTER_ADMIN_TOKEN}` },
        body: readFileSync(BOOKS),
      });
      return { status: response.status, body: (await response.json()) as object };
    };
    expect(await load(0)).toMatchObject({
      status: 200,
      body: { created: 5000, unchanged: 0, rejected: [], rejectedCount: 0 },
    });
    expect(await load(1)).toMatchObject({ status: 200, body: { created: 0, unchanged: 5000 } });
    const found = await fetch(`${bookstore.frontEnds[1]?.address}/search/medical%20BOOKS?limit=3`);
    expect(await found.json()).toHaveLength(3);
    expect(found.headers.get('link')).toMatch(
      /^<\/search\/medical%20books\?limit=3&cursor=\d+>; rel="next"$/,
    );
    await bookstore.stop();
  }, 120_000);
});
