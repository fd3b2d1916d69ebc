import { Validator } from '@seriousme/openapi-schema-validator';
import { request } from 'node:http';
import { BookstoreInProcess } from '../support/in-process.js';
import { ADMIN_TOKEN, CLUSTER_SECRET } from '../support/layout.js';

interface Answer {
  readonly status: number;
  readonly body: { readonly message?: unknown; readonly fields?: readonly string[] };
  readonly length: number;
}

/** Sends bytes as they are; what is left of them when the answer comes is not sent any more. */
function send(
  address: string,
  method: string,
  path: string,
  body: Buffer | string,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const all = { 'content-type': 'application/json', ...headers };
    const asked = request(`${address}${path}`, { method, headers: all, agent: false }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({
          status: answer.statusCode ?? 0,
          body: JSON.parse(text) as Answer['body'],
          length: text.length,
        });
      });
    });
    asked.on('error', reject).end(body);
  });
}

const KEY = { 'idempotency-key': 'key-of-request-forms-e2e' };
const wide = (fields: number): string =>
  JSON.stringify(Object.fromEntries(Array.from({ length: fields }, (_, at) => [`field${at}`, at])));
const deep = (levels: number): string => '{"a":'.repeat(levels) + '1' + '}'.repeat(levels);
const BOMB = `{"a":${'['.repeat(30_000)}`;

const FORMS: readonly (readonly [what: string, body: string | Buffer, headers: object, status: number])[] = [
  ['a list within lists', '['.repeat(3000) + ']'.repeat(3000), {}, 400],
  ['objects within objects', deep(33), {}, 422],
  ['a bomb that never ends', BOMB.slice(0, 16_000), {}, 422],
  ['65 fields', wide(65), {}, 422],
  ['1,500 fields', wide(1000), {}, 422],
  ['100,000 fields', wide(100_000), {}, 413],
  ['65 items', JSON.stringify({ items: Array.from({ length: 65 }, () => ({})) }), {}, 422],
  ['a list of 500,000', JSON.stringify(Array.from({ length: 500_000 }, () => 1)), {}, 413],
  ['a list', '[{}]', {}, 400],
  ['a text', '"{}"', {}, 400],
  ['bytes that are not UTF-8', Buffer.from('{"title":"Caf\xe9"}', 'latin1'), {}, 400],
  ['another charset', '{}', { 'content-type': 'application/json; charset=iso-8859-1' }, 415],
  ['a compressed body', Buffer.from('1f8b08', 'hex'), { 'content-encoding': 'gzip' }, 415],
  ['another type', 'a=1', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
];

describe('the forms of requests', () => {
  let bookstore: BookstoreInProcess;
  beforeAll(async () => {
    bookstore = await BookstoreInProcess.start({ catalogs: 1, orders: 1, frontEnds: 1 });
  }, 120_000);
  afterAll(() => bookstore?.stop());

  const paths = (): (readonly [string, string, string, object])[] => {
    const [shop, order, catalog] = [bookstore.frontEnds[0], bookstore.orders[0], bookstore.catalogs[0]].map(
      (role) => role?.address ?? '',
    ) as [string, string, string];
    const admin = { authorization: `Bearer ${ADMIN_TOKEN}` };
    const internal = { authorization: `Bearer ${CLUSTER_SECRET}` };
    return [
      [shop, 'POST', '/orders', {}],
      [shop, 'POST', '/books', admin],
      [shop, 'PATCH', '/books/2', admin],
      [shop, 'POST', '/books/2/restock', admin],
      [shop, 'PUT', '/buy/2', {}],
      [shop, 'POST', '/ops/traces', admin],
      [order, 'PUT', '/buy/2', internal],
      [catalog, 'PUT', '/update/2', internal],
    ];
  };

  it.each(FORMS)('refuse %s, on every path, with few words', async (_, body, headers, status) => {
    for (const [address, method, path, credential] of paths()) {
      const answer = await send(address, method, path, body, { ...KEY, ...credential, ...headers });
      expect([method, path, answer.status]).toEqual([method, path, status]);
      expect(answer.body.message).toEqual(expect.any(String));
      expect(answer.body.fields?.length ?? 0).toBeLessThanOrEqual(10);
      expect(answer.length).toBeLessThan(2_000);
    }
  });

  it('name ten of the fields that are not known, and how many more there are', async () => {
    const [[address] = ['']] = paths();
    const long = 'x'.repeat(8_000);
    const body = JSON.stringify({ ...(JSON.parse(wide(60)) as object), [long]: 1 });
    const answer = await send(address, 'POST', '/orders', body, KEY);
    expect(answer).toMatchObject({ status: 422, body: { message: expect.stringMatching(/ more$/) } });
    expect(answer.body.fields).toHaveLength(10);
    expect(answer.length).toBeLessThan(2_000);
  });

  it('bound a query, its names and what is said about them', async () => {
    const [[address] = ['']] = paths();
    for (const [query, status] of [
      [Array.from({ length: 17 }, (_, at) => `a${at}=1`).join('&'), 422],
      ['&'.repeat(1000), 422],
      [`limit=${'1'.repeat(3000)}`, 414],
      [`${'x'.repeat(1500)}=1`, 422],
    ] as const) {
      const answer = await send(address, 'GET', `/search/x?${query}`, '');
      expect([query.slice(0, 20), answer.status]).toEqual([query.slice(0, 20), status]);
      expect(answer.length).toBeLessThan(2_000);
    }
  });

  it('keep to the limit of a path where the length is not told', async () => {
    const [[address] = ['']] = paths();
    const headers = { ...KEY, 'transfer-encoding': 'chunked' };
    expect(await send(address, 'POST', '/orders', wide(20_000), headers)).toMatchObject({ status: 413 });
    const within = JSON.stringify({ bookId: 2, quantity: 1, ...{ price: 'x'.repeat(15_000) } });
    expect(await send(address, 'POST', '/orders', within, headers)).toMatchObject({ status: 422 });
  });

  it.each<[string, string, number]>([
    ['POST', '/nothing', 404],
    ['POST', '/lookup/2', 405],
    ['POST', '/books', 401],
    ['POST', '/books/import', 401],
    ['PATCH', '/books/2', 401],
    ['POST', '/ops/traces', 401],
    ['DELETE', '/invalidate/item/2', 401],
    ['POST', '/orders', 415],
  ])('answer %s %s before the body has come', async (method, path, status) => {
    const [[address] = ['']] = paths();
    const answer = await new Promise<number>((resolve, reject) => {
      const type = path === '/orders' ? 'application/json; charset=latin1' : 'application/json';
      const headers = { 'content-type': type, 'content-length': '1000' };
      const asked = request(`${address}${path}`, { method, headers, agent: false }, (response) => {
        resolve(response.statusCode ?? 0);
        asked.destroy();
      });
      asked.on('error', reject).write('{"a":');
    });
    expect(answer).toBe(status);
  });

  it('lets nobody in without a credential but on the paths of buyers and probes', async () => {
    const open = new Set([
      'frontend GET /lookup/:id',
      'frontend GET /search/:topic',
      'frontend GET /topics',
      'frontend GET /books',
      'frontend PUT /buy/:id',
      'frontend POST /orders',
      'frontend GET /orders/:orderId',
      'frontend POST /holds',
      'frontend GET /holds/:holdId',
      'frontend POST /holds/:holdId/confirm',
      'frontend DELETE /holds/:holdId',
    ]);
    const probes = /^(\/health\/(live|ready)|\/metrics)$/;
    for (const role of bookstore.roles) {
      const document = (await (await fetch(`${role.address}/api-json`)).json()) as {
        paths: Record<string, Record<string, object>>;
      };
      for (const [template, methods] of Object.entries(document.paths)) {
        for (const method of Object.keys(methods)) {
          const name = `${role.placed.env['ROLE']} ${method.toUpperCase()} ${template.replace(/{(\w+)}/g, ':$1')}`;
          if (open.has(name) || probes.test(template)) continue;
          const path = template.replace(/{\w+}/g, '2');
          const { status } = await fetch(`${role.address}${path}`, { method: method.toUpperCase() });
          expect([name, status]).toEqual([name, 401]);
        }
      }
    }
  });

  it('are described by documents that are valid OpenAPI', async () => {
    for (const role of bookstore.roles) {
      const document = (await (await fetch(`${role.address}/api-json`)).json()) as Record<string, unknown>;
      const { valid, errors } = await new Validator().validate(document);
      expect({ role: role.placed.env['ROLE'], valid, errors }).toMatchObject({ valid: true });
    }
  });

  it('are described as OpenAPI wants it: each path declares the parameters that it names, and no others', async () => {
    interface Parameter {
      readonly name: string;
      readonly in: string;
      readonly required?: boolean;
      readonly schema?: object;
    }
    for (const role of bookstore.roles) {
      const document = (await (await fetch(`${role.address}/api-json`)).json()) as {
        paths: Record<string, Record<string, { parameters?: Parameter[]; responses?: object }>>;
      };
      for (const [template, methods] of Object.entries(document.paths)) {
        const named = [...template.matchAll(/{(\w+)}/g)].map(([, name]) => name).sort();
        for (const [method, { parameters = [], responses = {} }] of Object.entries(methods)) {
          const declared = parameters.filter((each) => each.in === 'path');
          expect([method, template, declared.map(({ name }) => name).sort()]).toEqual([
            method,
            template,
            named,
          ]);
          expect(declared.every(({ required, schema }) => required === true && schema !== undefined)).toBe(
            true,
          );
          expect(Object.keys(responses).length).toBeGreaterThan(0);
        }
      }
    }
  });
});
